//! How a run ends.

use klamm::{Error, ErrorKind};

use super::signals::Signal;

/// How a run ends, as the shell is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Good,
    /// A record could not be read, or was not acknowledged.
    Failed,
    /// The command line or a setting makes no sense.
    Usage,
    /// TLS or the saying of who we are.
    Security,
    /// No broker, or none that answers in time.
    Unreachable,
    Signalled(Signal),
}

impl Exit {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Security => 3,
            Self::Unreachable => 4,
            Self::Signalled(Signal::Interrupt) => 130,
            Self::Signalled(Signal::Terminate) => 143,
        }
    }

    /// How a run ends that could not begin for this reason.
    pub(super) fn of(error: &Error) -> Self {
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
