//! Waiting with an ear for signals, and a word now and then about how far things are.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::ledger::Ledger;
use super::options::Telling;
use super::progress::Progress;
use super::signals::{Signal, Signals};
use crate::arguments::Complaint;

/// How often progress is told.
const EVERY: Duration = Duration::from_secs(1);

/// Waits for things.
pub(super) struct Watch {
    signals: Signals,
    tick: Interval,
    progress: Progress,
    ledger: Arc<Ledger>,
}

impl Watch {
    /// # Errors
    /// When signals cannot be heard.
    pub(super) fn new(telling: &Telling, ledger: Arc<Ledger>) -> Result<Self, Complaint> {
        let signals = Signals::new().map_err(|error| error.to_string())?;
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { signals, tick, progress: Progress::of(telling), ledger })
    }

    /// What the future comes to, or the signal that came before.
    ///
    /// # Errors
    /// When a signal came first; the future was dropped then.
    pub(super) async fn until<F: Future>(
        &mut self,
        sent: u64,
        future: F,
    ) -> Result<F::Output, Signal> {
        tokio::pin!(future);
        loop {
            tokio::select! {
                biased;
                output = &mut future => return Ok(output),
                signal = self.signals.next() => return Err(signal),
                _ = self.tick.tick() => self.tell(sent),
            }
        }
    }

    /// Hears what came while nobody waited.
    ///
    /// # Errors
    /// When a signal came.
    pub(super) async fn look_up(&mut self, sent: u64) -> Result<(), Signal> {
        tokio::select! {
            biased;
            signal = self.signals.next() => return Err(signal),
            _ = self.tick.tick() => self.tell(sent),
            () = std::future::ready(()) => {}
        }
        Ok(())
    }

    fn tell(&self, sent: u64) {
        self.progress.tell(&self.ledger.outcome(sent), self.ledger.elapsed());
    }

    /// Makes room for other lines.
    pub(super) fn clear(&self) {
        self.progress.clear();
    }
}
