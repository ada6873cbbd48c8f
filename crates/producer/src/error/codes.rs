//! Error codes of brokers as errors of ours.

use klamm_engine::idempotence::Fate;
use klamm_engine::probe::{self, About};
use klamm_engine::wire::{ErrorClass, ErrorCode};

use super::{Draft, ErrorKind};

/// What sort of error a code is, for whoever must decide what to do.
pub(crate) fn kind_of(code: ErrorCode) -> ErrorKind {
    match code {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        | ErrorCode::INVALID_TOPIC_EXCEPTION
        | ErrorCode::UNKNOWN_TOPIC_ID => return ErrorKind::Topic,
        ErrorCode::REQUEST_TIMED_OUT => return ErrorKind::TimedOut,
        _ => {}
    }
    #[allow(clippy::wildcard_enum_match_arm)]
    match code.class() {
        ErrorClass::Authorization => ErrorKind::Authorization,
        ErrorClass::Authentication => ErrorKind::Authentication,
        ErrorClass::TooLarge | ErrorClass::InvalidRecord => ErrorKind::InvalidRecord,
        ErrorClass::Fenced => ErrorKind::Fenced,
        ErrorClass::Abortable => ErrorKind::TransactionAborted,
        _ => ErrorKind::Refused,
    }
}

/// A refusal with the broker's words, and what to do about it.
pub(crate) fn refused(
    what: &str,
    code: ErrorCode,
    words: Option<&str>,
    (about, fate): (About, Fate),
) -> Draft {
    let said = words.filter(|words| !words.is_empty());
    let said = said.map_or_else(String::new, |words| format!(": {}", shown(words)));
    let text = format!("{what} was refused with {code}{said}");
    let draft = Draft::new(kind_of(code), fate, text).code(code);
    let draft = draft.retriable(code.class().is_retriable());
    match probe::next_step(code, about) {
        Some(step) => draft.step(step),
        None => draft,
    }
}

/// Words of a broker, fit to be shown: of bounded length and without marks that steer a terminal.
pub(crate) fn shown(words: &str) -> String {
    const MOST: usize = 500;
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    words.chars().take(MOST).map(clean).collect()
}
