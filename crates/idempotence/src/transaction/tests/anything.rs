//! Anything at any time: what holds whatever the application and the cluster do.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::fate::Evidence;
use crate::output::Fatal;
use crate::verdict::coordinator::{Asked, verdict};

/// Outputs of one event at the most: an answer, a look-up, two calls told, a request.
const MOST_OUTPUTS: usize = 5;

/// Codes that a transaction can survive.
const CODES: [ErrorCode; 9] = [
    ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
    ErrorCode::NOT_COORDINATOR,
    ErrorCode::CONCURRENT_TRANSACTIONS,
    ErrorCode::UNKNOWN_SERVER_ERROR,
    ErrorCode::TRANSACTION_ABORTABLE,
    ErrorCode::TOPIC_AUTHORIZATION_FAILED,
    ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ErrorCode::OPERATION_NOT_ATTEMPTED,
    ErrorCode(999),
];

/// Codes that end the producer, or nearly always do.
const LAST_CODES: [ErrorCode; 3] = [
    ErrorCode::INVALID_TXN_STATE,
    ErrorCode::INVALID_PRODUCER_EPOCH,
    ErrorCode::INVALID_PRODUCER_ID_MAPPING,
];

#[derive(Debug, Clone)]
enum Op {
    Call(Ask, u16),
    Answer(ErrorCode),
    Stray,
    Lose(bool),
    FindNobody(ErrorCode),
    Features(Generation),
    Write(u8),
    SendFailed(bool),
    Load(u8, u8),
    Pass(u16),
    Close,
}

fn op() -> impl Strategy<Value = Op> {
    let none = Ask::SendOffsets { group: GROUP, offsets: 0 };
    let asks = [Ask::InitTxn, Ask::BeginTxn, OFFSETS, none, Ask::Commit, Ask::Abort, Ask::Flush];
    prop_oneof![
        40 => (prop::sample::select(asks.to_vec()), 0..9000_u16).prop_map(|(a, d)| Op::Call(a, d)),
        20 => prop::sample::select(CODES.to_vec()).prop_map(Op::Answer),
        1 => prop::sample::select(LAST_CODES.to_vec()).prop_map(Op::Answer),
        50 => Just(Op::Answer(OK)),
        2 => Just(Op::Stray),
        12 => any::<bool>().prop_map(Op::Lose),
        2 => prop::sample::select(CODES.to_vec()).prop_map(Op::FindNobody),
        3 => prop::sample::select(BOTH.to_vec()).prop_map(Op::Features),
        25 => (0..3_u8).prop_map(Op::Write),
        2 => any::<bool>().prop_map(Op::SendFailed),
        25 => (0..2_u8, 0..2_u8).prop_map(|(open, out)| Op::Load(open, out)),
        30 => (0..2000_u16).prop_map(Op::Pass),
        1 => Just(Op::Close),
    ]
}

/// A producer, and what an onlooker knows of it.
struct Watched {
    txn: Transactions,
    now: Time,
    load: Load,
    /// The request that is out.
    out: Option<(CtrlId, Request)>,
    last: CtrlId,
    calls: u64,
    waiting: BTreeMap<CallId, Time>,
    had: Option<Identity>,
    /// A commit of the first generation may have happened.
    doubt: bool,
    /// A request of the first generation may still land, or an abort left holes.
    stale: bool,
    dead: Option<Fatal>,
}

impl Watched {
    fn new() -> Self {
        Self {
            txn: Transactions::new(&Settings::new(Mode::Transactional)),
            now: Time(0),
            load: Load::default(),
            out: None,
            last: CtrlId(0),
            calls: 0,
            waiting: BTreeMap::new(),
            had: None,
            doubt: false,
            stale: false,
            dead: None,
        }
    }

    fn play(&mut self, op: &Op) {
        match *op {
            Op::Call(ask, wait) => self.call(ask, u64::from(wait)),
            Op::Answer(code) => self.answer(code),
            Op::Stray => self.step(Event::Answer { ctrl: CtrlId(0), facts: identity(9, 9) }),
            Op::Lose(wrote_full_frame) => self.lose(wrote_full_frame),
            Op::FindNobody(code) => {
                if let Some((ctrl, _)) = self.out.take() {
                    self.step(Event::Refused { ctrl, code });
                }
            }
            Op::Features(generation) => self.step(Event::Features(generation)),
            Op::Write(part) => self.write(Part(part.into())),
            Op::SendFailed(this) => {
                let tag = if this { TxnTag(self.txn.last_tag) } else { TxnTag(0) };
                self.step(Event::SendFailed { tag, reason: Reason::NotEncoded, fatal: None });
            }
            Op::Load(open, outstanding) => self.load(open.into(), outstanding.into()),
            Op::Pass(millis) => {
                let time = Duration::from_millis(millis.into());
                self.now = self.now.saturating_add(time);
                self.step(Event::Tick);
            }
            Op::Close => self.step(Event::Close),
        }
    }

    fn call(&mut self, ask: Ask, wait: u64) {
        self.calls = self.calls.saturating_add(1);
        let call = CallId(self.calls);
        let deadline = self.now.saturating_add(Duration::from_millis(wait));
        self.waiting.insert(call, deadline);
        self.step(Event::Call { call, deadline, ask });
    }

    fn write(&mut self, part: Part) {
        self.step(Event::Wants(part));
        if self.txn.may_send(part) {
            self.step(Event::Attempted(part));
        }
    }

    /// Batches are announced while a transaction takes them, and sent while it lets them.
    fn load(&mut self, open: u32, outstanding: u32) {
        let takes = self.txn.writable_tag().is_some();
        let sends = [P0, P1, Part(2)].into_iter().any(|part| self.txn.may_send(part));
        self.load.open = if takes { open } else { open.min(self.load.open) };
        self.load.outstanding =
            if sends { outstanding } else { outstanding.min(self.load.outstanding) };
        self.step(Event::Load);
    }

