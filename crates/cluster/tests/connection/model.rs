//! Walks of a connection beside a list of requests, each with what of it was not handed over.

#![cfg(test)]

use klamm_cluster::connection::Input;
use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::{Cause, Fate};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, quiet, small};

const ROOM: usize = 4;

#[derive(Debug, Clone)]
enum Deed {
    /// Whether no answer is due.
    Send(bool),
    Hand(usize),
    Flush,
    Answer,
    Withdraw(usize),
    Lose,
}

#[derive(Debug, Clone, PartialEq)]
enum End {
    Answered,
    Flushed,
    Failed(Fate),
}

#[derive(Debug, Clone)]
struct Request {
    id: u64,
    len: usize,
    /// How much of it was not handed over.
    left: usize,
    is_withdrawn: bool,
}

impl Request {
    fn is_quiet(&self) -> bool {
        self.id % 2 == 1
    }

    fn fate(&self) -> Fate {
        if self.left == 0 { Fate::Unknown } else { Fate::NotWritten }
    }
}

#[derive(Debug, Clone, Default)]
struct Model {
    open: Vec<Request>,
    ends: Vec<(u64, End)>,
    sent: u64,
    is_over: bool,
}

impl Model {
    fn send(&mut self, is_quiet: bool) {
        if self.open.len() < ROOM && !self.is_over {
            let len = lengths()[usize::from(is_quiet)];
            let id = 2 * self.sent + u64::from(is_quiet);
            self.open.push(Request { id, len, left: len, is_withdrawn: false });
            self.sent += 1;
        }
    }

    fn hand(&mut self, mut count: usize) {
        for request in &mut self.open {
            let step = count.min(request.left);
            request.left -= step;
            count -= step;
        }
    }

    fn end(&mut self, request: &Request, end: End) {
        if !request.is_withdrawn {
            self.ends.push((request.id, end));
        }
    }

    fn flush(&mut self) {
        let (gone, open) = self.open.drain(..).partition(|one| one.is_quiet() && one.left == 0);
        self.open = open;
        let gone: Vec<Request> = gone;
        gone.iter().for_each(|request| self.end(request, End::Flushed));
    }

    fn due(&self) -> Option<usize> {
        self.open.iter().position(|request| !request.is_quiet())
    }

    fn can_be_answered(&self) -> bool {
        self.due().is_some_and(|at| self.open[at].left == 0)
    }

    fn answer(&mut self) {
        if let Some(at) = self.due() {
            let request = self.open.remove(at);
            self.end(&request, End::Answered);
        }
    }

    fn withdraw(&mut self, at: usize) {
        let Some(request) = self.open.get_mut(at).filter(|request| !request.is_withdrawn) else {
            return;
        };
        self.ends.push((request.id, End::Failed(request.fate())));
        request.is_withdrawn = true;
        if request.left == request.len {
            self.open.remove(at);
        } else if request.left > 0 {
            self.lose();
        }
    }

    fn lose(&mut self) {
        for request in std::mem::take(&mut self.open) {
            self.end(&request, End::Failed(request.fate()));
        }
        self.is_over = true;
    }
}

