//! What is drawn: the world of a walk, and each next move.

use klamm_idempotence::Window;
use klamm_idempotence::model::{Batch, Budget, Fault, Move, Rules, Scope};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;

const RULES: [Rules; 5] =
    [Rules::BEFORE_3_6, Rules::BEFORE_2_5, Rules::SINCE_3_6, Rules::SINCE_3_8, Rules::SINCE_4_5];

/// A world to walk in: its scope, and the batches that may run out of time, in that order.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) scope: Scope,
    pub(super) expiring: Vec<usize>,
}

pub(super) fn start() -> impl Strategy<Value = Start> {
    let expiring = prop::collection::vec(any::<Index>(), 0..=3);
    (scope(), expiring).prop_map(|(scope, expiring)| {
        let expiring = expiring.iter().map(|index| index.index(scope.batches.len())).collect();
        Start { scope, expiring }
    })
}

fn scope() -> impl Strategy<Value = Scope> {
    let settings = (1..=5_u8, first_position(), epochs());
    let world = (batches(), any::<bool>(), select(&RULES), budget());
    (settings, world).prop_map(|(settings, (batches, trickle, rules, budget))| {
        let (window, first_position, (first_epoch, epoch_limit)) = settings;
        let mut scope = Scope::one_partition(0, 1);
        scope.settings.window = Window::new(window).unwrap();
        (scope.settings.first_position, scope.settings.epoch_limit) = (first_position, epoch_limit);
        Scope { rules, batches, budget, first_epoch, trickle, ..scope }
    })
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    let batch = (0..3_u32, 1..=4_u32);
    (1..=3_u32, prop::collection::vec(batch, 1..=12)).prop_map(|(parts, batches)| {
        let batch = |(part, records)| Batch { part: part % parts, records };
        batches.into_iter().map(batch).collect()
    })
}

/// Sequences from 0 on, or over the wrap.
fn first_position() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0), 1 => (1..=20_u64).prop_map(|before| (1 << 31) - before)]
}

/// The first epoch of a producer id, and its last.
fn epochs() -> impl Strategy<Value = (i16, i16)> {
    prop_oneof![
        4 => Just((0, 32766)),
        1 => Just((0, 3)),
        1 => (32762..=32766_i16).prop_map(|first| (first, 32766)),
    ]
}

fn budget() -> impl Strategy<Value = Budget> {
    let errors = (0..=12_u8, 0..=4_u8, 0..=3_u8, 0..=3_u8);
    let cluster = (0..=4_u8, 0..=3_u8, 0..=2_u8);
    (errors, cluster).prop_map(|(errors, (moves, restarts, losses))| {
        let (faults, refusals, too_large, expiries) = errors;
        let reckless_losses = 0;
        Budget { faults, refusals, too_large, expiries, moves, restarts, losses, reckless_losses }
    })
}

/// One of the moves that are possible; nothing when none is.
pub(super) fn next_move(possible: Vec<Move>) -> BoxedStrategy<Option<Move>> {
    if possible.is_empty() {
        return Just(None).boxed();
    }
    let weighted = possible.into_iter().map(|step| (weight(step), Just(Some(step))));
    Union::new_weighted(weighted.collect()).boxed()
}

/// Each place for a fault offers many of them, so that faults are frequent all the same.
fn weight(step: Move) -> u32 {
    match step {
        Move::Serve(_) | Move::Hear(_) | Move::Offer => 12,
        Move::Wait | Move::Learn(_) => 8,
        Move::Fail(_, Fault::NotReady | Fault::Deposed | Fault::Slow) => 2,
        Move::Fail(..) | Move::Cut(_) | Move::CutShort(_) => 2,
        Move::Expire | Move::Elect(_) | Move::Restart(_) | Move::Forget(_) => 1,
    }
}
