//! Why a topic could not be had, or a server not be reached.

use std::sync::Arc;

use klamm_engine::TopicError;
use klamm_engine::cluster::metadata::Gone;
use klamm_engine::cluster::{self, Blame, Cause, ConnFailure, RequestFailure};
use klamm_engine::failure::Met;
use klamm_engine::idempotence::Fate;
use klamm_engine::probe::About;
use klamm_engine::wire::ErrorCode;

use super::codes::{refused, shown};
use super::{Draft, Error, ErrorKind};

/// Why a topic cannot be appended to.
pub(crate) fn topic_error(error: &TopicError, topic: &str) -> Error {
    let name = shown(topic);
    match error {
        TopicError::Gone(Gone::Refused(code)) => {
            let what = format!("the topic `{name}`");
            refused(&what, *code, None, (About::Topic, Fate::NotWritten)).done()
        }
        TopicError::Gone(Gone::Missing | Gone::Idle)
        | TopicError::TimedOut(Some(Met::Answer(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))) => {
            missing(&name)
        }
        TopicError::TimedOut(Some(Met::Connection(failure))) => {
            let what = format!("nothing was heard of the topic `{name}` in time: {failure}");
            connection(what, failure, late_for(failure))
        }
        TopicError::TimedOut(Some(Met::Answer(code))) => {
            let text = format!("the topic `{name}` was not there in time: {code} last");
            Draft::new(ErrorKind::TimedOut, Fate::NotWritten, text)
                .code(*code)
                .retriable(true)
                .step("Try again; `max.block.ms` says how long to wait.")
                .done()
        }
        TopicError::TimedOut(Some(Met::NoLeader) | None) => {
            let text = format!("nothing was heard of the topic `{name}` in time");
            Draft::new(ErrorKind::TimedOut, Fate::NotWritten, text)
                .retriable(true)
                .step("Look whether the brokers answer; `max.block.ms` says how long to wait.")
                .done()
        }
        TopicError::Shunned(failure) => {
            connection(format!("no server accepts us: {failure}"), failure, kind(failure))
        }
        TopicError::Closed => Error::closed(),
    }
}

fn missing(name: &str) -> Error {
    let text = format!("the topic `{name}` is not there");
    Draft::new(ErrorKind::Topic, Fate::NotWritten, text)
        .code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
        .retriable(true)
        .step(
            "Create the topic, or let brokers create topics (`auto.create.topics.enable`); who \
             may not Describe it is told the same.",
        )
        .done()
}

/// Why no server could be reached; nothing where nobody said anything in time.
pub(crate) fn unreachable(failure: Option<&Arc<ConnFailure>>) -> Error {
    match failure {
        Some(failure) => {
            connection(format!("no server could be reached: {failure}"), failure, kind(failure))
        }
        None => Draft::new(
            ErrorKind::Unreachable,
            Fate::NotWritten,
            "no server could be reached before `max.block.ms` was over",
        )
        .retriable(true)
        .step("Check `bootstrap.servers`, and whether the brokers run.")
        .done(),
    }
}

/// Why a question was not answered.
pub(crate) fn request_error(what: &str, failure: &RequestFailure) -> Error {
    use cluster::Reason;
    let fate = match failure.fate {
        cluster::Fate::NotWritten => Fate::NotWritten,
        cluster::Fate::Unknown => Fate::Unknown,
    };
    #[allow(clippy::wildcard_enum_match_arm)]
    let (kind, is_retriable) = match &failure.reason {
        Reason::Closed => return Error::closed(),
        Reason::NotAccepted(failure) => (kind(failure), false),
        Reason::DeadlinePassed(_) => (ErrorKind::TimedOut, true),
        Reason::CoordinatorRefused(code) => (super::kind_of(*code), code.class().is_retriable()),
        Reason::Unsupported(_) | Reason::NotEncoded(_) => (ErrorKind::Refused, false),
        _ => (ErrorKind::Unreachable, true),
    };
    let draft = Draft::new(kind, fate, format!("{what} failed: {failure}"));
    let draft = draft.retriable(is_retriable).source(failure.clone());
    match failure.next_step() {
        Some(step) => draft.step(step).done(),
        None => draft.done(),
    }
}

fn connection(text: String, failure: &Arc<ConnFailure>, kind: ErrorKind) -> Error {
    let draft = Draft::new(kind, Fate::NotWritten, text).retriable(!failure.is_final());
    let draft = draft.source((**failure).clone());
    match failure.next_step() {
        Some(step) => draft.step(step).done(),
        None => draft.done(),
    }
}

/// What sort of error it is that the time was over meanwhile: who is not believed need not look for
/// a slow network.
pub(super) fn late_for(failure: &ConnFailure) -> ErrorKind {
    let is_shunned = kind(failure) == ErrorKind::Authentication;
    if is_shunned { ErrorKind::Authentication } else { ErrorKind::TimedOut }
}

fn kind(failure: &ConnFailure) -> ErrorKind {
    match failure.cause.blame() {
        Blame::Credentials => ErrorKind::Authentication,
        Blame::Settings if matches!(failure.cause, Cause::Tls(_) | Cause::Sasl(_)) => {
            ErrorKind::Authentication
        }
        Blame::Network | Blame::Peer | Blame::Settings | Blame::Nobody => ErrorKind::Unreachable,
    }
}
