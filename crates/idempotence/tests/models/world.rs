//! What the checker asks of a world, whichever it is.

use std::fmt::Debug;
use std::hash::Hash;

use klamm_idempotence::model::{Move, TxnMove, TxnWorld, World};

/// A world that can be explored.
pub(super) trait Explorable:
    Clone + Debug + PartialEq + Hash + Send + Sync + 'static
{
    /// What can happen in it.
    type Step: Copy + Debug + PartialEq + Send + Sync + 'static;

    fn moves(&self, moves: &mut Vec<Self::Step>);
    fn step(&mut self, step: Self::Step);
    fn settle(&mut self) -> bool;
    fn is_finished(&self) -> bool;
    fn violations(&self) -> Vec<&'static str>;
    fn situations(&self) -> u32;
}

macro_rules! explorable {
    ($world:ty, $step:ty) => {
        impl Explorable for $world {
            type Step = $step;

            fn moves(&self, moves: &mut Vec<$step>) {
                self.moves(moves);
            }
            fn step(&mut self, step: $step) {
                self.step(step);
            }
            fn settle(&mut self) -> bool {
                self.settle()
            }
            fn is_finished(&self) -> bool {
                self.is_finished()
            }
            fn violations(&self) -> Vec<&'static str> {
                self.violations().to_vec()
            }
            fn situations(&self) -> u32 {
                self.situations()
            }
        }
    };
}

explorable!(World, Move);
explorable!(TxnWorld, TxnMove);
