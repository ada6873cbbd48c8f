//! Where a partition's batches go: its topic, its leader, and one connection at a time.

use klamm_wire::{NodeId, Time, TopicId};

use super::Partition;
use super::answers::Heard;
use super::batch::{Stage, Stamped};
use super::resolve::Failure;
use crate::fate::Evidence;
use crate::input::Leader;
use crate::links::Links;
use crate::names::{AttemptId, ConnId, Piece, Ticket};
use crate::output::{Output, Reason};
use crate::settings::Settings;
use crate::stamp::Stamp;
use crate::turn::Turn;
use crate::verdict::produce::Ending;

/// What is known of the way to the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// The identity of the topic, if it has one.
    topic: Option<TopicId>,
    /// Who led last, and under which leader epoch. Remembered while nobody does.
    last: Option<(NodeId, i32)>,
    standing: Standing,
    /// The connection that all live attempts share.
    //= R7 one connection for all attempts, so that they arrive in order
    session: Option<ConnId>,
    /// Whether metadata was asked for since it last came.
    asked: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
enum Standing {
    #[default]
    Unknown,
    Led,
    Nobody,
    Missing {
        since: Time,
    },
    Gone,
}

/// An attempt on a connection that the partition has left; its batch has gone on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Detached {
    pub(super) attempt: AttemptId,
    pub(super) ticket: Ticket,
    pub(super) piece: Piece,
    pub(super) stamp: Option<Stamp>,
    conn: Option<ConnId>,
}

impl Route {
    /// Whether no batch has a future here.
    pub(super) fn is_gone(&self, turn: &Turn<'_>) -> bool {
        let missing = self.missing_until(turn.settings).is_some_and(|until| until <= turn.now);
        self.standing == Standing::Gone || missing
    }

    /// When a missing topic is given up.
    pub(super) fn missing_until(&self, settings: &Settings) -> Option<Time> {
        match self.standing {
            Standing::Missing { since } => Some(since.saturating_add(settings.missing_limit)),
            Standing::Unknown | Standing::Led | Standing::Nobody | Standing::Gone => None,
        }
    }

    /// Whether a batch could be written at once.
    pub(super) fn is_open(&self, links: &Links, now: Time) -> bool {
        let led = self.last.filter(|_| self.standing == Standing::Led);
        let conn = led.and_then(|(node, _)| self.session.or_else(|| links.to(node)));
        conn.is_some_and(|conn| !links.is_silent(conn, now))
    }

    pub(crate) fn leads_to(&self, node: NodeId) -> bool {
        self.standing == Standing::Led && self.last.is_some_and(|(leader, _)| leader == node)
    }
}

impl Partition {
    /// Takes what metadata says.
    pub(crate) fn led_by(&mut self, topic: TopicId, leader: Leader, turn: &mut Turn<'_>) {
        self.route.asked = false;
        match leader {
            Leader::At { node, epoch } => {
                self.identify(topic, turn);
                self.route.standing = Standing::Led;
                if self.route.last.replace((node, epoch)) != Some((node, epoch)) {
                    self.turn_away();
                    self.forget_waits();
                }
            }
            Leader::Nobody => {
                self.identify(topic, turn);
                self.route.standing = Standing::Nobody;
            }
            //= R22 the state of a missing topic is kept: it may come back as it was
            Leader::Missing => {
                if self.route.missing_until(turn.settings).is_none() {
                    self.route.standing = Standing::Missing { since: turn.now };
                }
            }
            //= R23 a partition that is gone fails like one of a topic made anew
            Leader::Gone => {
                self.route.standing = Standing::Gone;
                self.turn_away();
                self.fail_all(Reason::TopicMissing, turn);
                self.lane.condemn();
            }
        }
    }

