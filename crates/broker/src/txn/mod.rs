//! The transaction coordinator: who may produce under a transactional id, and how it ends.
//!
//! One [`Coordinator`] keeps every transactional id of a cluster. Which node coordinates an id is
//! the caller's business, and so are rights, unknown topics, and the writing of markers. Nothing
//! here does I/O: requests and instants go in, codes and [`MarkerWrite`]s come out.
//!
//! # The chart
//!
//! ```text
//!      (unknown)
//!          | InitProducerId                 add: partitions, offsets, or a batch itself
//!          v                                     +---+
//!   +--> Empty ---------- add ----------------> Ongoing <-------------- add ------------+
//!   |      |                                     |   |                                  |
//!   |      | end(abort)        end(abort),       |   | end(commit)                      |
//!   |      | v5 only           timeout, Init     |   |                                  |
//!   |      +--------+   +------------------------+   +-------+                          |
//!   |               v   v                                    v                          |
//!   |            PrepareAbort <-----+                  PrepareCommit                    |
//!   |               |               |                        |                          |
//!   |               | last marker   | end(abort)             | last marker              |
//!   |               v               | v5 only                v                          |
//!   |            CompleteAbort -----+----------------- CompleteCommit                   |
//!   |               |                                        |                          |
//!   +---- Init -----+----------------------------------------+--------------------------+
//!
//!   Empty, CompleteAbort, CompleteCommit: forgotten when nobody used the id for
//!   transactional.id.expiration.ms
//! ```
//!
//! While markers are outstanding (`Prepare…`) whoever asks for more is told
//! `CONCURRENT_TRANSACTIONS` (51). `EndTxn` itself is answered before the markers are written.
//!
//! # Two generations at once
//!
//! What a request may do follows from its own version, whatever the cluster has finalized: `EndTxn`
//! from version 5 on raises the epoch with every end ("generation two"), older ones leave it. What
//! the cluster has finalized ([`TxnRules::two`]) decides only how the coordinator itself aborts: at
//! a timeout, and when `InitProducerId` finds an open transaction.
//!
//! | | generation one | generation two |
//! |---|---|---|
//! | client's end | same epoch, markers carry it | epoch + 1, markers carry the new one |
//! | coordinator's abort | epoch + 1, last epoch forgotten | epoch + 1, last epoch remembered |
//! | epoch 32766 ends | stays; `InitProducerId` gives a new id | new producer id, epoch 0 |
//! | repeated `EndTxn` | known by state | known by state and stored epoch = sent + 1 |
//!
//! The answers are those of Kafka 4.3.1; a commit that meets a transaction the coordinator has
//! aborted is `INVALID_TXN_STATE` there (4.5 says `PRODUCER_FENCED`, KAFKA-20785). Unlike Kafka,
//! timeouts do not wait for a sweep every ten seconds: [`Coordinator::next_wake`] names the moment.

mod book;
mod codes;
mod coordinator;
mod end;
mod entry;
mod init;
mod markers;
#[cfg(test)]
mod tests;

pub(crate) use codes::produce_code;
pub(crate) use coordinator::{Coordinator, TxnFacts, TxnRules};
pub(crate) use entry::Identity;
pub(crate) use markers::MarkerWrite;