    fn lose(&mut self, wrote_full_frame: bool) {
        let Some((ctrl, request)) = self.out.take() else { return };
        if wrote_full_frame {
            self.doubt_after(&request);
        }
        self.step(Event::Lost { ctrl, wrote_full_frame });
    }

    fn answer(&mut self, code: ErrorCode) {
        let Some((ctrl, request)) = self.out.take() else { return };
        let facts = answer_to(&request, code);
        if matches!(request, Request::InitProducerId { .. }) && code.is_ok() {
            self.stale = false;
        }
        if let Request::EndTxn { commit, .. } = request {
            let asked = if commit { Asked::EndCommit } else { Asked::EndAbort };
            if verdict(asked, code).evidence == Evidence::Maybe {
                self.doubt_after(&request);
            }
            self.stale |= !commit && code.is_ok() && self.txn.generation() == Generation::V1;
        }
        self.step(Event::Answer { ctrl, facts });
    }

    fn doubt_after(&mut self, request: &Request) {
        let first = self.txn.generation() == Generation::V1;
        if !matches!(request, Request::InitProducerId { .. }) {
            self.stale |= first;
        }
        self.doubt |= first && matches!(request, Request::EndTxn { commit: true, .. });
    }

    fn step(&mut self, event: Event) {
        let mut out = Outbox::default();
        self.txn.step(self.now, event, self.load, &mut out);
        let outputs: Vec<Output> = std::iter::from_fn(|| out.pop()).collect();
        assert!(outputs.len() <= MOST_OUTPUTS, "{outputs:?}");
        for output in outputs {
            match output {
                Output::Ctrl { ctrl, request, .. } => self.asked(ctrl, request),
                Output::CallDone { call, result } => {
                    assert!(self.waiting.remove(&call).is_some(), "told twice");
                    let begun = matches!(result, Ok(Done::Begun(_)));
                    assert!(!begun || !self.stale, "begun under a stale identity");
                }
                Output::ForgetCoordinator(_) => {}
                other @ (Output::Complete { .. }
                | Output::Restamp(_)
                | Output::Split(_)
                | Output::Send(_)
                | Output::Refresh(_)
                | Output::NeedConn(_)) => panic!("{other:?}"),
            }
        }
        self.take_effects();
        assert!(self.waiting.values().all(|deadline| *deadline > self.now), "told too late");
        assert!(self.txn.next_wake().is_none_or(|wake| wake > self.now), "it would spin");
    }

    fn asked(&mut self, ctrl: CtrlId, request: Request) {
        assert!(ctrl > self.last && self.dead.is_none() && self.out.is_none(), "one at a time");
        match &request {
            Request::InitProducerId { current } => {
                assert_eq!(*current, self.had, "whoever had an identity names it");
                assert!(!self.doubt, "a commit in doubt is not fenced by ourselves");
            }
            Request::EndTxn { identity, commit, .. } => {
                assert_eq!((self.load.outstanding, Some(*identity)), (0, self.had));
                assert!(!commit || self.load.open == 0, "committed before all was acknowledged");
                assert!(*commit || !self.doubt, "a commit in doubt is not aborted");
            }
            Request::AddPartitions { identity, .. } | Request::AddOffsets { identity, .. } => {
                assert_eq!(Some(*identity), self.had);
                assert_eq!(self.txn.generation(), Generation::V1);
            }
            Request::CommitOffsets { identity, .. } => assert_eq!(Some(*identity), self.had),
        }
        self.last = ctrl;
        self.out = Some((ctrl, request));
    }

    fn take_effects(&mut self) {
        let before = self.had;
        let mut changed = false;
        while let Some(effect) = self.txn.take_effect() {
            match effect {
                Effect::Fatal(fatal) => self.dead = Some(fatal),
                Effect::IdentityChanged => changed = true,
                Effect::Ended { .. } => self.doubt = false,
                Effect::FailUnsent { .. } | Effect::PartitionsWritable => {}
            }
        }
        if self.dead.is_none() {
            self.had = self.txn.identity().or(before);
            assert_eq!(changed, self.had != before, "told of every change of identity");
        }
    }
}

/// What a coordinator says that names the next epoch whenever it names one.
fn answer_to(request: &Request, code: ErrorCode) -> CtrlFacts {
    match request {
        Request::InitProducerId { current } => {
            let epoch = current.map_or(0, |current| current.epoch.0.saturating_add(1));
            CtrlFacts::ProducerId { code, pid: ProducerId(7), epoch: Epoch(epoch) }
        }
        Request::AddPartitions { parts, .. } => {
            added(&parts.iter().map(|part| (*part, code)).collect::<Vec<_>>())
        }
        Request::AddOffsets { .. } => CtrlFacts::OffsetsAdded { code },
        Request::CommitOffsets { offsets, .. } => {
            committed(&offsets.iter().map(|offset| (*offset, code)).collect::<Vec<_>>())
        }
        Request::EndTxn { identity, .. } => {
            let next = Some((identity.pid, Epoch(identity.epoch.0.saturating_add(1))));
            CtrlFacts::TxnEnded { code, next }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(74),
        ..ProptestConfig::default()
    })]

    //= type=test I15 I16 I17 I18 I19
    #[test]
    fn whatever_happens_the_laws_of_transactions_hold(ops in prop::collection::vec(op(), 0..120)) {
        let mut watched = Watched::new();
        watched.play(&Op::Call(Ask::InitTxn, 5000));
        watched.play(&Op::Answer(OK));
        for op in &ops {
            watched.play(op);
        }
    }
}
