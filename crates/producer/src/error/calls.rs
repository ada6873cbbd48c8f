//! Why a call about the whole producer achieved nothing.

use klamm_engine::idempotence::{CallError, Fate, Reason};
use klamm_engine::probe::About;
use klamm_engine::wire::ErrorCode;

use super::codes::refused;
use super::records::fatal_draft;
use super::{Draft, Error, ErrorKind, Remedy};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Flush,
    InitTxn,
    Begin,
    Offsets,
    Commit,
    Abort,
}

impl Asked {
    const fn words(self) -> &'static str {
        match self {
            Self::Flush => "the flush",
            Self::InitTxn => "the wish for transactions",
            Self::Begin => "the transaction's beginning",
            Self::Offsets => "the offsets",
            Self::Commit => "the commit",
            Self::Abort => "the abort",
        }
    }

    const fn about(self) -> About {
        match self {
            Self::InitTxn | Self::Begin => About::ProducerId,
            Self::Flush | Self::Offsets | Self::Commit | Self::Abort => About::Transaction,
        }
    }
}

/// Why a call achieved nothing.
pub(crate) fn call_error(error: CallError, asked: Asked) -> Error {
    let what = asked.words();
    match error {
        CallError::IllegalState => illegal(asked),
        CallError::TimedOut => {
            let text = format!("{what} was not done in time");
            Draft::new(ErrorKind::TimedOut, Fate::NotWritten, text)
                .retriable(true)
                .step("Call again: it goes on where it was.")
        }
        CallError::CommitUnknown => Draft::new(
            ErrorKind::TimedOut,
            Fate::Unknown,
            "the answer to the commit did not come in time: it may have happened or not",
        )
        .retriable(true)
        .step("Commit again with the transaction that this error gives back: only that tells."),
        CallError::MustAbort(reason) => must_abort(reason),
        CallError::Refused(code) => refused(what, code, None, (asked.about(), Fate::NotWritten)),
        CallError::Fatal(fatal) => fatal_draft(fatal, Fate::NotWritten),
        CallError::Closed => return Error::closed(),
    }
    .done()
}

fn illegal(asked: Asked) -> Draft {
    let (text, step) = match asked {
        Asked::InitTxn | Asked::Begin => (
            "a transaction cannot begin now",
            "Set `transactional.id`, and end the transaction before.",
        ),
        Asked::Offsets | Asked::Commit | Asked::Abort => {
            ("there is no such open transaction", "Begin another one.")
        }
        Asked::Flush => ("the producer is closing", "Build another producer."),
    };
    Draft::new(ErrorKind::IllegalState, Fate::NotWritten, text).step(step)
}

fn must_abort(reason: Reason) -> Draft {
    let (why, code) = match reason {
        // Which of the two it is, only the coordinator knows: it says so to the abort.
        Reason::Refused(code @ ErrorCode::INVALID_PRODUCER_EPOCH) => {
            let why = "a broker said INVALID_PRODUCER_EPOCH: another producer with the same \
                       transactional id took over, or it took longer than \
                       `transaction.timeout.ms`";
            (why.to_owned(), Some(code))
        }
        Reason::Refused(code) => (format!("a broker said {code}"), Some(code)),
        Reason::DeadlinePassed => ("a record was not acknowledged in time".to_owned(), None),
        Reason::TopicMissing | Reason::TopicRecreated => {
            ("a record's topic is gone or was made anew".to_owned(), None)
        }
        Reason::NotEncoded | Reason::NotSplit | Reason::Misused => {
            ("a record could not be sent".to_owned(), None)
        }
        Reason::Cancelled
        | Reason::Closed
        | Reason::Overtaken
        | Reason::Aborted
        | Reason::NotInTransaction
        | Reason::ProducerClosed(_) => (format!("of what became of a record ({reason:?})"), None),
    };
    let text = format!("the transaction cannot be committed because {why}");
    let draft = Draft::new(ErrorKind::TransactionAborted, Fate::NotWritten, text);
    let draft = draft.remedy(Remedy::Abort).step("Abort it, and do all of it again.");
    match code {
        Some(code) => draft.code(code),
        None => draft,
    }
}
