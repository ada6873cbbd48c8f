//! A machine as models count it: two that differ in names and in the hour alone are one.
//!
//! Times become distances from the present, and names their places in lists that the model
//! keeps. Nothing of this is used to decide anything.

use std::time::Duration;

use klamm_wire::Time;

use crate::core::Machine;
use crate::names::{AttemptId, ConnId};

/// Instants nearer than this are told apart exactly; those behind it by their order of magnitude,
/// since the waits before them shift them by little.
const NEAR: Duration = Duration::from_secs(1000);

/// What names and times become.
#[derive(Debug)]
pub struct Naming<'a> {
    /// The present.
    pub now: Time,
    /// Connections, by their new names.
    pub conns: &'a [ConnId],
    attempts: Vec<AttemptId>,
}

impl Naming<'_> {
    /// A naming of the machine's attempts, and of connections by their place.
    #[must_use]
    pub fn new<'a>(machine: &Machine, now: Time, conns: &'a [ConnId]) -> Naming<'a> {
        Naming { now, conns, attempts: machine.open_attempts() }
    }

    /// Makes an instant a distance.
    pub fn time(&self, time: &mut Time) {
        let ahead = time.saturating_duration_since(self.now);
        let magnitude = ahead.as_secs().checked_ilog10().map_or(0, u64::from);
        *time = if ahead <= NEAR {
            Time::default().saturating_add(ahead)
        } else {
            Time(u64::MAX.saturating_sub(magnitude))
        };
    }

    /// Renames an attempt; all that are closed share one name.
    pub fn attempt(&self, attempt: &mut AttemptId) {
        let place = self.attempts.iter().position(|open| open == attempt);
        attempt.0 = place.map_or(0, |place| u64::try_from(place).unwrap_or(u64::MAX) | 1 << 32);
    }

    /// Renames a connection; all that are closed share one name.
    pub fn conn(&self, conn: &mut ConnId) {
        let place = self.conns.iter().position(|open| open == conn);
        conn.0 = place.map_or(0, |place| u64::try_from(place).unwrap_or(u64::MAX) | 1 << 32);
    }
}

/// What can be renamed.
pub(crate) trait Rename {
    /// Renames everything within.
    fn rename(&mut self, naming: &Naming<'_>);
}

impl<T: Rename> Rename for Option<T> {
    fn rename(&mut self, naming: &Naming<'_>) {
        if let Some(inner) = self {
            inner.rename(naming);
        }
    }
}

impl Rename for Time {
    fn rename(&mut self, naming: &Naming<'_>) {
        naming.time(self);
    }
}

impl Rename for ConnId {
    fn rename(&mut self, naming: &Naming<'_>) {
        naming.conn(self);
    }
}

impl Rename for AttemptId {
    fn rename(&mut self, naming: &Naming<'_>) {
        naming.attempt(self);
    }
}
