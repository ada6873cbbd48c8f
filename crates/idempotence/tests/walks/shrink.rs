//! A failing walk made as short as it gets, for a reader.
//!
//! What proptest leaves still has moves that do nothing for the failure, since each of its
//! deletions is tried once. Here all are tried again until none works.

use std::fmt::Write;

use klamm_idempotence::model::{Move, World};

use super::draw::Start;
use super::walk::SETTLING;

/// The law that a walk breaks, moves that are impossible left out.
fn broken(start: &Start, moves: &[Move]) -> Option<&'static str> {
    let mut world = World::new(&start.scope, &start.expiring);
    let mut possible = Vec::new();
    for step in moves {
        possible.clear();
        world.moves(&mut possible);
        if possible.contains(step) {
            world.step(*step);
        }
    }
    let busy = (0..SETTLING).all(|_| world.violation().is_none() && world.settle());
    let unfinished = (busy || !world.is_finished()).then_some("I11 no outcome for every batch");
    world.violation().or(unfinished)
}

/// The same failure with fewer batches and moves, in words.
pub(super) fn shortest(mut start: Start, moves: Vec<Move>) -> String {
    let mut moves = moves;
    let law = broken(&start, &moves);
    let fails = |start: &Start, moves: &[Move]| law.is_some() && broken(start, moves) == law;
    loop {
        let before = (start.scope.batches.len(), moves.len());
        for at in (0..moves.len()).rev() {
            let mut fewer = moves.clone();
            fewer.remove(at);
            if fails(&start, &fewer) {
                moves = fewer;
            }
        }
        for at in (0..start.scope.batches.len()).rev() {
            let fewer = without_batch(&start, at);
            if !fewer.scope.batches.is_empty() && fails(&fewer, &moves) {
                start = fewer;
            }
        }
        if (start.scope.batches.len(), moves.len()) == before {
            break;
        }
    }
    let mut text = format!("{}\nin {start:?}\nafter", law.unwrap_or("not a law of walks"));
    moves.iter().for_each(|step| write!(text, " {step:?}").unwrap());
    text
}

fn without_batch(start: &Start, at: usize) -> Start {
    let mut fewer = start.clone();
    fewer.scope.batches.remove(at);
    fewer.expiring.retain(|batch| *batch != at);
    fewer.expiring.iter_mut().filter(|batch| **batch > at).for_each(|batch| *batch -= 1);
    fewer
}
