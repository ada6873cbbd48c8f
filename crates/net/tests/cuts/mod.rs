//! A client, a cluster, and a wire between them that is cut at a chosen byte.
#![cfg(test)]
#![allow(dead_code, unreachable_pub, unused_imports)]

pub mod peer;
pub mod proxy;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use klamm_cluster::{Destination, Fate, HostPort, Reason, RequestFailure, Settings, Typed};
use klamm_net::{Client, Connector, ShellSettings};
use klamm_protocol::init_producer_id::InitProducerIdRequest;
use tokio::time::{Instant, timeout};

/// By when a question has to have ended.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// How one question ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Answered,
    Failed { how: String, stage: String, fate: Fate },
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("answered"),
            Self::Failed { how, stage, fate } => write!(f, "{how} at {stage}; {fate}"),
        }
    }
}

impl End {
    /// The end that a failure is; a failure that names no stage is none.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list is open and not ours")]
    pub fn of(failure: &RequestFailure) -> Self {
        let (how, last) = match &failure.reason {
            Reason::Lost(last) => ("lost", last),
            Reason::NotAccepted(last) => ("not accepted", last),
            Reason::DeadlinePassed(Some(last)) => ("too late after a failure", last),
            other => panic!("no stage is named: {other:?}, {}", failure.fate),
        };
        let stage = last.stage.to_string();
        Self::Failed { how: how.to_owned(), stage, fate: failure.fate }
    }
}

/// Settings under which every wait ends well before the deadline of a question, so that the
/// failure of a stage is known by then.
pub fn settings(bootstrap: HostPort) -> Settings {
    let mut settings = Settings::new(vec![bootstrap]);
    settings.dial.setup_timeout = Duration::from_secs(1);
    settings.dial.setup_timeout_max = Duration::from_secs(1);
    settings.connection.handshake_timeout = Duration::from_secs(1);
    settings.connection.request_timeout = Duration::from_secs(1);
    settings
}

/// Asks one question of a new client, and sees to it that it ends by its deadline, or so much later
/// as timers and the machine are slow.
pub async fn ask(connector: Arc<dyn Connector>, settings: Settings, grace: Duration) -> End {
    let shell = ShellSettings::default();
    let client = Client::start_over(connector, settings, shell, Box::new(|_| {})).unwrap();
    let none = InitProducerIdRequest { transactional_id: None, ..InitProducerIdRequest::DEFAULT };
    let begun = Instant::now();
    let asking = client.ask(Destination::Any, Typed::new(none), DEADLINE);
    let result = timeout(DEADLINE + grace, asking).await;
    let result = result.unwrap_or_else(|_| panic!("a hang: {:?}", begun.elapsed()));
    timeout(grace, client.close()).await.expect("invariant: a client closes");
    result.map_or_else(|failure| End::of(&failure), |_| End::Answered)
}

/// How often each end came, in one scenario.
#[derive(Default)]
pub struct Histogram(BTreeMap<End, usize>);

impl Histogram {
    pub fn count(&mut self, end: End) {
        *self.0.entry(end).or_default() += 1;
    }

    /// Who hangs panics, and never gets here.
    pub fn print(&self, scenario: &str) {
        let lines = self.0.iter().map(|(end, count)| format!("{count:6}  {end}\n"));
        let cuts: usize = self.0.values().sum();
        println!("{scenario}\n{}{cuts:6}  cuts, 0 hangs", lines.collect::<String>());
    }

    /// The stages at which questions failed.
    pub fn stages(&self) -> BTreeSet<&str> {
        let failed = self.0.keys().filter_map(|end| match end {
            End::Failed { stage, .. } => Some(stage.as_str()),
            End::Answered => None,
        });
        failed.collect()
    }
}

/// What a question's fate must agree with: whether the whole of it was ever taken by a writer.
pub fn check(end: &End, was_taken: bool, cut: &dyn fmt::Debug) {
    if let End::Failed { fate, .. } = end {
        let expected = if was_taken { Fate::Unknown } else { Fate::NotWritten };
        assert_eq!(*fate, expected, "{cut:?}: {end}");
    }
}
