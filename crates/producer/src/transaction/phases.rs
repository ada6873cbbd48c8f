//! Who may begin a transaction, and who ends one that nobody holds any more.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use klamm_engine::batching::Tag;
use klamm_engine::call::Call;
use klamm_engine::idempotence::{CallError, Done, Fate};
use klamm_engine::wire::{Now, Time};
use tokio::sync::{oneshot, watch};

use crate::error::{Asked, Draft, Error, ErrorKind, call_error};
use crate::shell::{Looper, Shell};

/// What a call is answered.
type Answer = Result<Done, CallError>;

/// The phases that a producer's transactions go through.
///
/// ```text
///          begin             commit, abort, drop
///   Idle ─────────▶ Held ─────────────────────────▶ Held, by the call
///    ▲ ▲                                              │ │
///    │ └───────────────── it has ended ───────────────┘ │ out of time, and nobody holds it
///    │    begin ends it first                           ▼
///    └──────────────────────────────────────────────── Left
/// ```
pub(crate) struct Phases {
    shell: Shell,
    max_block: Duration,
    phase: watch::Sender<Phase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// There is none.
    Idle,
    /// Somebody holds it.
    Open,
    /// It is being ended, or begun.
    Busy,
    /// It is to be ended so, and nobody does.
    Left(How),
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Commit,
    Abort,
}

/// Holds a transaction. Dropped, it sees to its end.
pub(super) struct Guard {
    phases: Arc<Phases>,
    tag: Tag,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It takes records.
    Open,
    /// It can only be ended so.
    Ending(How),
    /// It has ended.
    Over,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("tag", &self.tag).field("stage", &self.stage).finish()
    }
}

impl fmt::Debug for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phases").field("phase", &*self.phase.borrow()).finish_non_exhaustive()
    }
}

impl Phases {
    pub(crate) fn new(shell: Shell, max_block: Duration) -> Self {
        Self { shell, max_block, phase: watch::Sender::new(Phase::Idle) }
    }

    /// Begins a transaction, after the end of the one before.
    pub(super) async fn begin(self: &Arc<Self>, deadline: Time) -> Result<Guard, Error> {
        loop {
            match self.claim() {
                Phase::Idle => return self.open(deadline).await,
                Phase::Open => return Err(another()),
                Phase::Busy => self.wait(deadline).await?,
                Phase::Left(how) => self.finish(how, deadline).await?,
            }
        }
    }

    /// The phase, and if nobody has it: from here on the caller does.
    fn claim(&self) -> Phase {
        let mut found = Phase::Idle;
        self.phase.send_if_modified(|phase| {
            found = *phase;
            let is_free = matches!(phase, Phase::Idle | Phase::Left(_));
            if is_free {
                *phase = Phase::Busy;
            }
            is_free
        });
        found
    }

    async fn wait(&self, deadline: Time) -> Result<(), Error> {
        let mut changes = self.phase.subscribe();
        // The sender is this object, so that what comes is a change.
        let changed = async { drop(changes.wait_for(|phase| *phase != Phase::Busy).await) };
        self.shell.until(deadline, changed).await.ok_or_else(|| self.out_of_time())
    }

    async fn open(self: &Arc<Self>, deadline: Time) -> Result<Guard, Error> {
        let phases = Arc::clone(self);
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<_>| {
            let reply = Box::new(move |answer: Answer| {
                // If nobody hears of it, the guard is dropped, and that aborts what has begun.
                drop(tell.send(phases.opened(answer)));
            });
            looper.engine.call(now, Call::BeginTxn, deadline, reply);
        };
        let guard = self.shell.ask(order).await.unwrap_or_else(|| Err(Error::closed()))?;
        guard.hold();
        Ok(guard)
    }

    fn opened(self: Arc<Self>, answer: Answer) -> Result<Guard, Error> {
        let begun = match answer {
            Ok(Done::Begun(tag)) => Ok(Tag(tag.0)),
            Ok(other) => Err(crate::producer::unexpected(other)),
            Err(error) => Err(call_error(error, Asked::Begin)),
        };
        match begun {
            Ok(tag) => Ok(Guard { phases: self, tag, stage: Stage::Open }),
            Err(error) => {
                self.phase.send_replace(Phase::Idle);
                Err(error)
            }
        }
    }

