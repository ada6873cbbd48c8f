//! Why a record was not taken in, or did not get into the log.

use klamm_engine::Failure;
use klamm_engine::batching::slot::Why;
use klamm_engine::failure::Met;
use klamm_engine::idempotence::{Fatal, Fate, Reason};
use klamm_engine::probe::{self, About};
use klamm_engine::wire::{ErrorClass, ErrorCode};

use super::clusters::late_for;
use super::codes::{refused, shown};
use super::{Draft, Error, ErrorKind, RecordFault, Remedy};

/// What became of the record with that index in its batch.
pub(crate) fn record_error(failure: &Failure, index: u32) -> Error {
    let (fault, own_words) = fault(failure, index);
    let words = own_words.or(failure.words.as_deref());
    let draft = draft(failure, words).fault(fault);
    let draft = match fault {
        // Alone it would have been taken.
        RecordFault::Others => draft.retriable(failure.fate == Fate::NotWritten).step(
            "Send this record again: others of its batch were at fault, and it was refused with \
             them.",
        ),
        RecordFault::This | RecordFault::NotSaid => draft,
    };
    draft.done()
}

/// The failure as that record sees it, as if it stood alone in its batch: at index 0.
pub(crate) fn narrowed(failure: &Failure, index: u32) -> Failure {
    let culprits = match fault(failure, index) {
        (RecordFault::This, words) => vec![(0, words.map(str::to_owned))],
        (RecordFault::Others, _) => vec![(1, None)],
        (RecordFault::NotSaid, _) => Vec::new(),
    };
    Failure { culprits: culprits.into(), ..failure.clone() }
}

fn fault(failure: &Failure, index: u32) -> (RecordFault, Option<&str>) {
    let culprits = &failure.culprits;
    match culprits.iter().find(|(culprit, _)| *culprit == index) {
        Some((_, words)) => (RecordFault::This, words.as_deref()),
        None if culprits.is_empty() => (RecordFault::NotSaid, None),
        None => (RecordFault::Others, None),
    }
}

fn draft(failure: &Failure, words: Option<&str>) -> Draft {
    let fate = failure.fate;
    let simple = |kind, text: &str| Draft::new(kind, fate, with_fate(text, fate));
    match failure.reason {
        Reason::Refused(code) => {
            let draft = refused("the record", code, words, (About::Records, fate));
            with_remedy(draft, code.class())
        }
        Reason::DeadlinePassed => out_of_time(failure),
        Reason::NotEncoded => simple(ErrorKind::Internal, "the batch could not be encoded"),
        Reason::NotSplit => simple(
            ErrorKind::InvalidRecord,
            "the broker found the batch too large, and it could not be made smaller",
        ),
        Reason::Misused => simple(ErrorKind::Internal, "the batch could not be counted"),
        Reason::Cancelled | Reason::Closed => {
            simple(ErrorKind::Closed, "the producer was closed or dropped before the record ended")
        }
        Reason::TopicMissing => simple(ErrorKind::Topic, "the topic or its partition is gone")
            .code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)
            .retriable(true)
            .step("Look whether somebody deleted the topic; it may also be hidden from us."),
        Reason::TopicRecreated => {
            simple(ErrorKind::Topic, "the topic was deleted and made anew meanwhile")
                .retriable(true)
                .step("Send the record again if it is meant for the new topic too.")
        }
        Reason::Overtaken => simple(
            ErrorKind::Refused,
            "the broker lost its memory of this producer, and a younger batch is in the log \
             already: the record would be out of order",
        )
        .retriable(true)
        .step("Send the record again if its place does not matter."),
        Reason::Aborted => simple(ErrorKind::TransactionAborted, "its transaction was aborted"),
        Reason::NotInTransaction => {
            simple(ErrorKind::IllegalState, "its transaction is not open any more")
        }
        Reason::ProducerClosed(fatal) => fatal_draft(fatal, fate),
    }
}

fn with_remedy(draft: Draft, class: ErrorClass) -> Draft {
    if class == ErrorClass::Fenced { draft.remedy(Remedy::Close) } else { draft }
}

