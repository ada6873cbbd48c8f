//! `InitProducerId` of a transactional id: who goes on, who is fenced, and with which epoch.

use klamm_wire::{ErrorCode, Now};

use super::entry::{Entry, Identity, LAST_EPOCH, State};

/// What `InitProducerId` does with the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InitVerdict {
    /// Answered with this code; nothing changes.
    Refuse(ErrorCode),
    /// A transaction is open: it is aborted, its producer fenced, and the caller told to wait.
    FenceFirst,
    /// No epoch is left: a new producer id, with this as the epoch before.
    Rotate { last_epoch: i16 },
    /// This epoch, after that one.
    Epoch { epoch: i16, last_epoch: i16 },
}

/// Judges an `InitProducerId`; `known` is the identity that the producer goes on from, if any.
pub(super) fn judge(entry: &Entry, known: Option<Identity>) -> InitVerdict {
    if entry.is_ending() {
        return InitVerdict::Refuse(ErrorCode::CONCURRENT_TRANSACTIONS);
    }
    if known.is_some_and(|known| !is_of_this_id(entry, known)) {
        return InitVerdict::Refuse(ErrorCode::PRODUCER_FENCED);
    }
    if entry.state == State::Ongoing {
        return InitVerdict::FenceFirst;
    }
    let current = entry.identity.epoch;
    if entry.is_exhausted() {
        return match known {
            None => InitVerdict::Rotate { last_epoch: -1 },
            Some(known) if known.epoch == current => InitVerdict::Rotate { last_epoch: current },
            // Kafka finds no epoch to give before it looks whether the caller's is an old one.
            Some(_) => InitVerdict::Refuse(ErrorCode::UNKNOWN_SERVER_ERROR),
        };
    }
    next_epoch(entry, known)
}

fn next_epoch(entry: &Entry, known: Option<Identity>) -> InitVerdict {
    let current = entry.identity.epoch;
    let raised = current.saturating_add(1);
    match known {
        None => InitVerdict::Epoch { epoch: raised, last_epoch: -1 },
        Some(known) if current == -1 || known.epoch == current => {
            InitVerdict::Epoch { epoch: raised, last_epoch: current }
        }
        // The answer to the first call was lost. Another producer's call would have forgotten the
        // last epoch, so nobody is fenced by this.
        Some(known) if known.epoch == entry.last_epoch => {
            InitVerdict::Epoch { epoch: current, last_epoch: entry.last_epoch }
        }
        Some(_) => InitVerdict::Refuse(ErrorCode::PRODUCER_FENCED),
    }
}

/// Whether the caller's producer id belongs here: the present one, or the one before it if that
/// ran out of epochs. An id that was only now created has no producer that could be fenced.
fn is_of_this_id(entry: &Entry, known: Identity) -> bool {
    entry.identity.epoch == -1
        || known.pid == entry.identity.pid
        || (known.pid == entry.previous_pid && known.epoch >= LAST_EPOCH)
}

/// Gives the id its new identity, and with it the timeout that was asked for.
pub(super) fn grant(entry: &mut Entry, to: (Identity, i16), timeout_ms: i32, now: Now) -> Identity {
    let (identity, last_epoch) = to;
    entry.become_empty(identity, last_epoch, now);
    entry.timeout_ms = timeout_ms;
    identity
}
