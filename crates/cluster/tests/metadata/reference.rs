//! The same picture in plain maps, from answers that ask for no time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;

/// A topic, by its place among the names.
pub(crate) type Name = usize;

pub(crate) const NAMES: [&str; 3] = ["orders", "payments", "refunds"];

/// What an answer says of a topic.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// An id, and node and epoch of each leader.
    Listed(u128, Vec<(i32, i32)>),
    Unknown,
    Refused,
    Nothing,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) version: i16,
    pub(crate) nodes: BTreeSet<i32>,
    pub(crate) topics: Vec<Said>,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Want(Name),
    Forget(Name),
    Hear(Answer),
    Lose,
    /// Topic, id, partition, node and epoch.
    Hint(Name, u128, i32, i32, i32),
}

/// What is known, and how long one waits for what is missing: for ever or not at all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reference {
    pub(crate) is_patient: bool,
    wanted: BTreeSet<Name>,
    missing: BTreeSet<Name>,
    pub(crate) nodes: BTreeSet<i32>,
    ids: BTreeMap<Name, u128>,
    sizes: BTreeMap<Name, usize>,
    leaders: BTreeMap<(Name, usize), (i32, i32)>,
    epochs: BTreeMap<(Name, usize), i32>,
}

impl Reference {
    pub(crate) fn id(&self, name: Name) -> u128 {
        self.ids.get(&name).copied().unwrap_or(0)
    }

    fn epoch(&self, at: (Name, usize)) -> i32 {
        self.epochs.get(&at).copied().unwrap_or(-1)
    }

    /// Node and epoch of the leaders.
    pub(crate) fn leaders(&self, name: Name) -> Vec<Option<(i32, i32)>> {
        let numbers = 0..self.sizes.get(&name).copied().unwrap_or(0);
        let leader = |number| self.leaders.get(&(name, number)).copied();
        numbers.map(leader).collect()
    }

    fn cut(&mut self, name: Name, size: usize) {
        let stays = |at: &(Name, usize)| at.0 != name || at.1 < size;
        self.leaders.retain(|at, _| stays(at));
        self.epochs.retain(|at, _| stays(at));
    }

    fn hide(&mut self, name: Name) {
        self.sizes.remove(&name);
        self.missing.remove(&name);
        self.leaders.retain(|at, _| at.0 != name);
        if self.id(name) == 0 {
            self.cut(name, 0);
        }
    }

    fn hear(&mut self, answer: &Answer) {
        if answer.nodes.is_empty() {
            return;
        }
        self.nodes.clone_from(&answer.nodes);
        for (name, said) in answer.topics.iter().enumerate() {
            match said {
                _ if !self.wanted.contains(&name) => {}
                Said::Listed(id, leaders) if !leaders.is_empty() => {
                    let id = if answer.version < 10 { 0 } else { *id };
                    self.list(name, id, leaders, answer.version >= 9);
                }
                Said::Listed(..) | Said::Unknown | Said::Nothing if self.is_patient => {
                    self.missing.insert(name);
                }
                Said::Listed(..) | Said::Unknown | Said::Nothing | Said::Refused => {
                    self.hide(name);
                }
            }
        }
    }

    fn list(&mut self, name: Name, id: u128, leaders: &[(i32, i32)], has_epochs: bool) {
        let before = self.id(name);
        if before != 0 && id != 0 && id != before {
            self.sizes.remove(&name);
            self.cut(name, 0);
        }
        if before == 0 && (id != 0 || self.missing.contains(&name)) {
            self.epochs.retain(|at, _| at.0 != name);
        }
        if id != 0 {
            self.ids.insert(name, id);
        }
        self.missing.remove(&name);
        let known = self.sizes.get(&name).copied().unwrap_or(0);
        let size = if self.is_patient { known.max(leaders.len()) } else { leaders.len() };
        self.cut(name, size);
        self.sizes.insert(name, size);
        for (number, (node, epoch)) in leaders.iter().enumerate() {
            let at = (name, number);
            if has_epochs && *epoch >= 0 {
                if *epoch < self.epoch(at) {
                    continue;
                }
                self.epochs.insert(at, *epoch);
            }
            self.leaders.remove(&at);
            if self.nodes.contains(node) {
                self.leaders.insert(at, (*node, self.epoch(at)));
            }
        }
    }

    fn hint(&mut self, name: Name, id: u128, (partition, node, epoch): (i32, i32, i32)) {
        let Ok(number) = usize::try_from(partition) else { return };
        let at = (name, number);
        let is_there = self.sizes.get(&name).is_some_and(|size| number < *size);
        let is_it = id == 0 || self.id(name) == 0 || id == self.id(name);
        if is_there && is_it && self.nodes.contains(&node) && epoch > self.epoch(at) {
            self.epochs.insert(at, epoch);
            self.leaders.insert(at, (node, epoch));
        }
    }
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        any::<bool>().prop_map(|is_patient| Self { is_patient, ..Self::default() }).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let name = || 0..NAMES.len();
        let hint = (name(), 0..3_u128, -1..4, 0..5, -1..9);
        prop_oneof![
            4 => name().prop_map(Step::Want),
            1 => name().prop_map(Step::Forget),
            8 => answer().prop_map(Step::Hear),
            1 => Just(Step::Lose),
            4 => hint.prop_map(|(name, id, at, node, epoch)| Step::Hint(name, id, at, node, epoch)),
        ]
        .boxed()
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        match step {
            Step::Want(name) => drop(state.wanted.insert(*name)),
            Step::Forget(name) => {
                state.wanted.remove(name);
                state.hide(*name);
            }
            Step::Hear(answer) => state.hear(answer),
            Step::Lose => {}
            Step::Hint(name, id, at, node, epoch) => state.hint(*name, *id, (*at, *node, *epoch)),
        }
        state
    }
}

fn answer() -> impl Strategy<Value = Answer> {
    let version = select(vec![8, 9, 12, 13, 13, 13]);
    let listed = (0..3_u128, vec((-1..5, -1..9), 0..4));
    let said = prop_oneof![
        6 => listed.prop_map(|(id, leaders)| Said::Listed(id, leaders)),
        1 => Just(Said::Unknown),
        1 => Just(Said::Refused),
        1 => Just(Said::Nothing),
    ];
    (version, btree_set(0..5, 0..5), vec(said, NAMES.len()))
        .prop_map(|(version, nodes, topics)| Answer { version, nodes, topics })
}
