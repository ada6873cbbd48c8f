//! How a run ends.

use klamm::{Error, ErrorKind};

use super::signals::Signal;
use crate::exit::Exit;

impl From<Signal> for Exit {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::Interrupted,
            Signal::Terminate => Self::Terminated,
        }
    }
}

/// How a run ends that could not begin for this reason.
impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        let kind = error.kind();
        if kind == ErrorKind::Config {
            Self::Usage
        } else if kind == ErrorKind::Authentication {
            Self::Security
        } else if matches!(kind, ErrorKind::Unreachable | ErrorKind::TimedOut) {
            Self::Unreachable
        } else {
            Self::Failed
        }
    }
}

/// What became of everything that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Outcome {
    /// Records that were read and offered to the producer.
    pub(super) sent: u64,
    pub(super) acked: u64,
    /// Records that were not acknowledged.
    pub(super) failed: u64,
    /// Of those, records that may be in the log.
    pub(super) unknown: u64,
    /// Of those that failed, how many could not say who we are, and how many met nobody.
    pub(super) shunned: u64,
    pub(super) unreached: u64,
    /// Records that could not be read, files included.
    pub(super) broken: u64,
    /// Records of transactions that were aborted.
    pub(super) aborted: u64,
    /// Transactions that were committed.
    pub(super) committed: u64,
}

impl Outcome {
    /// Records of which nothing was heard.
    pub(super) fn open(&self) -> u64 {
        self.sent.saturating_sub(self.acked).saturating_sub(self.failed)
    }

    /// How the run ends, when nobody interrupted it.
    pub(super) fn exit(&self) -> Exit {
        let nothing_arrived = self.acked == 0 && self.broken == 0 && self.failed > 0;
        if self.failed == 0 && self.broken == 0 && self.aborted == 0 {
            Exit::Good
        } else if nothing_arrived && self.shunned == self.failed {
            Exit::Security
        } else if nothing_arrived && self.unreached == self.failed {
            Exit::Unreachable
        } else {
            Exit::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_everything_failed_for_one_reason_ends_for_that_reason() {
        let none = Outcome::default();
        assert_eq!(none.exit(), Exit::Good);
        assert_eq!(Outcome { sent: 3, acked: 3, ..none }.exit(), Exit::Good);
        assert_eq!(Outcome { failed: 2, unreached: 2, ..none }.exit(), Exit::Unreachable);
        assert_eq!(Outcome { failed: 2, shunned: 2, ..none }.exit(), Exit::Security);
        assert_eq!(Outcome { failed: 2, unreached: 1, ..none }.exit(), Exit::Failed);
        assert_eq!(Outcome { failed: 2, unreached: 2, acked: 1, ..none }.exit(), Exit::Failed);
        assert_eq!(Outcome { broken: 1, acked: 9, ..none }.exit(), Exit::Failed);
        assert_eq!(Outcome { aborted: 1, acked: 9, ..none }.exit(), Exit::Failed);
    }
}