    /// Takes the identity of the topic: another one is another log, for which nothing that has a
    /// stamp was meant.
    //= R21 another topic under the same name: what is stamped fails, and the epoch is raised
    fn identify(&mut self, topic: TopicId, turn: &mut Turn<'_>) {
        if topic == TopicId::ZERO {
            return;
        }
        let before = self.route.topic.replace(topic);
        if before.is_some_and(|before| before != topic) {
            self.turn_away();
            let reason = Reason::TopicRecreated;
            if turn.settings.follow_recreated {
                while !self.unresolved.is_empty() {
                    self.fail(0, Failure::of(reason), turn);
                }
            } else {
                self.fail_all(reason, turn);
            }
            self.lane.condemn();
        }
    }

    /// Leaves the connection: what is on it may be written, and the next one is tried at once.
    //= R12 detach as maybe written, and go on at the new leader
    fn turn_away(&mut self) {
        let conn = self.route.session.take();
        for stamped in &mut self.unresolved {
            if let Stage::Out(attempt) = stamped.stage {
                let Stamped { ticket, piece, stamp, .. } = *stamped;
                self.detached.push(Detached { attempt, ticket, piece, stamp, conn });
                stamped.story.known = stamped.story.known.join(Evidence::Maybe);
                stamped.stage = Stage::Idle;
            }
        }
        self.unresolved.retain(|stamped| stamped.owed.is_some());
        self.gate();
    }

    /// A new leader is news enough: nothing waits any longer.
    fn forget_waits(&mut self) {
        for stamped in &mut self.unresolved {
            stamped.story.not_before = Time(0);
        }
        for queued in &mut self.queue {
            queued.story.not_before = Time(0);
        }
    }

    /// A connection is gone, and every attempt on it that was not reported by itself.
    pub(crate) fn conn_lost(&mut self, conn: ConnId, turn: &mut Turn<'_>) {
        if self.route.session == Some(conn) {
            while let Some(attempt) = self.unresolved.iter().find_map(out_attempt) {
                self.attempt_ended(attempt, Heard::without_answer(Ending::Lost), turn);
            }
            self.route.session = None;
            self.gate();
        }
        for lost in self.detached.extract_if(.., |one| one.conn == Some(conn)) {
            turn.attempts.close(lost.attempt);
        }
    }

    /// The connection to write to, asking for what is missing to have one.
    pub(super) fn connection(&mut self, turn: &mut Turn<'_>) -> Option<ConnId> {
        let Some((node, _)) = self.route.last.filter(|_| self.route.standing == Standing::Led)
        else {
            if !std::mem::replace(&mut self.route.asked, true) {
                turn.out.push(Output::Refresh(turn.part));
            }
            return None;
        };
        if self.route.session.is_none() {
            self.route.session = turn.links.to(node);
            self.gate();
        }
        if self.route.session.is_none() && turn.links.ask(node) {
            turn.out.push(Output::NeedConn(node));
        }
        self.route.session.filter(|conn| !turn.links.is_silent(*conn, turn.now))
    }

    /// No connection to a broker could be made: perhaps another one leads by now.
    pub(crate) fn unreachable(&mut self, node: NodeId, turn: &mut Turn<'_>) {
        if self.leads_to(node) && self.pending() > 0 && !self.route.asked {
            self.route.asked = true;
            turn.out.push(Output::Refresh(turn.part));
        }
    }

    /// Whether its batches go to that broker.
    pub(crate) fn leads_to(&self, node: NodeId) -> bool {
        self.route.leads_to(node)
    }
}

fn out_attempt(stamped: &Stamped) -> Option<AttemptId> {
    match stamped.stage {
        Stage::Out(attempt) => Some(attempt),
        Stage::Idle | Stage::Stuck | Stage::Splitting => None,
    }
}

#[cfg(feature = "model")]
mod canonical {
    use super::{Detached, Route, Standing};
    use crate::canonical::{Naming, Rename};

    impl Rename for Route {
        fn rename(&mut self, naming: &Naming<'_>) {
            self.session.rename(naming);
            if let Standing::Missing { since } = &mut self.standing {
                since.rename(naming);
            }
        }
    }

    impl Rename for Detached {
        fn rename(&mut self, naming: &Naming<'_>) {
            self.attempt.rename(naming);
            self.conn.rename(naming);
        }
    }
}
