//! What the machine wants done, and what it has found out.

use klamm_wire::{ErrorCode, NodeId};

use crate::fate::Fate;
use crate::names::{AttemptId, CallId, ConnId, CtrlId, Group, Part, Piece, Ticket, TxnTag};
use crate::proof::NeverWritten;
use crate::settings::Generation;
use crate::stamp::{Identity, Stamp};

/// One thing for the caller to do or to pass on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Output {
    /// A batch is finished, once and for all.
    Complete {
        /// Its partition.
        part: Part,
        /// The batch.
        ticket: Ticket,
        /// What became of it.
        outcome: Outcome,
    },
    /// The stamp of a piece is void: its header must not be written again.
    Restamp(NeverWritten),
    /// A piece must be made into two, and [`Input::SplitDone`](crate::Input::SplitDone) told.
    Split(NeverWritten),
    /// A piece must be written to a connection.
    Send(Send),
    /// A control request must be sent.
    Ctrl {
        /// Its name.
        ctrl: CtrlId,
        /// To whom.
        to: Destination,
        /// What.
        request: Request,
    },
    /// The coordinator is not who we thought: it must be looked up again.
    ForgetCoordinator(Destination),
    /// Metadata is wanted for a partition.
    Refresh(Part),
    /// A connection to a broker is wanted.
    NeedConn(NodeId),
    /// A call of the application is answered.
    CallDone {
        /// The call.
        call: CallId,
        /// The answer.
        result: Result<Done, CallError>,
    },
}

/// A piece of a batch on its way to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Send {
    /// The name of this sending.
    pub attempt: AttemptId,
    /// Its partition.
    pub part: Part,
    /// The batch.
    pub ticket: Ticket,
    /// The piece of it.
    pub piece: Piece,
    /// Where to.
    pub conn: ConnId,
    /// The stamp to write into its header; nothing in plain mode.
    pub stamp: Option<Stamp>,
    /// The transaction it belongs to.
    pub tag: Option<TxnTag>,
    /// The generation of that transaction, which limits the versions of the request.
    pub generation: Option<Generation>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The same for all of its records.
    Whole(Result<Acked, Failed>),
    /// Piece by piece, in the order of the records: the batch was split.
    Pieces(Vec<(Piece, Result<Acked, Failed>)>),
}

/// Records that are in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Acked {
    /// The offset of the first; nothing when the broker no longer knew.
    pub offset: Option<i64>,
    /// The time that the broker gave them, if it did.
    pub append_time: Option<i64>,
}

/// Records that were not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failed {
    /// Why.
    pub reason: Reason,
    /// What may be believed about the log.
    pub fate: Fate,
    /// Those at fault, by their index within the batch; the others are well and were merely
    /// refused with them. Empty when the broker named none.
    pub culprits: Vec<u32>,
}

/// Why records were not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The broker said so.
    Refused(ErrorCode),
    /// The deadline came first.
    DeadlinePassed,
    /// The payload could not be made.
    NotEncoded,
    /// The batch could not be split.
    NotSplit,
    /// The caller announced something impossible: no records, or more than a batch can count.
    Misused,
    /// The caller took the batch back.
    Cancelled,
    /// The producer was closed.
    Closed,
    /// The topic was missing for too long, or the partition is gone.
    TopicMissing,
    /// The topic was deleted and made anew.
    TopicRecreated,
    /// A younger batch of its partition was written before it, which only a broker can do that has
    /// lost its memory of the producer. Written after that, it would be out of order.
    Overtaken,
    /// Its transaction was aborted.
    Aborted,
    /// There is no such open transaction.
    NotInTransaction,
    /// The producer cannot go on.
    ProducerClosed(Fatal),
}

/// Why a producer cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fatal {
    /// A broker said so.
    Refused(ErrorCode),
    /// A newer producer has the same transactional id, or the transaction took too long.
    Fenced,
    /// An answer broke the protocol.
    BrokerMisbehaved,
    /// A law of the machine itself was broken; it stopped before more harm was done.
    Invariant(&'static str),
}

/// Whom a control request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// Any broker.
    Any,
    /// The coordinator of the transactional id.
    TxnCoordinator,
    /// The coordinator of a consumer group.
    GroupCoordinator(Group),
}

/// A request that is not Produce.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// Ask for a producer id, or for the next epoch of one.
    InitProducerId {
        /// What we are, if we are anything yet.
        current: Option<Identity>,
    },
    /// Add partitions to the transaction.
    AddPartitions {
        /// Who we are.
        identity: Identity,
        /// The partitions.
        parts: Vec<Part>,
    },
    /// Add a group's offsets to the transaction.
    AddOffsets {
        /// Who we are.
        identity: Identity,
        /// The group.
        group: Group,
    },
    /// Commit offsets with the transaction.
    CommitOffsets {
        /// Who we are.
        identity: Identity,
        /// The group.
        group: Group,
        /// Which of the caller's offsets, by index.
        offsets: Vec<u32>,
        /// Whether the broker adds the group by itself.
        adds: bool,
    },
    /// End the transaction.
    EndTxn {
        /// Who we are.
        identity: Identity,
        /// Commit, or abort.
        commit: bool,
        /// Whether the answer must name the next identity.
        raises_epoch: bool,
    },
}

/// What a call achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Done {
    /// Every batch announced before the call is finished.
    Flushed {
        /// How many of them were acknowledged.
        acked: u64,
        /// How many were not, at least in part.
        failed: u64,
    },
    /// The producer is closed, and every batch is finished.
    Closed,
    /// Transactions are possible.
    Initialized,
    /// A transaction is open under that tag.
    Begun(TxnTag),
    /// The offsets are part of the transaction.
    OffsetsSent,
    /// The transaction is committed.
    Committed,
    /// The transaction is aborted.
    Aborted,
}

/// Why a call achieved nothing, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallError {
    /// The call is not possible in this state, which is unchanged. A mistake of the application.
    IllegalState,
    /// The deadline came first. The same call may be made again and goes on where it was.
    TimedOut,
    /// The deadline came before the answer to a commit: it may or may not have happened. Only the
    /// same call can find out.
    CommitUnknown,
    /// The transaction cannot be committed: abort it.
    MustAbort(Reason),
    /// It could not be done, and may be tried again.
    Refused(ErrorCode),
    /// The producer cannot go on.
    Fatal(Fatal),
    /// The producer was closed.
    Closed,
}
