//! A world, the moves in it, and its end.

use super::bytes::Bytes;
use crate::model::{Batch, Budget, Rules, Scope, World};
use crate::settings::Window;

/// Steps within which a world without faults finishes everything.
const SETTLING: usize = 4_000;

const RULES: [Rules; 5] =
    [Rules::BEFORE_3_6, Rules::BEFORE_2_5, Rules::SINCE_3_6, Rules::SINCE_3_8, Rules::SINCE_4_5];

/// The first epoch of a producer id, and its last.
const EPOCHS: [(i16, i16); 5] = [(0, 32766), (0, 3), (32766, 32766), (32765, 32766), (0, 32766)];

/// Makes the moves that an input names by their places among the possible ones, and settles.
pub(super) fn walk(trickle: bool, bytes: &mut Bytes<'_>) -> u32 {
    let scope = Scope { trickle, ..scope(bytes) };
    let count = u8::try_from(scope.batches.len()).unwrap_or(u8::MAX);
    let expiring: Vec<usize> =
        (0..bytes.up_to(3)).map(|_| usize::from(bytes.up_to(count.saturating_sub(1)))).collect();
    let mut world = World::new(&scope, &expiring);
    let mut moves = Vec::new();
    while !bytes.is_empty() {
        moves.clear();
        world.moves(&mut moves);
        let Some(step) = bytes.choice(&moves) else { break };
        world.step(step);
        assert_eq!(world.violation(), None, "{scope:?}, expiring {expiring:?}");
    }
    let busy = (0..SETTLING).all(|_| world.violation().is_none() && world.settle());
    assert_eq!(world.violation(), None, "{scope:?}, expiring {expiring:?}");
    assert!(!busy, "I13 something happens without end: {scope:?}");
    assert!(world.is_finished(), "I11 a batch never comes to an outcome: {scope:?}");
    world.situations()
}

fn scope(bytes: &mut Bytes<'_>) -> Scope {
    let mut scope = Scope::one_partition(0, 1);
    scope.settings.window =
        Window::new(bytes.up_to(4).saturating_add(1)).unwrap_or(Window::LARGEST);
    scope.rules = bytes.choice(&RULES).unwrap_or(Rules::BEFORE_3_6);
    if bytes.seldom(3) {
        let before = u64::from(bytes.up_to(20));
        scope.settings.first_position = (1_u64 << 31).saturating_sub(before);
    }
    let epochs = bytes.choice(&EPOCHS).unwrap_or((0, 32766));
    (scope.first_epoch, scope.settings.epoch_limit) = epochs;
    scope.budget = Budget {
        faults: bytes.up_to(12),
        refusals: bytes.up_to(4),
        too_large: bytes.up_to(3),
        expiries: bytes.up_to(3),
        moves: bytes.up_to(4),
        restarts: bytes.up_to(3),
        losses: bytes.up_to(2),
        reckless_losses: 0,
    };
    let parts = bytes.up_to(2);
    let batch = |bytes: &mut Bytes<'_>| Batch {
        part: u32::from(bytes.up_to(parts)),
        records: u32::from(bytes.up_to(3)).saturating_add(1),
    };
    scope.batches = (0..=bytes.up_to(11)).map(|_| batch(bytes)).collect();
    scope
}
