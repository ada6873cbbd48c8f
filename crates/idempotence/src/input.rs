//! What the machine is told: work, facts about the cluster, and answers.

use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Time, TopicId};

use crate::names::{AttemptId, CallId, ConnId, CtrlId, Group, Part, Piece, Ticket, TxnTag};
use crate::settings::Generation;

/// One thing that happened. Any of them is handled in any state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// A batch was opened; it may still be filling, or being compressed.
    Announced {
        /// Its partition.
        part: Part,
        /// The partition's next ticket.
        ticket: Ticket,
        /// When it must be finished, one way or the other.
        deadline: Time,
        /// Its transaction, if it has one.
        tag: Option<TxnTag>,
    },
    /// The payload of an announced batch is made.
    Ready {
        /// Its partition.
        part: Part,
        /// The batch.
        ticket: Ticket,
        /// How many records it has.
        records: u32,
        /// How many bytes.
        size: u32,
    },
    /// The payload of an announced batch could not be made.
    JobFailed {
        /// Its partition.
        part: Part,
        /// The batch.
        ticket: Ticket,
    },
    /// The answer to [`Output::Split`](crate::Output::Split).
    SplitDone {
        /// Its partition.
        part: Part,
        /// The batch.
        ticket: Ticket,
        /// What was to be split.
        piece: Piece,
        /// Records of the first half, of which there must be fewer than the piece has; nothing
        /// when it could not be split.
        first_half: Option<u32>,
    },
    /// The caller gives up one batch, if that is possible.
    Cancel {
        /// Its partition.
        part: Part,
        /// The batch.
        ticket: Ticket,
    },
    /// The caller gives up every batch that has no stamp.
    PurgeQueued,
    /// A record of a transaction could not even be enqueued.
    SendRefused {
        /// The transaction.
        tag: TxnTag,
    },
    /// A call of the application.
    Call {
        /// Its name, for [`Output::CallDone`](crate::Output::CallDone).
        call: CallId,
        /// When it must be answered.
        deadline: Time,
        /// What is asked.
        ask: Ask,
    },
    /// Who leads a partition.
    Leader {
        /// The partition.
        part: Part,
        /// The identity of its topic; all zeros when the cluster has none.
        topic: TopicId,
        /// What metadata says.
        leader: Leader,
    },
    /// A connection can be written to.
    ConnUp {
        /// The connection.
        conn: ConnId,
        /// Where it leads.
        node: NodeId,
    },
    /// A connection is gone. Its attempts were reported before, each by itself; those that were
    /// not count as written and lost.
    ConnLost {
        /// The connection.
        conn: ConnId,
    },
    /// No connection could be made, or none will be for the moment.
    DialFailed {
        /// The broker.
        node: NodeId,
    },
    /// What the cluster's transactions are.
    Features {
        /// Their generation.
        generation: Generation,
    },
    /// The broker asked for a pause.
    Throttled {
        /// The connection that is silent until then.
        conn: ConnId,
        /// The end of the pause.
        until: Time,
    },
    /// Time has passed.
    Tick,
    /// The last byte of an attempt's request left the writer.
    Flushed {
        /// The attempt.
        attempt: AttemptId,
    },
    /// An answer to an attempt.
    Answer {
        /// The attempt.
        attempt: AttemptId,
        /// The partition that the answer names.
        part: Part,
        /// What it says.
        answer: Answer,
    },
    /// An attempt will not be answered: its connection is gone.
    AttemptLost {
        /// The attempt.
        attempt: AttemptId,
        /// Whether the broker can have had the whole request.
        wrote_full_frame: bool,
    },
    /// An answer to a control request.
    CtrlAnswer {
        /// The request.
        ctrl: CtrlId,
        /// What it says.
        facts: CtrlFacts,
    },
    /// A control request will not be answered.
    CtrlLost {
        /// The request.
        ctrl: CtrlId,
        /// Whether the broker can have had the whole request.
        wrote_full_frame: bool,
    },
    /// No coordinator could be found for a control request, which was not sent.
    CoordinatorRefused {
        /// The request.
        ctrl: CtrlId,
        /// What the look-up said.
        code: ErrorCode,
    },
}

/// What an application asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Tell me when every batch announced so far is finished.
    Flush,
    /// Take no more work; tell me when all is finished, at the deadline at the latest.
    Close,
    /// Make transactions possible.
    InitTxn,
    /// Begin a transaction.
    BeginTxn,
    /// Commit a group's offsets with the transaction.
    SendOffsets {
        /// The group.
        group: Group,
        /// How many partitions' offsets there are; the caller keeps them and knows them by index.
        offsets: u32,
    },
    /// Commit the transaction.
    Commit,
    /// Abort the transaction.
    Abort,
}

/// What metadata says about a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leader {
    /// A broker leads it.
    At {
        /// The broker.
        node: NodeId,
        /// The generation of its leadership.
        epoch: i32,
    },
    /// It exists, and nobody leads it.
    Nobody,
    /// The topic is not there.
    Missing,
    /// The topic is there with fewer partitions: this one is gone.
    Gone,
}

/// What an answer to Produce says about one partition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The partition is in the answer.
    Present {
        /// The error code.
        code: ErrorCode,
        /// The offset of the first record, if the broker knows it.
        base_offset: Option<i64>,
        /// The time that the broker gave the batch, if it did.
        append_time: Option<i64>,
        /// The records that were at fault, by their index within what was sent.
        record_errors: Vec<u32>,
    },
    /// The answer leaves the partition out.
    Absent,
}

/// What an answer to a control request says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CtrlFacts {
    /// To [`Request::InitProducerId`](crate::Request::InitProducerId).
    ProducerId {
        /// The error code.
        code: ErrorCode,
        /// The producer id.
        pid: ProducerId,
        /// Its epoch.
        epoch: Epoch,
    },
    /// To [`Request::AddPartitions`](crate::Request::AddPartitions).
    PartitionsAdded {
        /// The error code of the whole request.
        code: ErrorCode,
        /// The error code of each partition.
        parts: Vec<(Part, ErrorCode)>,
    },
    /// To [`Request::AddOffsets`](crate::Request::AddOffsets).
    OffsetsAdded {
        /// The error code.
        code: ErrorCode,
    },
    /// To [`Request::CommitOffsets`](crate::Request::CommitOffsets).
    OffsetsCommitted {
        /// The error code of each, by its index.
        offsets: Vec<(u32, ErrorCode)>,
    },
    /// To [`Request::EndTxn`](crate::Request::EndTxn).
    TxnEnded {
        /// The error code.
        code: ErrorCode,
        /// The identity of the next transaction, if the answer names one.
        next: Option<(ProducerId, Epoch)>,
    },
    /// An answer that could not be read, or does not belong to the request.
    Garbled,
}
