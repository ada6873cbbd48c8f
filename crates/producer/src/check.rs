//! Whether everything is there that sending needs, step by step.

use std::sync::Arc;
use std::time::Duration;

use klamm_engine::cluster::{ConnFailure, Destination};
use klamm_engine::idempotence::Fate;
use klamm_engine::probe::{self, About};
use klamm_engine::wire::{Now, Time};
use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind, refused, unreachable};
use crate::inner::Inner;
use crate::producer::Producer;
use crate::shell::Looper;

/// What a check went through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Checked {
    /// The steps, in their order. All of them succeeded.
    pub steps: Vec<Step>,
}

/// One step of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What was done.
    pub what: String,
    /// How long it took.
    pub took: Duration,
}

impl Producer {
    /// Checks that a server can be reached and lets us in (its name, TCP, TLS, SASL, versions),
    /// that these topics are there, and that we get a producer id if we need one. Nothing is sent.
    ///
    /// # Errors
    /// Of the first step that failed, with what to do.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost by dropping the future.
    pub async fn check(&self, topics: &[&str]) -> Result<Checked, Error> {
        let inner = &self.inner;
        let mut checked = Checked::default();
        let begun = inner.shell.now();
        inner.reach(inner.deadline()).await?;
        checked.add("a server lets us in".to_owned(), inner, begun);
        for name in topics {
            let begun = inner.shell.now();
            inner.find(name, inner.deadline()).await?;
            checked.add(format!("the topic `{name}` is there"), inner, begun);
        }
        if inner.is_idempotent {
            let begun = inner.shell.now();
            inner.probe_identity(inner.deadline()).await?;
            checked.add("we get a producer id".to_owned(), inner, begun);
        }
        Ok(checked)
    }
}

impl Checked {
    fn add(&mut self, what: String, inner: &Inner, begun: Time) {
        let took = inner.shell.now().saturating_duration_since(begun);
        self.steps.push(Step { what, took });
    }
}

impl Inner {
    /// Waits until a server can be used.
    pub(crate) async fn reach(&self, deadline: Time) -> Result<(), Error> {
        type Reached = Result<(), Option<Arc<ConnFailure>>>;
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<Reached>| {
            looper.engine.reach(now, deadline, Box::new(move |met| drop(tell.send(met))));
        };
        let reached = self.shell.ask(order).await.ok_or_else(Error::closed)?;
        reached.map_err(|failure| unreachable(failure.as_ref()))
    }

    /// Asks for a producer id that is not used, because brokers refuse them to some.
    pub(crate) async fn probe_identity(&self, deadline: Time) -> Result<(), Error> {
        let what = "the wish for a producer id";
        let asked = self.question(what, Destination::Any, probe::producer_id(), deadline);
        let answer = asked.await?;
        match probe::granted(&answer) {
            Some(Ok(())) => Ok(()),
            // It is asked for again when there is something to send.
            Some(Err(code)) if code.class().is_retriable() => Ok(()),
            Some(Err(code)) => {
                Err(refused(what, code, None, (About::ProducerId, Fate::NotWritten)).done())
            }
            None => {
                let text = "the broker's answer to the wish for a producer id cannot be read";
                Err(Error::new(ErrorKind::Refused, Fate::NotWritten, text))
            }
        }
    }
}
