//! What an application asks of the whole producer, and how it is answered.

use std::fmt;

/// Is called once with the answer, on the engine's turn; it must not block.
pub type Reply<T> = Box<dyn FnOnce(T) + Send>;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Tell me when every record appended so far has ended. The answer counts records: those, and
    /// whatever joined their batches.
    Flush,
    /// Take no more records; tell me when all have ended, at the deadline at the latest.
    Close,
    /// Make transactions possible.
    InitTxn,
    /// Begin a transaction.
    BeginTxn,
    /// Commit a consumer group's offsets with the transaction.
    SendOffsets {
        /// The group.
        group: GroupMember,
        /// The offsets.
        offsets: Vec<Offset>,
    },
    /// Commit the transaction.
    Commit,
    /// Abort the transaction.
    Abort,
}

/// A consumer group, and which of its members commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// The group's id.
    pub group: String,
    /// The member's generation; -1 for a group whose members nobody manages.
    pub generation: i32,
    /// The member's id; empty for such a group.
    pub member: String,
    /// The member's static name, if it has one.
    pub instance: Option<String>,
}

/// A position to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The next offset to read.
    pub offset: i64,
    /// The epoch of the leader it was read from; -1 if nobody knows.
    pub leader_epoch: i32,
    /// Whatever is to be kept with it.
    pub metadata: Option<String>,
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}@{}", self.topic, self.partition, self.offset)
    }
}