fn out_of_time(failure: &Failure) -> Draft {
    let fate = failure.fate;
    let text = |met: &str| {
        let text = format!("the record was not acknowledged before its delivery deadline{met}");
        with_fate(&text, fate)
    };
    let draft = match &failure.met {
        None => Draft::new(ErrorKind::TimedOut, fate, text("")),
        Some(Met::NoLeader) => {
            Draft::new(ErrorKind::TimedOut, fate, text(": nobody led its partition"))
        }
        Some(Met::Answer(code)) => {
            let draft = Draft::new(ErrorKind::TimedOut, fate, text(&format!(": {code} last")));
            match probe::next_step(*code, About::Records) {
                Some(step) => draft.code(*code).step(step),
                None => draft.code(*code),
            }
        }
        Some(Met::Connection(met)) => {
            let draft = Draft::new(late_for(met), fate, text(&format!(": {met}")));
            let draft = draft.source((**met).clone());
            match met.next_step() {
                Some(step) => draft.step(step),
                None => draft,
            }
        }
    };
    draft.retriable(true)
}

/// Of a producer that cannot go on.
pub(super) fn fatal_draft(fatal: Fatal, fate: Fate) -> Draft {
    let draft = match fatal {
        Fatal::Refused(code) => {
            refused("the producer", code, None, (About::ProducerId, fate)).retriable(false)
        }
        Fatal::Fenced => Draft::new(
            ErrorKind::Fenced,
            fate,
            "another producer with the same transactional id took over, or the transaction took \
             longer than `transaction.timeout.ms`",
        )
        .step("Close this producer; build another one if it is still meant to run."),
        Fatal::BrokerMisbehaved => Draft::new(
            ErrorKind::Refused,
            fate,
            "a broker's answer broke the protocol, so that nothing can be believed any more",
        )
        .step("Close this producer, and report this with the broker's version."),
        Fatal::Invariant(law) => {
            let text = format!("the producer stopped before it broke a law of its own: {law}");
            Draft::new(ErrorKind::Internal, fate, text)
                .step("Close this producer, and report this as a defect of it.")
        }
    };
    draft.remedy(Remedy::Close)
}

/// Why a record was not taken in; nothing of it is written then.
pub(crate) fn why_error(why: Why, topic: &str) -> Error {
    let draft = |kind, text: String| Draft::new(kind, Fate::NotWritten, text);
    match why {
        Why::NeedsMemory { bytes } => draft(
            ErrorKind::BufferFull,
            format!("the record needs {bytes} bytes of memory, and there are not so many"),
        )
        .retriable(true)
        .step("Wait, send less at a time, or raise `buffer.memory`."),
        Why::Stale => {
            draft(ErrorKind::Topic, format!("the topic `{}` is gone", shown(topic))).retriable(true)
        }
        Why::NoSuchPartition { count } => draft(
            ErrorKind::InvalidRecord,
            format!("the topic `{}` has no such partition: it has {count}", shown(topic)),
        )
        .step("Name a partition from 0 on, or none."),
        Why::Closed => return Error::closed(),
        Why::NotInTransaction => draft(
            ErrorKind::IllegalState,
            "a record can only be sent within the open transaction".to_owned(),
        )
        .step(
            "Send through the `Transaction` that `begin` returned; without `transactional.id` \
             there are none.",
        ),
        Why::TooLarge { bytes, limit } => draft(
            ErrorKind::InvalidRecord,
            format!("the record takes {bytes} bytes, and no request may be larger than {limit}"),
        )
        .step("Make it smaller, or raise `max.request.size` (and `max.message.bytes` there)."),
        Why::InvalidTimestamp(time) => draft(
            ErrorKind::InvalidRecord,
            format!("no record has the time {}: it counts milliseconds since 1970", time.0),
        )
        .step("Give it a time from 0 on, or none."),
    }
    .done()
}

fn with_fate(text: &str, fate: Fate) -> String {
    let believed = match fate {
        Fate::NotWritten => "it is not in the log",
        Fate::Unknown => "it may be in the log",
        Fate::Written => "it is in the log",
    };
    format!("{text}; {believed}")
}
