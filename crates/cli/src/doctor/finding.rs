//! What a stage of the examination came to, as data: the text and the JSON are made from it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use klamm_cluster::{Blame, Cause, ConnFailure, Stage as Reached};
use klamm_protocol::frame::{Foreign, FrameError};
use serde_json::Value;

use crate::exit::Exit;

/// A step on the way from a name to a written record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Resolve,
    Connect,
    Tls,
    Versions,
    Sasl,
    Cluster,
    Broker,
    Topic,
    Identity,
    Watch,
}

impl Stage {
    /// Its name in every output.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "TLS",
            Self::Versions => "ApiVersions",
            Self::Sasl => "SASL",
            Self::Cluster => "cluster",
            Self::Broker => "broker",
            Self::Topic => "topic",
            Self::Identity => "InitProducerId",
            Self::Watch => "watch",
        }
    }
}

/// How a run ends on a connection that failed so.
impl From<&ConnFailure> for Exit {
    fn from(failure: &ConnFailure) -> Self {
        let cause = &failure.cause;
        let is_end = matches!(cause, Cause::ClosedByPeer | Cause::Reset);
        let is_foreign = matches!(cause, Cause::Frame(_));
        let is_tls = |error: &FrameError| error.foreign() == Some(Foreign::Tls);
        if matches!(cause, Cause::Tls(_) | Cause::Sasl(_))
            || matches!(cause, Cause::Frame(error) if is_tls(error))
            || (is_end && failure.stage == Reached::Authenticate)
        {
            Self::Security
        } else if cause.blame() == Blame::Network
            || matches!(cause, Cause::NoSuchHost)
            || (is_foreign && failure.stage == Reached::Versions)
        {
            Self::Unreachable
        } else {
            Self::Failed
        }
    }
}

/// Why a stage is not good, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) cause: String,
    /// None where there is nothing to do, or the cause says it.
    pub(super) next_step: Option<String>,
}

impl Trouble {
    pub(super) fn new(cause: impl fmt::Display, next_step: Option<String>) -> Self {
        Self { cause: cause.to_string(), next_step }
    }
}

/// How a stage ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Good,
    /// It works, and will not for ever, or not in all.
    Doubtful(Trouble),
    Bad(Trouble, Exit),
    /// It was not tried.
    Skipped,
}

/// One stage's line of the report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) stage: Stage,
    pub(super) outcome: Outcome,
    /// What was looked at and what it showed, in words.
    pub(super) said: String,
    pub(super) took: Option<Duration>,
    /// The same for programs.
    pub(super) facts: BTreeMap<&'static str, Value>,
    /// More words, a line each.
    pub(super) details: Vec<String>,
}

impl Finding {
    pub(super) fn good(stage: Stage, said: impl Into<String>) -> Self {
        let (said, facts) = (said.into(), BTreeMap::new());
        Self { stage, outcome: Outcome::Good, said, took: None, facts, details: Vec::new() }
    }

    pub(super) fn skipped(stage: Stage, why: impl Into<String>) -> Self {
        Self { outcome: Outcome::Skipped, ..Self::good(stage, why) }
    }

    #[must_use]
    pub(super) fn bad(self, trouble: Trouble, exit: Exit) -> Self {
        Self { outcome: Outcome::Bad(trouble, exit), ..self }
    }

    #[must_use]
    pub(super) fn doubtful(self, trouble: Trouble) -> Self {
        Self { outcome: Outcome::Doubtful(trouble), ..self }
    }

    #[must_use]
    pub(super) fn after(self, took: Duration) -> Self {
        Self { took: Some(took), ..self }
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.insert(name, value.into());
        self
    }

    #[must_use]
    pub(super) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// The trouble, if there is one.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        match &self.outcome {
            Outcome::Doubtful(trouble) | Outcome::Bad(trouble, _) => Some(trouble),
            Outcome::Good | Outcome::Skipped => None,
        }
    }

    /// Whether it is not good, and how a run ends that goes no better.
    pub(super) fn exit(&self) -> Option<Exit> {
        match self.outcome {
            Outcome::Bad(_, exit) => Some(exit),
            Outcome::Good | Outcome::Doubtful(_) | Outcome::Skipped => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use klamm_cluster::sasl::SaslError;
    use klamm_cluster::{Stage as At, TlsFailure};

    use super::*;

    #[test]
    fn a_run_ends_by_what_failed() {
        let tls = FrameError::TooLong { length: 0x1503_0300, limit: 1 << 20 };
        let nonsense = FrameError::NegativeLength(-1);
        for (stage, cause, wanted) in [
            (At::Resolve, Cause::NoSuchHost, Exit::Unreachable),
            (At::Connect, Cause::Refused, Exit::Unreachable),
            (At::Connect, Cause::TimedOut, Exit::Unreachable),
            (At::Tls, Cause::Tls(TlsFailure::ClosedAtOnce), Exit::Security),
            (At::Versions, Cause::Frame(tls), Exit::Security),
            (At::Versions, Cause::Frame(nonsense), Exit::Unreachable),
            (At::Versions, Cause::Reset, Exit::Unreachable),
            (At::Authenticate, Cause::Sasl(SaslError::NoCredentials), Exit::Security),
            (At::Authenticate, Cause::ClosedByPeer, Exit::Security),
            (At::Ready, Cause::RequestTimedOut, Exit::Unreachable),
            (At::Ready, Cause::Frame(nonsense), Exit::Failed),
            (At::Ready, Cause::Unsolicited { got: 1 }, Exit::Failed),
        ] {
            let failure = ConnFailure { stage, cause };
            assert_eq!(Exit::from(&failure), wanted, "{failure}");
        }
    }
}
