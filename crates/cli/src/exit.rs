//! How every command ends, as the shell is told.

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Good,
    /// Something failed for a reason that has no code of its own.
    Failed,
    /// The command line or a setting makes no sense.
    Usage,
    /// TLS or the saying of who we are.
    Security,
    /// No broker, or none that answers in time.
    Unreachable,
    Interrupted,
    Terminated,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Security => 3,
            Self::Unreachable => 4,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}
