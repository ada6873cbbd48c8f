//! `EndTxn`: the two tables of answers, one per generation of the request.

use klamm_wire::ErrorCode;

use super::entry::{Entry, Identity, LAST_EPOCH, Outcome, State};

/// The first version of `EndTxn` that raises the epoch.
pub(super) const RAISES_SINCE: i16 = 5;

/// What `EndTxn` does with the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndVerdict {
    /// Answered with this code; nothing changes.
    Refuse(ErrorCode),
    /// It has ended so already.
    Done,
    /// It ends so.
    Prepare(Outcome),
}

/// Judges an `EndTxn`. With `any_epoch` nobody is fenced.
pub(super) fn judge(
    entry: &Entry,
    who: Identity,
    outcome: Outcome,
    version: i16,
    any_epoch: bool,
) -> EndVerdict {
    if version >= RAISES_SINCE {
        generation_two(entry, who, outcome, any_epoch)
    } else {
        generation_one(entry, who, outcome, any_epoch)
    }
}

fn generation_one(entry: &Entry, who: Identity, outcome: Outcome, any_epoch: bool) -> EndVerdict {
    if who.pid != entry.identity.pid {
        return EndVerdict::Refuse(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    }
    if who.epoch != entry.identity.epoch && !any_epoch {
        return EndVerdict::Refuse(ErrorCode::PRODUCER_FENCED);
    }
    match &entry.state {
        State::Ongoing => EndVerdict::Prepare(outcome),
        State::Prepare(_) => EndVerdict::Refuse(ErrorCode::CONCURRENT_TRANSACTIONS),
        State::Complete(so) if *so == outcome => EndVerdict::Done,
        State::Complete(_) | State::Empty => EndVerdict::Refuse(ErrorCode::INVALID_TXN_STATE),
    }
}

/// The epoch alone does not tell a repeated request from the next one, as it does not move
/// between transactions of generation one: here the stored epoch is one ahead of a repeated one.
fn generation_two(entry: &Entry, who: Identity, outcome: Outcome, any_epoch: bool) -> EndVerdict {
    // First of all: the producer may come with an id that the last marker will make the present
    // one, and must not be refused for it.
    if entry.is_ending() {
        return EndVerdict::Refuse(ErrorCode::CONCURRENT_TRANSACTIONS);
    }
    let rotated = is_before_rotation(entry, who);
    if who.pid != entry.identity.pid && !rotated {
        return EndVerdict::Refuse(ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    }
    let repeated = rotated || who.is_just_before(entry.identity);
    let complete = matches!(entry.state, State::Complete(_));
    let current = who.epoch == entry.identity.epoch;
    if !(current || any_epoch || (complete && repeated)) {
        return EndVerdict::Refuse(ErrorCode::PRODUCER_FENCED);
    }
    match (&entry.state, outcome) {
        (State::Ongoing, _) => EndVerdict::Prepare(outcome),
        (State::Complete(so), _) if repeated && *so == outcome => EndVerdict::Done,
        // Nothing is open: an abort raises the epoch all the same, for the producer that cannot
        // know whether its first batch has arrived.
        (State::Empty, Outcome::Abort) => EndVerdict::Prepare(outcome),
        (State::Complete(_), Outcome::Abort) if !repeated => EndVerdict::Prepare(outcome),
        (State::Empty | State::Complete(_) | State::Prepare(_), _) => {
            EndVerdict::Refuse(ErrorCode::INVALID_TXN_STATE)
        }
    }
}

/// Whether this is the identity whose last epoch ended with the rotation to the present one.
fn is_before_rotation(entry: &Entry, who: Identity) -> bool {
    who == Identity { pid: entry.previous_pid, epoch: LAST_EPOCH } && entry.identity.epoch == 0
}