    /// Ends what somebody left.
    async fn finish(self: &Arc<Self>, how: How, deadline: Time) -> Result<(), Error> {
        let stage = Stage::Ending(how);
        let guard = Guard { phases: Arc::clone(self), tag: Tag::default(), stage };
        let ended = guard.end(how, deadline).await;
        let Some((answer, guard)) = ended else { return Err(Error::closed()) };
        let asked = if how == How::Commit { Asked::Commit } else { Asked::Abort };
        match (answer, guard.stage) {
            // Ended, or to be ended otherwise: the caller looks again.
            (Ok(_), _) | (Err(CallError::MustAbort(_)), _) | (Err(_), Stage::Over) => Ok(()),
            (Err(error), Stage::Open | Stage::Ending(_)) => Err(call_error(error, asked)),
        }
    }

    fn out_of_time(&self) -> Error {
        if self.shell.is_over() {
            return Error::closed();
        }
        let text = "the transaction before did not end before `max.block.ms` was over";
        Draft::new(ErrorKind::TimedOut, Fate::NotWritten, text)
            .retriable(true)
            .step("Look whether the transaction coordinator answers, and begin again.")
            .done()
    }
}

impl Guard {
    pub(super) fn tag(&self) -> Tag {
        self.tag
    }

    /// Somebody has it: whoever begins another one makes a mistake, and need not wait.
    pub(super) fn hold(&self) {
        self.phases.phase.send_replace(Phase::Open);
    }

    /// Ends the transaction, or tries to; nothing when the loop is gone. Dropping the future stops
    /// nothing.
    pub(super) async fn end(mut self, how: How, deadline: Time) -> Option<(Answer, Self)> {
        let shell = self.phases.shell.clone();
        self.stage = Stage::Ending(how);
        self.phases.phase.send_replace(Phase::Busy);
        let order = move |looper: &mut Looper, now: Now, tell: oneshot::Sender<_>| {
            let reply = Box::new(move |answer: Answer| {
                self.learn(how, &answer);
                // If nobody hears of it, the guard is dropped and leaves what is left.
                drop(tell.send((answer, self)));
            });
            let call = if how == How::Commit { Call::Commit } else { Call::Abort };
            looper.engine.call(now, call, deadline, reply);
        };
        shell.ask(order).await
    }

    fn learn(&mut self, how: How, answer: &Answer) {
        self.stage = match answer {
            Ok(_) => Stage::Over,
            Err(CallError::MustAbort(_)) => Stage::Ending(How::Abort),
            Err(CallError::TimedOut | CallError::CommitUnknown | CallError::Refused(_)) => {
                Stage::Ending(how)
            }
            // Offsets are on their way: the transaction is there, and will be until it is aborted.
            Err(CallError::IllegalState) if how == How::Commit => Stage::Ending(How::Abort),
            Err(CallError::IllegalState | CallError::Fatal(_) | CallError::Closed) => Stage::Over,
        };
    }
}

impl Guard {
    /// A record of it was not taken in: the engine must not commit it either.
    pub(super) fn spoil(&self) {
        let tag = self.tag;
        self.phases.shell.order(move |looper, now| looper.engine.send_refused(now, tag));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let phase = match self.stage {
            Stage::Over => Phase::Idle,
            Stage::Ending(how) => Phase::Left(how),
            Stage::Open => return self.abort_in_background(),
        };
        self.phases.phase.send_replace(phase);
    }
}

impl Guard {
    fn abort_in_background(&self) {
        let phases = Arc::clone(&self.phases);
        let stage = Stage::Ending(How::Abort);
        let mut guard = Self { phases: Arc::clone(&phases), tag: self.tag, stage };
        phases.phase.send_replace(Phase::Busy);
        tracing::debug!(target: "klamm::txn", "a transaction was dropped and is aborted");
        phases.shell.order(move |looper, now| {
            let deadline = now.mono.saturating_add(guard.phases.max_block);
            let reply = Box::new(move |answer: Answer| guard.learn(How::Abort, &answer));
            looper.engine.call(now, Call::Abort, deadline, reply);
        });
    }
}

fn another() -> Error {
    let text = "another transaction of this producer is open";
    Draft::new(ErrorKind::IllegalState, Fate::NotWritten, text)
        .step("Commit or abort that one first; for several at a time build several producers.")
        .done()
}
