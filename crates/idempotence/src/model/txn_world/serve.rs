//! What brokers and the coordinator do with the requests that they read.

use klamm_wire::{Epoch, ErrorCode, ProducerId};

use super::TxnWorld;
use super::errands::Errand;
use super::moves::{CtrlFault, spend};
use crate::input::CtrlFacts;
use crate::model::world::network::{Reply, Request as Batch};
use crate::model::{Cluster, Generation, Identity, Member, PartitionLog, Replica, Sender, Verdict};
use crate::names::Part;
use crate::output::Request;
use crate::stamp::Identity as Named;

impl TxnWorld {
    /// A broker reads one batch, and refuses it for what it is if it is told to.
    pub(super) fn serve(&mut self, at: usize, refuse: bool) {
        let Some(conn) = self.network.get_mut(at) else { return };
        let (node, open) = (conn.node, conn.open);
        let Some(request) = conn.requests.pop_front() else { return };
        let before = self.coordinator.state();
        let verdict = if refuse {
            spend(&mut self.left.refusals);
            self.history.trouble();
            self.refuse(&request)
        } else {
            let to = Replica { node, part: request.part };
            self.write(to, &request)
        };
        let content = request.produce.content;
        self.history.wrote(content, before, &self.coordinator);
        if let Some(conn) = self.network.get_mut(at).filter(|_| open) {
            conn.answers.push_back(Reply::to(&request, verdict));
        }
    }

    fn write(&mut self, to: Replica, request: &Batch) -> Verdict {
        let end = |cluster: &Cluster| cluster.log(to.part).map(PartitionLog::end_offset);
        let before = end(&self.cluster);
        let produce = &request.produce;
        let verdict = self.cluster.produce_in_transaction(to, produce, &mut self.coordinator);
        if let Some(stamp) = produce.stamp().filter(|_| end(&self.cluster) != before) {
            self.history.appended(stamp.identity());
        }
        verdict
    }

    /// The coordinator is asked before the batch is looked at.
    //= B19 the partition is part of the transaction even if the append fails
    fn refuse(&mut self, request: &Batch) -> Verdict {
        let Sender::Transactional(stamp, generation) = request.produce.sender else {
            return Verdict::rejected(ErrorCode::INVALID_RECORD);
        };
        let member = Member::Partition(request.part);
        let admitted = self.coordinator.admit(generation, stamp.identity(), member);
        Verdict::rejected(admitted.err().unwrap_or(ErrorCode::INVALID_RECORD))
    }

    /// The coordinator reads the request that is open.
    pub(super) fn coordinate(&mut self, fault: Option<CtrlFault>) {
        let Some(errand) = self.errands.asked.take() else { return };
        if fault.is_some() {
            spend(&mut self.left.faults);
            spend(&mut self.left.denials);
            self.history.trouble();
        }
        let facts = match fault {
            None => self.obey(&errand),
            Some(CtrlFault::Deposed) => {
                self.obey(&errand);
                denied(&errand.request, ErrorCode::NOT_COORDINATOR)
            }
            Some(CtrlFault::Abortable) => denied(&errand.request, ErrorCode::TRANSACTION_ABORTABLE),
        };
        self.errands.told = Some((errand, facts));
    }

    /// The coordinator reads a request that nobody waits for.
    pub(super) fn land(&mut self, at: usize) {
        if let Some(errand) = self.errands.land(at) {
            let facts = self.obey(&errand);
            self.history.landed(&errand, &facts);
        }
    }

    /// Whether the open request is the end of a transaction of the second generation.
    pub(super) fn ends_second_generation(&self) -> bool {
        let asked = self.errands.asked.as_ref().map(|errand| &errand.request);
        matches!(asked, Some(Request::EndTxn { raises_epoch: true, commit: true, .. }))
    }

    fn obey(&mut self, errand: &Errand) -> CtrlFacts {
        let before = self.coordinator.clone();
        let facts = self.do_as_asked(errand);
        self.history.coordinated(errand, &before, &self.coordinator);
        facts
    }

    fn do_as_asked(&mut self, errand: &Errand) -> CtrlFacts {
        let value = u32::try_from(errand.txn).unwrap_or_default();
        match &errand.request {
            Request::InitProducerId { current } => {
                let answer = self.coordinator.init_producer_id(current.map(known));
                let (code, who) = code_of(answer);
                let (pid, epoch) = named(who);
                CtrlFacts::ProducerId { code, pid, epoch }
            }
            Request::AddPartitions { identity, parts } => {
                let parts: Vec<u32> = parts.iter().map(|part| part.0).collect();
                let codes = self.coordinator.add_partitions(known(*identity), &parts);
                let parts = codes.into_iter().map(|(part, code)| (Part(part), code)).collect();
                CtrlFacts::PartitionsAdded { code: ErrorCode::NONE, parts }
            }
            Request::AddOffsets { identity, group } => CtrlFacts::OffsetsAdded {
                code: self.coordinator.add_offsets(known(*identity), group.0),
            },
            Request::CommitOffsets { identity, group, offsets, adds } => {
                let who = known(*identity);
                let code = self.coordinator.commit_offsets(generation(*adds), who, group.0, value);
                let offsets = offsets.iter().map(|offset| (*offset, code)).collect();
                CtrlFacts::OffsetsCommitted { offsets }
            }
            Request::EndTxn { identity, commit, raises_epoch } => {
                let spoken = generation(*raises_epoch);
                let answer = self.coordinator.end_txn(spoken, known(*identity), *commit);
                let next = answer.ok().flatten().map(|who| named(Some(who)));
                let code = answer.err().unwrap_or(ErrorCode::NONE);
                CtrlFacts::TxnEnded { code, next }
            }
        }
    }
}

/// The answer to a request that is all error.
fn denied(request: &Request, code: ErrorCode) -> CtrlFacts {
    match request {
        Request::InitProducerId { .. } => {
            let (pid, epoch) = named(None);
            CtrlFacts::ProducerId { code, pid, epoch }
        }
        Request::AddPartitions { parts, .. } => {
            let parts = parts.iter().map(|part| (*part, code)).collect();
            CtrlFacts::PartitionsAdded { code: ErrorCode::NONE, parts }
        }
        Request::AddOffsets { .. } => CtrlFacts::OffsetsAdded { code },
        Request::CommitOffsets { offsets, .. } => CtrlFacts::OffsetsCommitted {
            offsets: offsets.iter().map(|offset| (*offset, code)).collect(),
        },
        Request::EndTxn { .. } => CtrlFacts::TxnEnded { code, next: None },
    }
}

const fn generation(second: bool) -> Generation {
    if second { Generation::Tv2 } else { Generation::Tv1 }
}

/// An identity in the words of the model broker.
pub(super) fn known(identity: Named) -> Identity {
    Identity { pid: identity.pid.0, epoch: i64::from(identity.epoch.0) }
}

/// An identity in the words of the wire, which has one for nobody.
fn named(who: Option<Identity>) -> (ProducerId, Epoch) {
    let Some(who) = who else { return (ProducerId(-1), Epoch(-1)) };
    (ProducerId(who.pid), Epoch(i16::try_from(who.epoch).unwrap_or(-1)))
}

fn code_of(answer: Result<Identity, ErrorCode>) -> (ErrorCode, Option<Identity>) {
    match answer {
        Ok(who) => (ErrorCode::NONE, Some(who)),
        Err(code) => (code, None),
    }
}
