//! Every state and every call, in both generations, as one table.

use super::*;

const STATES: [&str; 6] =
    ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"];

#[derive(Debug, Clone, Copy)]
enum Who {
    Nobody,
    Current,
    Before,
    Stranger,
}

use Who::{Before, Current, Nobody, Stranger};

#[derive(Debug, Clone, Copy)]
enum Call {
    Init(Who),
    Add(Who),
    Implicit(Who),
    Verify(Who),
    Commit(Who, i16),
    Abort(Who, i16),
}

use Call::{Abort, Add, Commit, Implicit, Init, Verify};

type Row = (Call, [&'static str; 6]);

/// One cell per state, in the order of [`STATES`]: the code, the state after it if that is another,
/// and `+1` if the id has the next epoch then.
const CHART: &[Row] = &[
    (Init(Nobody), ["0 +1", "51 PrepareAbort +1", "51", "51", "0 Empty +1", "0 Empty +1"]),
    (Init(Current), ["0 +1", "51 PrepareAbort +1", "51", "51", "0 Empty +1", "0 Empty +1"]),
    (Init(Stranger), ["90", "90", "51", "51", "90", "90"]),
    (Add(Current), ["0 Ongoing", "0", "51", "51", "0 Ongoing", "0 Ongoing"]),
    (Add(Before), ["90", "90", "51", "51", "90", "90"]),
    (Add(Stranger), ["49", "49", "51", "51", "49", "49"]),
    (Implicit(Current), ["0 Ongoing", "0", "51", "51", "0 Ongoing", "0 Ongoing"]),
    (Implicit(Before), ["90", "90", "51", "51", "90", "90"]),
    (Implicit(Stranger), ["49", "49", "51", "51", "49", "49"]),
    (Verify(Current), ["120", "0", "51", "51", "120", "120"]),
    (Verify(Before), ["90", "90", "90", "90", "90", "90"]),
    (Verify(Stranger), ["49", "49", "49", "49", "49", "49"]),
    (Commit(Current, 4), ["48", "0 PrepareCommit", "51", "51", "0", "48"]),
    (Commit(Before, 4), ["90", "90", "90", "90", "90", "90"]),
    (Commit(Stranger, 4), ["49", "49", "49", "49", "49", "49"]),
    (Abort(Current, 4), ["48", "0 PrepareAbort", "51", "51", "48", "0"]),
    (Abort(Before, 4), ["90", "90", "90", "90", "90", "90"]),
    (Abort(Stranger, 4), ["49", "49", "49", "49", "49", "49"]),
    (Commit(Current, 5), ["48", "0 PrepareCommit +1", "51", "51", "48", "48"]),
    (Commit(Before, 5), ["90", "90", "51", "51", "0", "48"]),
    (Commit(Stranger, 5), ["49", "49", "51", "51", "49", "49"]),
    (
        Abort(Current, 5),
        ["0 CompleteAbort +1", "0 PrepareAbort +1", "51", "51", "0 CompleteAbort +1", "0 +1"],
    ),
    (Abort(Before, 5), ["90", "90", "51", "51", "48", "0"]),
    (Abort(Stranger, 5), ["49", "49", "51", "51", "49", "49"]),
];

/// Only here it matters how the state was reached: generation one does not remember the epoch
/// before, as it raises none when it ends a transaction.
const AFTER_ONE: Row = (Init(Before), ["90", "51 PrepareAbort +1", "51", "51", "90", "90"]);
const AFTER_TWO: Row =
    (Init(Before), ["90", "51 PrepareAbort +1", "51", "51", "0 Empty", "0 Empty"]);

#[test]
fn every_call_in_every_state_is_answered_by_the_chart() {
    for (version, own) in [(4, AFTER_ONE), (5, AFTER_TWO)] {
        for two in [false, true] {
            for (call, cells) in CHART.iter().chain([&own]) {
                for (state, cell) in STATES.iter().zip(cells) {
                    let case = format!("{call:?} in {state} by v{version}, two: {two}");
                    check(&mut reach(state, version, two), *call, cell, &case);
                }
            }
        }
    }
}

#[test]
fn an_unknown_id_has_no_producer() {
    let who = Identity { pid: 7_000, epoch: 0 };
    for call in [Add(Current), Implicit(Current), Verify(Current)] {
        assert_eq!(make(&mut World::two(), call, who), ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    }
    for version in [4, 5] {
        for call in [Commit(Current, version), Abort(Current, version)] {
            assert_eq!(make(&mut World::two(), call, who), ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        }
    }
}

fn check(world: &mut World, call: Call, cell: &str, case: &str) {
    let (was, present) = (world.state(), world.identity());
    let mut words = cell.split(' ');
    let code = words.next().unwrap();
    let (moves, state): (Vec<_>, Vec<_>) = words.partition(|word| *word == "+1");
    assert_eq!(make(world, call, present).0.to_string(), code, "{case}");
    assert_eq!(world.state(), *state.first().unwrap_or(&was), "{case}");
    let after = if moves.is_empty() { present } else { raised(present) };
    assert_eq!(world.identity(), after, "{case}");
}

/// A transactional id in this state, with a few epochs behind it.
fn reach(state: &str, version: i16, two: bool) -> World {
    let mut world = World { two, ..World::one() };
    for _ in 0..4 {
        world.init().unwrap();
    }
    let who = world.identity();
    if state != "Empty" {
        assert_eq!(world.add(who, 0), OK);
    }
    if state.ends_with("Commit") {
        world.commit(who, version).unwrap();
    }
    if state.ends_with("Abort") {
        world.abort(who, version).unwrap();
    }
    if state.starts_with("Complete") {
        assert_eq!(world.write_markers().len(), 1);
    }
    assert_eq!(world.state(), state);
    world
}

fn make(world: &mut World, call: Call, present: Identity) -> ErrorCode {
    let as_who = |who| match who {
        Nobody => Identity::NONE,
        Current => present,
        Before => before(present),
        Stranger => stranger(present),
    };
    match call {
        Init(who) => world.init_from(as_who(who)).err(),
        Add(who) => Some(world.add(as_who(who), 0)),
        Implicit(who) => {
            Some(world.ask(|c, rules| c.add_implicitly(TX, as_who(who), &part(0), rules)))
        }
        Verify(who) => Some(world.verify(as_who(who), 0)),
        Commit(who, version) => world.commit(as_who(who), version).err(),
        Abort(who, version) => world.abort(as_who(who), version).err(),
    }
    .unwrap_or(OK)
}
