//! Any sequence of calls: nothing panics, identities only move forward, and every end completes.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const IDS: [&str; 3] = ["a", "b", "c"];

/// A call, by one of the ids. The identity is the present one, shifted.
#[derive(Debug, Clone)]
enum Step {
    Init { known: Option<(i64, i16)> },
    Add { shift: (i64, i16), partition: i32 },
    Implicit { shift: (i64, i16), partition: i32 },
    End { shift: (i64, i16), commit: bool, version: i16 },
    Written,
    Failed { gone: bool },
    Pass(u64),
    Reload,
    Age,
}

fn shifts() -> impl Strategy<Value = (i64, i16)> {
    prop_oneof![8 => Just((0, 0)), 3 => Just((0, -1)), 1 => Just((0, 1)), 1 => Just((-1, 0))]
}

fn steps() -> impl Strategy<Value = Step> {
    let known = prop_oneof![Just(None), shifts().prop_map(Some)];
    prop_oneof![
        3 => known.prop_map(|known| Step::Init { known }),
        5 => (shifts(), 0..3).prop_map(|(shift, partition)| Step::Add { shift, partition }),
        2 => (shifts(), 0..3).prop_map(|(shift, partition)| Step::Implicit { shift, partition }),
        5 => (shifts(), any::<bool>(), 0_i16..6)
            .prop_map(|(shift, commit, version)| Step::End { shift, commit, version }),
        6 => Just(Step::Written),
        2 => any::<bool>().prop_map(|gone| Step::Failed { gone }),
        2 => (0_u64..100_000).prop_map(Step::Pass),
        1 => Just(Step::Pass(604_800_000)),
        1 => Just(Step::Reload),
        1 => Just(Step::Age),
    ]
}

/// What has been seen so far.
#[derive(Default)]
struct Seen {
    /// The highest epoch of each producer id, and the transactional id it belongs to.
    pids: BTreeMap<i64, (String, i16)>,
}

impl Seen {
    fn look(&mut self, id: &str, who: Identity) {
        let (owner, highest) =
            self.pids.entry(who.pid).or_insert_with(|| (id.to_owned(), who.epoch));
        assert_eq!(owner, id, "{who:?} belongs to two ids");
        assert!(who.epoch >= *highest, "{who:?} fell from {highest}");
        *highest = who.epoch;
    }
}

fn present(world: &World, id: &str, (pid, epoch): (i64, i16)) -> Identity {
    let facts = world.coordinator.describe(id);
    let now =
        facts.map_or(Identity { pid: 5, epoch: 0 }, |f| Identity { pid: f.pid, epoch: f.epoch });
    Identity { pid: now.pid + pid, epoch: now.epoch.saturating_add(epoch) }
}

fn take(world: &mut World, id: &str, step: &Step) -> Option<Identity> {
    match *step {
        Step::Init { known } => {
            let known = known.map_or(Identity::NONE, |shift| present(world, id, shift));
            return world.ask(|c, r| c.init_producer_id(Some(id), 30_000, known, 4, r)).ok();
        }
        Step::Add { shift, partition } => {
            let who = present(world, id, shift);
            world.ask(|c, r| c.add_partitions(id, who, &[part(partition)], 3, r));
        }
        Step::Implicit { shift, partition } => {
            let who = present(world, id, shift);
            world.ask(|c, r| c.add_implicitly(id, who, &part(partition), r));
        }
        Step::End { shift, commit, version } => {
            let who = present(world, id, shift);
            // The identity for the next transaction becomes the present one with the last marker.
            let _ = world.ask(|c, r| c.end(id, who, commit, version, r));
        }
        Step::Written => mark(world, None),
        Step::Failed { gone } => mark(world, Some(gone)),
        Step::Pass(millis) => world.pass(Duration::from_millis(millis)),
        Step::Reload => world.coordinator.reload(),
        Step::Age => {
            let entry = world.coordinator.book.txns.get_mut(id);
            if let Some(entry) = entry.filter(|entry| !entry.is_ending()) {
                entry.identity.epoch = entry.identity.epoch.max(32_763);
            }
        }
    }
    None
}

/// Reports on the next marker: written, or failed for the reason given.
fn mark(world: &mut World, failed: Option<bool>) {
    let Some(write) = world.coordinator.poll_marker() else { return };
    match failed {
        Some(gone) => world.coordinator.marker_failed(&write, gone),
        None => world.written(&write),
    }
}

/// Whether an end is decided and not complete.
fn is_ending(world: &World) -> bool {
    world.coordinator.list().any(|each| each.state.starts_with("Prepare"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn identities_move_forward_and_every_end_completes(
        two: bool,
        walk in vec((0_usize..3, steps()), 0..120),
    ) {
        let mut world = World { two, ..World::one() };
        let mut seen = Seen::default();
        for (index, step) in &walk {
            let granted = take(&mut world, IDS[*index], step);
            if let Some(identity) = granted {
                seen.look(IDS[*index], identity);
            }
            for each in IDS {
                if let Some(facts) = world.coordinator.describe(each) {
                    seen.look(each, Identity { pid: facts.pid, epoch: facts.epoch });
                }
            }
        }
        world.pass(Duration::from_secs(1));
        world.write_markers();
        prop_assert!(!is_ending(&world));
    }
}
