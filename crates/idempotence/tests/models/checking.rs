//! One model explored to its end.
//!
//! Breadth first, so that the first counterexample is a shortest one; or depth first where the
//! worlds of one depth would not fit into memory together.

use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use stateright::{Checker, Model, Property};

use super::plan::{Met, Plan};
use super::world::Explorable;

/// States that are still looked at after a law was found broken: a broken machine may have no end.
const AFTERMATH: usize = 300_000;

/// Steps within which a world without faults finishes everything.
const SETTLING: usize = 2_000;

/// What a model came to.
pub(super) struct Report {
    letter: &'static str,
    about: &'static str,
    pub(super) states: usize,
    depth: usize,
    taken: Duration,
    met: Vec<Met>,
    missed: Vec<Met>,
    violations: Vec<(&'static str, Vec<String>)>,
    exhausted: bool,
}

/// The worlds of a plan as stateright sees them.
struct Explored<W> {
    worlds: Vec<W>,
    met: Arc<AtomicU32>,
    /// States seen since a law was found broken.
    aftermath: AtomicUsize,
    /// Every law that was broken anywhere.
    broken: Arc<Mutex<BTreeSet<&'static str>>>,
    /// Fingerprints of worlds that are known to settle.
    settling: Arc<Vec<Mutex<HashSet<u64>>>>,
    /// Whether a state was shown that breaks a law, and one that does not settle. Of several the
    /// checker keeps the last, and the first has the shortest path.
    broke: AtomicBool,
    stuck: AtomicBool,
}

#[derive(Clone, Debug, PartialEq, Hash)]
struct Node<W> {
    world: W,
    stuck: bool,
}

impl<W: Explorable> Model for Explored<W> {
    type State = Node<W>;
    type Action = W::Step;

    fn init_states(&self) -> Vec<Node<W>> {
        self.worlds.iter().map(|world| Node { world: world.clone(), stuck: false }).collect()
    }

    fn actions(&self, state: &Node<W>, actions: &mut Vec<W::Step>) {
        if !state.stuck && self.aftermath.load(Ordering::Relaxed) < AFTERMATH {
            state.world.moves(actions);
        }
    }

    fn next_state(&self, last: &Node<W>, action: W::Step) -> Option<Node<W>> {
        let mut world = last.world.clone();
        world.step(action);
        self.met.fetch_or(world.situations(), Ordering::Relaxed);
        let laws = world.violations();
        if !laws.is_empty() || self.aftermath.load(Ordering::Relaxed) > 0 {
            self.aftermath.fetch_add(1, Ordering::Relaxed);
            self.broken.lock().unwrap().extend(laws);
        }
        let stuck = !self.settles(&world);
        Some(Node { world, stuck })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("safety", |all: &Self, state: &Node<W>| {
                state.world.violations().is_empty() || all.broke.swap(true, Ordering::Relaxed)
            }),
            Property::always("liveness", |all: &Self, state: &Node<W>| {
                !state.stuck || all.stuck.swap(true, Ordering::Relaxed)
            }),
            // Exploration ends when every property has a counterexample, and this one has none: all
            // laws that can be broken are found, not only the first.
            Property::always("exhausted", |_, _| true),
        ]
    }
}

impl<W: Explorable> Explored<W> {
    fn of(worlds: Vec<W>) -> Self {
        let shards = (0..64).map(|_| Mutex::new(HashSet::new())).collect();
        Self {
            worlds,
            met: Arc::default(),
            broken: Arc::default(),
            aftermath: AtomicUsize::new(0),
            settling: Arc::new(shards),
            broke: AtomicBool::new(false),
            stuck: AtomicBool::new(false),
        }
    }

    /// Whether a world comes to its end once nothing goes wrong any more.
    ///
    /// Settling is one fixed order of events, so a world that meets one that settles does too.
    fn settles(&self, world: &W) -> bool {
        let mut world = world.clone();
        let mut path = Vec::new();
        for _ in 0..SETTLING {
            if !world.violations().is_empty() || world.is_finished() {
                self.remember(&path);
                return true;
            }
            let print = fingerprint(&world);
            if self.shard(print).lock().unwrap().contains(&print) {
                self.remember(&path);
                return true;
            }
            path.push(print);
            if !world.settle() {
                return false;
            }
        }
        false
    }

    fn shard(&self, print: u64) -> &Mutex<HashSet<u64>> {
        &self.settling[usize::try_from(print % 64).unwrap()]
    }

    fn remember(&self, path: &[u64]) {
        for print in path {
            self.shard(*print).lock().unwrap().insert(*print);
        }
    }
}

fn fingerprint(world: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// Explores the worlds of a model to their end.
pub(super) fn check<W: Explorable>(plan: &Plan, worlds: Vec<W>) -> Report {
    let begun = Instant::now();
    let explored = Explored::of(worlds);
    let (met, broken) = (Arc::clone(&explored.met), Arc::clone(&explored.broken));
    let builder = explored.checker().threads(2);
    if plan.deep {
        report(plan, begun, (&met, &broken), &builder.spawn_dfs().join())
    } else {
        report(plan, begun, (&met, &broken), &builder.spawn_bfs().join())
    }
}

fn report<W: Explorable>(
    plan: &Plan,
    begun: Instant,
    (met, broken): (&AtomicU32, &Mutex<BTreeSet<&'static str>>),
    checker: &impl Checker<Explored<W>>,
) -> Report {
    // The way to a counterexample is found by going it again, for which nothing may be left out.
    let aftermath = checker.model().aftermath.swap(0, Ordering::Relaxed);
    let shortest = checker.discoveries().into_values().map(|path| {
        let law = path.last_state().world.violations().first().copied();
        let steps = path.clone().into_actions().iter().map(|step| format!("{step:?}")).collect();
        (law.unwrap_or("I11 the world never settles"), steps)
    });
    let mut violations: Vec<(&str, Vec<String>)> = shortest.collect();
    for law in broken.lock().unwrap().iter() {
        if violations.iter().all(|(known, _)| known != law) {
            violations.push((law, Vec::new()));
        }
    }
    let met = met.load(Ordering::Relaxed);
    let is_met = |one: &Met| met & one.bit != 0;
    Report {
        letter: plan.letter,
        about: plan.about,
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        taken: begun.elapsed(),
        met: plan.can_meet.iter().filter(|one| is_met(one)).cloned().collect(),
        missed: plan.must_meet.iter().filter(|one| !is_met(one)).cloned().collect(),
        violations,
        exhausted: checker.is_done() && aftermath < AFTERMATH,
    }
}

impl Report {
    /// Whether nothing was broken, and nothing missed.
    pub(super) fn is_sound(&self) -> bool {
        self.violations.is_empty() && self.missed.is_empty()
    }

    /// Says what was found; whether all is well.
    pub(super) fn print(&self) -> bool {
        let met: Vec<&str> = self.met.iter().map(|one| one.name.as_str()).collect();
        println!(
            "{}: {} states, depth {}, {:.1} s, {}; {}",
            self.letter,
            self.states,
            self.depth,
            self.taken.as_secs_f64(),
            if self.exhausted { "exhausted" } else { "bounded, and not exhausted" },
            self.about,
        );
        println!("   met: {}", met.join(", "));
        for (law, steps) in &self.violations {
            println!("VIOLATED {law} model {}", self.letter);
            if !steps.is_empty() {
                println!("   after {}", steps.join(" | "));
            }
        }
        for situation in &self.missed {
            println!("MISSED {} model {}", situation.name, self.letter);
        }
        self.is_sound()
    }
}