/// The lengths of the two frames.
fn lengths() -> [usize; 2] {
    static LENGTHS: std::sync::OnceLock<[usize; 2]> = std::sync::OnceLock::new();
    *LENGTHS.get_or_init(|| {
        let mut rig = Rig::ready(Script::default(), Setup::default());
        rig.send(2, &small());
        let first = rig.to_write().len();
        rig.send(1, &quiet());
        [first, rig.to_write().len() - first]
    })
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(model: &Self) -> BoxedStrategy<Deed> {
        let mut deeds = vec![
            (6, any::<bool>().prop_map(Deed::Send).boxed()),
            (6, (0..120_usize).prop_map(Deed::Hand).boxed()),
            (3, Just(Deed::Flush).boxed()),
            (2, (0..ROOM).prop_map(Deed::Withdraw).boxed()),
            (1, Just(Deed::Lose).boxed()),
        ];
        if model.can_be_answered() {
            deeds.push((6, Just(Deed::Answer).boxed()));
        }
        proptest::strategy::Union::new_weighted(deeds).boxed()
    }

    fn apply(mut model: Self, deed: &Deed) -> Self {
        match deed {
            Deed::Send(is_quiet) => model.send(*is_quiet),
            Deed::Hand(count) => model.hand(*count),
            Deed::Flush => model.flush(),
            Deed::Answer => model.answer(),
            Deed::Withdraw(at) => model.withdraw(*at),
            Deed::Lose => model.lose(),
        }
        model
    }

    fn preconditions(model: &Self, deed: &Deed) -> bool {
        !matches!(deed, Deed::Answer) || model.can_be_answered()
    }
}

/// The connection, and the ends that it told.
struct Tested {
    rig: Rig,
    sent: u64,
    ends: Vec<(u64, End)>,
}

impl Tested {
    fn act(&mut self, deed: &Deed) {
        match deed {
            Deed::Send(is_quiet) => {
                let id = 2 * self.sent + u64::from(*is_quiet);
                let taken = if *is_quiet {
                    self.rig.try_send(id, &quiet())
                } else {
                    self.rig.try_send(id, &small())
                };
                self.sent += u64::from(taken.is_ok());
            }
            Deed::Hand(count) => self.rig.hand(self.rig.to_write().len().min(*count)),
            Deed::Flush => self.rig.handle(Input::Flushed),
            Deed::Answer => {
                let len = &self.rig.towards_us[..4];
                let len = u32::from_be_bytes(len.try_into().unwrap()) as usize;
                self.rig.read(4 + len);
            }
            Deed::Withdraw(_) => {}
            Deed::Lose => self.rig.handle(Input::Lost(Cause::Reset)),
        }
    }

    fn listen(&mut self) {
        for told in self.rig.heard() {
            match told {
                Told::Answered(id) => self.ends.push((id, End::Answered)),
                Told::Flushed(id) if id % 2 == 1 => self.ends.push((id, End::Flushed)),
                Told::Failed(id, fate) => self.ends.push((id, End::Failed(fate))),
                Told::Flushed(_)
                | Told::Ready
                | Told::Write
                | Told::Hash
                | Told::NeedToken
                | Told::Throttled(_)
                | Told::Closed(_) => {}
            }
        }
    }
}

impl StateMachineTest for Tested {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let settings = ConnectionSettings { max_in_flight: ROOM, ..Default::default() };
        let rig = Rig::ready(Script::default(), Setup { settings, ..Setup::default() });
        Self { rig, sent: 0, ends: Vec::new() }
    }

    fn apply(mut tested: Self, model: &Model, deed: Deed) -> Self {
        tested.act(&deed);
        if let (Deed::Withdraw(_), Some((id, End::Failed(fate)))) =
            (&deed, model.withdrawn(&tested))
        {
            assert_eq!(tested.rig.withdraw(id), Some(fate));
            tested.ends.push((id, End::Failed(fate)));
        }
        tested.listen();
        tested
    }

    fn check_invariants(tested: &Self, model: &Model) {
        assert_eq!(tested.ends, model.ends);
        assert_eq!(tested.rig.conn.in_flight(), model.open.len());
        assert_eq!(tested.rig.conn.can_send(), !model.is_over && model.open.len() < ROOM);
        let unwritten: usize = model.open.iter().map(|request| request.left).sum();
        assert_eq!(tested.rig.to_write().len(), unwritten);
    }
}

impl Model {
    /// The end that the model saw first and the connection did not.
    fn withdrawn(&self, tested: &Tested) -> Option<(u64, End)> {
        self.ends.get(tested.ends.len()).cloned()
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn a_connection_ends_requests_as_a_list_of_them_says(sequential 1..80 => Tested);
}
