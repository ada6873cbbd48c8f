//! What an application does with transactions, and what coordinators answer.

use klamm_idempotence::model::{answer_in_kind, asker};
use klamm_idempotence::{
    Ask, CallError, CallId, CtrlFacts, CtrlId, Destination, Done, Generation, Input, Leader, Mode,
    Request, Settings,
};
use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId};

use super::{Batch, Bench, P, PATIENCE, Q};

/// What became of a call, once it is answered.
pub(crate) type Answered = Option<Result<Done, CallError>>;

impl Bench {
    /// A transactional producer that is connected to the leader of `P` and `Q`, and knows nothing
    /// of its coordinator.
    pub(crate) fn transactional(generation: Generation) -> Self {
        let mut bench = Self::gated_with(Settings::new(Mode::Transactional));
        bench.metadata(Q, Leader::At { node: NodeId(1), epoch: 1 });
        bench.tell(Input::Features { generation });
        bench.grants_ids = false;
        bench
    }

    /// The same with a transaction open, as producer 7.
    pub(crate) fn in_transaction(generation: Generation) -> Self {
        let mut bench = Self::transactional(generation);
        let init = bench.call(Ask::InitTxn, PATIENCE);
        bench.reply(ErrorCode::NONE);
        assert_eq!(bench.result(init), Some(Ok(Done::Initialized)));
        bench.begin();
        bench
    }

    /// The same with one batch acknowledged in `P`.
    pub(crate) fn written(generation: Generation) -> Self {
        let mut bench = Self::in_transaction(generation);
        bench.write();
        bench
    }

    /// The same with a commit that is out.
    pub(crate) fn committing(generation: Generation) -> (Self, CallId) {
        let mut bench = Self::written(generation);
        let commit = bench.call(Ask::Commit, PATIENCE);
        (bench, commit)
    }

    /// The next transaction begins; an identity is renewed if that is asked for.
    pub(crate) fn begin(&mut self) {
        let asked = self.asked.len();
        let begin = self.call(Ask::BeginTxn, PATIENCE);
        if self.asked.len() > asked {
            self.reply(ErrorCode::NONE);
        }
        let Some(Ok(Done::Begun(tag))) = self.result(begin) else { panic!("it did not begin") };
        self.tag = Some(tag);
    }

    /// A batch for `P` that leaves: its partition is added if that is asked for.
    pub(crate) fn send(&mut self) -> Batch {
        let asked = self.asked.len();
        let [batch] = self.batches();
        if self.asked.len() > asked {
            self.reply(ErrorCode::NONE);
        }
        batch
    }

    /// A batch for `P` that is acknowledged.
    pub(crate) fn write(&mut self) -> Batch {
        let batch = self.send();
        self.answer(batch, ErrorCode::NONE);
        batch
    }

    /// The newest request to a coordinator, whether it is out or not.
    pub(crate) fn request(&self) -> Request {
        self.asked.last().unwrap().2.clone()
    }

    /// To whom the newest request went.
    pub(crate) fn asked_of(&self) -> Destination {
        self.asked.last().unwrap().1
    }

    /// The newest request.
    pub(crate) fn ctrl(&self) -> CtrlId {
        self.asked.last().unwrap().0
    }

    /// The newest request is answered in kind, with that code for all of it.
    pub(crate) fn reply(&mut self, code: ErrorCode) {
        let facts = in_kind(&self.request(), code);
        self.reply_with(facts);
    }

    /// The newest request is answered in those words.
    pub(crate) fn reply_with(&mut self, facts: CtrlFacts) {
        self.tell(Input::CtrlAnswer { ctrl: self.ctrl(), facts });
    }

    /// The newest request was written and will not be answered.
    pub(crate) fn lose_request(&mut self) {
        self.tell(Input::CtrlLost { ctrl: self.ctrl(), wrote_full_frame: true });
    }

    /// Forgets what was wished for.
    pub(crate) fn wishes_clear(&mut self) {
        self.seen.wishes.clear();
    }

    /// What a call was told.
    pub(crate) fn result(&self, call: CallId) -> Answered {
        self.calls.get(&call).copied()
    }

    /// What a commit is told, which is granted at once if it is asked for.
    pub(crate) fn commit(&mut self) -> Answered {
        self.end(Ask::Commit)
    }

    /// What an abort is told, which is granted at once if it is asked for.
    pub(crate) fn abort(&mut self) -> Answered {
        self.end(Ask::Abort)
    }

    fn end(&mut self, ask: Ask) -> Answered {
        let asked = self.asked.len();
        let call = self.call(ask, PATIENCE);
        if self.asked.len() > asked {
            self.reply(ErrorCode::NONE);
        }
        self.result(call)
    }
}

/// An answer that fits a request: producer 7, and whatever epoch comes next.
fn in_kind(request: &Request, code: ErrorCode) -> CtrlFacts {
    let epoch = Epoch(asker(request).map_or(0, |asker| asker.epoch.0 + 1));
    if ends(request).is_some() && !code.is_ok() {
        return CtrlFacts::TxnEnded { code, next: None };
    }
    answer_in_kind(request, code, (ProducerId(7), epoch))
}

/// Whether that asks for the end, and for which.
pub(crate) fn ends(request: &Request) -> Option<bool> {
    if let Request::EndTxn { commit, .. } = request { Some(*commit) } else { None }
}

/// A request for the partition `P` alone.
pub(crate) fn adds_first(request: &Request) -> bool {
    matches!(request, Request::AddPartitions { parts, .. } if *parts == [P])
}
