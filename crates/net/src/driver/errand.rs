//! What takes a while beside the connections: look-ups, dials, hashes and tokens.

use std::sync::Arc;
use std::task::{Context, Poll};

use klamm_cluster::{ConnFailure, ConnId, Event};

use super::signal::{Bell, Signal};
use crate::dial::Transport;
use crate::settings::BoxFuture;

/// What came of an errand.
pub(crate) enum Outcome {
    /// Something to report.
    Event(Event),
    /// A transport is open, or is not to be.
    Dialled(ConnId, Result<Box<dyn Transport>, ConnFailure>),
    /// The connection cannot go on: its errand died, for this reason.
    Died(ConnId, &'static str),
}

/// Everything that was sent for and has not come back.
#[derive(Default)]
pub(crate) struct Errands(Vec<Errand>);

struct Errand {
    /// For whom; a look-up is for nobody in particular.
    conn: Option<ConnId>,
    future: BoxFuture<Outcome>,
    signal: Signal,
}

impl Errands {
    /// Sends for something.
    pub(crate) fn push(
        &mut self,
        conn: Option<ConnId>,
        future: BoxFuture<Outcome>,
        bell: &Arc<Bell>,
    ) {
        self.0.push(Errand { conn, future, signal: Signal::new(bell) });
    }

    /// Gives up everything that was sent for on behalf of a connection.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.0.retain(|errand| errand.conn != Some(conn));
    }

    /// The next one that came back.
    pub(crate) fn poll(&mut self) -> Option<Outcome> {
        let back = self.0.iter_mut().enumerate().find_map(|(at, errand)| {
            let outcome = errand.poll()?;
            Some((at, outcome))
        });
        let (at, outcome) = back?;
        self.0.remove(at);
        Some(outcome)
    }
}

impl Errand {
    fn poll(&mut self) -> Option<Outcome> {
        if !self.signal.take() {
            return None;
        }
        let mut cx = Context::from_waker(self.signal.waker());
        match self.future.as_mut().poll(&mut cx) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        }
    }
}
