//! A broker reduced to what it knows about producers: the judge of the state machine.
//!
//! It is a value without a clock, a socket or dice. What a network or an operator may do (answers
//! that are lost or replaced, restarts, elections, transactions that time out) is a method that
//! the world around it calls when it likes. Everything can be cloned, compared and hashed, and
//! nothing is counted that no answer depends on, so that a model checker meets a state again.
//!
//! A judge shares nothing with the judged. Sequences and epochs are plain `i64` here, with an
//! arithmetic of their own, because a wrong step that both sides take is a step that no test sees.
//!
//! What is modelled is the broker's contract, rules B1 to B20. Three of them shape types instead
//! of code: a [`Produce`] is the one batch of one partition (B1), and the order of requests and
//! the time of answers belong to the world (B2, B12).
//!
//! - [`PartitionLog`] is a log and what it remembers of producers; [`Cluster`] says who leads it.
//! - [`Coordinator`] serves one transactional id, with its consumer groups' [`Offsets`].
//! - [`read_committed`] is what a reader gets to see.
//! - [`Rules`] are the differences between releases, and where bugs are planted.

mod cluster;
mod coordinator;
#[cfg(test)]
mod counterexamples;
mod facts;
mod log;
mod offsets;
mod produce;
mod producers;
mod rules;
mod txn_world;
mod visible;
mod world;

pub use cluster::{Cluster, Leader, Replica};
pub use coordinator::{Coordinator, Member, TxnState};
pub use facts::{answer_in_kind, asker};
pub use log::{Entry, PartitionLog};
pub use offsets::Offsets;
pub use produce::{Generation, Identity, Produce, Sender, Stamp, Verdict};
pub use producers::{ProducerState, Remembered};
pub use rules::{FirstBatch, Rules, Unverified};
pub use txn_world::{CtrlFault, TxnBudget, TxnMove, TxnScope, TxnScript, TxnSituation, TxnWorld};
pub use visible::{Reach, last_stable_offset, read_committed, read_uncommitted};
pub use world::{Batch, Budget, Fault, Move, Scope, Situation, World};
