//! The way to a probe: its driver in the background, and questions to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use klamm_cluster::{
    Address, Cause, ConnFailure, Fate, HostPort, Payload, Reason, RequestFailure, Stage,
};
use klamm_net::dial::Dialled;
use klamm_net::{BoxFuture, Connector, Driver, Remote, ShellSettings, Transport};
use klamm_protocol::negotiate::Negotiated;
use tokio::sync::watch;
use tokio::time::Instant;

use super::probe::{Answer, Ended, Opening, Probe, Progress};

/// A connection under examination. It ends when this is dropped.
pub(super) struct Link {
    remote: Remote<Probe>,
    progress: watch::Receiver<Progress>,
    /// How long a question may take, the time included in which the broker wants to be left alone.
    patience: Duration,
}

impl Link {
    /// Begins to speak over an open transport.
    pub(super) fn open(
        transport: Box<dyn Transport>,
        opening: Opening,
        settings: ShellSettings,
    ) -> Self {
        let patience = opening.settings.request_timeout.saturating_mul(2);
        let (probe, progress) = Probe::new(opening);
        let held = Arc::new(Held(Mutex::new(Some(transport))));
        let (driver, remote) = Driver::new(probe, held, settings);
        tokio::spawn(driver.run());
        Self { remote, progress, patience }
    }

    /// Waits until it is known what the broker speaks, and since when.
    pub(super) async fn versions(&mut self) -> Result<(Instant, Negotiated), Ended> {
        let seen = self.progress.wait_for(|seen| seen.versions.is_some() || seen.ended.is_some());
        let seen = seen.await.map(|seen| seen.clone()).unwrap_or_default();
        seen.versions.ok_or_else(|| seen.ended.unwrap_or_else(gone))
    }

    /// Waits until requests can be sent, and since when.
    pub(super) async fn ready(&mut self) -> Result<Instant, Ended> {
        let seen = self.progress.wait_for(|seen| seen.ready.is_some() || seen.ended.is_some());
        let seen = seen.await.map(|seen| seen.clone()).unwrap_or_default();
        seen.ready.ok_or_else(|| seen.ended.unwrap_or_else(gone))
    }

    /// How far it has come.
    pub(super) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Asks the broker.
    pub(super) async fn ask(&self, payload: impl Payload + 'static) -> Answer {
        let failed = |reason| RequestFailure { reason, fate: Fate::Unknown };
        let asked = self.remote.with(move |probe, now| probe.ask(now, Box::new(payload)));
        let told = asked.await.ok_or_else(|| failed(Reason::Closed))?;
        match tokio::time::timeout(self.patience, told).await {
            Ok(told) => told.unwrap_or_else(|_| Err(failed(Reason::Closed))),
            Err(_) => Err(failed(Reason::DeadlinePassed(None))),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.remote.shut_down();
    }
}

fn gone() -> Ended {
    let cause = Cause::Internal("the driver has ended");
    Ended { failure: ConnFailure { stage: Stage::Ready, cause }, at_once: false }
}

/// Hands over a transport that is open already, once.
struct Held(Mutex<Option<Box<dyn Transport>>>);

impl Connector for Held {
    fn connect(&self, _: &HostPort, _: Address) -> BoxFuture<Dialled> {
        let held = self.0.lock().ok().and_then(|mut held| held.take());
        let cause = Cause::Internal("there is one transport only");
        let gone = ConnFailure { stage: Stage::Connect, cause };
        Box::pin(std::future::ready(held.ok_or(gone)))
    }
}
