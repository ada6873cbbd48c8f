//! What a coordinator may answer, without being one.

use klamm_wire::{Epoch, ErrorCode, ProducerId};

use crate::input::CtrlFacts;
use crate::output::Request;
use crate::stamp::Identity;

/// An answer that fits a request, with one code for all of it, and `next` where it names whom the
/// producer is from then on.
#[must_use]
pub fn answer_in_kind(request: &Request, code: ErrorCode, next: (ProducerId, Epoch)) -> CtrlFacts {
    match request {
        Request::InitProducerId { .. } => {
            CtrlFacts::ProducerId { code, pid: next.0, epoch: next.1 }
        }
        Request::AddPartitions { parts, .. } => {
            let parts = parts.iter().map(|part| (*part, code)).collect();
            CtrlFacts::PartitionsAdded { code: ErrorCode::NONE, parts }
        }
        Request::AddOffsets { .. } => CtrlFacts::OffsetsAdded { code },
        Request::CommitOffsets { offsets, .. } => {
            let offsets = offsets.iter().map(|offset| (*offset, code)).collect();
            CtrlFacts::OffsetsCommitted { offsets }
        }
        Request::EndTxn { raises_epoch, .. } => {
            CtrlFacts::TxnEnded { code, next: raises_epoch.then_some(next) }
        }
    }
}

/// Who a request says that the producer is, if it says so.
#[must_use]
pub const fn asker(request: &Request) -> Option<Identity> {
    match request {
        Request::InitProducerId { current } => *current,
        Request::AddPartitions { identity, .. }
        | Request::AddOffsets { identity, .. }
        | Request::CommitOffsets { identity, .. }
        | Request::EndTxn { identity, .. } => Some(*identity),
    }
}
