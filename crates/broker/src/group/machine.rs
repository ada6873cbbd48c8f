//! One group: its state, its generation, and how it gets from one to the next.

use std::borrow::Cow;
use std::time::Duration;

use klamm_protocol::join_group::response::{JoinGroupResponse, JoinGroupResponseMember};
use klamm_protocol::sync_group::SyncGroupResponse;
use klamm_wire::{ErrorCode, Time};

use super::answer::Outbox;
use super::ids::MemberIds;
use super::roster::{Roster, Seat};
use super::settings::GroupSettings;

/// What one call to a group has at hand.
pub(super) struct Turn<'a> {
    pub(super) now: Time,
    pub(super) settings: &'a GroupSettings,
    pub(super) ids: &'a mut MemberIds,
    pub(super) out: &'a mut Outbox,
}

impl Turn<'_> {
    /// The instant this long from now, and never now: an alarm that arms itself again must not
    /// keep the clock from going on.
    pub(super) fn after(&self, duration: Duration) -> Time {
        self.now.saturating_add(duration.max(Duration::from_millis(1)))
    }
}

/// Where a group stands. That of Kafka which is called Dead is here a group that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Without members.
    Empty,
    /// Members are asked to join, or have joined and wait for the others.
    Preparing {
        /// When those who joined go on without the others.
        until: Time,
        /// Set while the first generation of an empty group is put off for latecomers.
        initial: Option<Initial>,
    },
    /// A generation exists, and its leader has not assigned anything.
    Completing,
    /// Every member has its assignment.
    Stable,
}

/// How much longer an initial rebalance may be put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Initial {
    delay: Duration,
    remaining: Duration,
    /// Somebody came since the delay began.
    pub(super) newcomer: bool,
}

/// One group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) state: State,
    /// It never falls.
    pub(super) generation: i32,
    /// What kind of clients the group is made of; `None` if it only keeps offsets.
    pub(super) protocol_type: Option<String>,
    /// What the members of the generation agreed on.
    pub(super) protocol: Option<String>,
    pub(super) roster: Roster,
    /// When members that have not synced are thrown out.
    pub(super) sync_until: Option<Time>,
    /// When it became empty.
    pub(super) empty_since: Time,
}

impl Group {
    pub(super) fn new(now: Time) -> Self {
        Self {
            state: State::Empty,
            generation: 0,
            protocol_type: None,
            protocol: None,
            roster: Roster::default(),
            sync_until: None,
            empty_since: now,
        }
    }

    /// After a member came, changed or went: asks the others to join again, or goes on if they
    /// have.
    pub(super) fn rebalance_or_complete(&mut self, turn: &mut Turn<'_>) {
        match self.state {
            State::Preparing { .. } => self.complete_if_all_joined(turn),
            State::Empty | State::Completing | State::Stable => self.prepare(turn),
        }
    }

    /// While a first generation is put off, only its alarm completes it.
    pub(super) fn complete_if_all_joined(&mut self, turn: &mut Turn<'_>) {
        let may = matches!(self.state, State::Preparing { initial: None, .. });
        if may && self.roster.all_joined() {
            self.complete(turn);
        }
    }

    /// Asks every member to join again.
    pub(super) fn prepare(&mut self, turn: &mut Turn<'_>) {
        if self.state == State::Completing {
            self.take_assignments_back(turn, ErrorCode::REBALANCE_IN_PROGRESS);
        }
        self.roster.unsynced.clear();
        self.sync_until = None;
        let timeout = self.roster.rebalance_timeout();
        if self.state == State::Empty {
            let delay = turn.settings.initial_rebalance_delay;
            let remaining = timeout.saturating_sub(delay);
            let initial = Some(Initial { delay, remaining, newcomer: false });
            self.state = State::Preparing { until: turn.after(delay), initial };
        } else {
            self.state = State::Preparing { until: turn.after(timeout), initial: None };
            self.complete_if_all_joined(turn);
        }
    }

    /// The alarm of [`State::Preparing`].
    pub(super) fn stop_waiting_for_joins(&mut self, turn: &mut Turn<'_>) {
        let State::Preparing { initial, .. } = self.state else { return };
        match initial {
            Some(Initial { delay, remaining, newcomer: true }) if !remaining.is_zero() => {
                let next = turn.settings.initial_rebalance_delay.min(remaining);
                let left = remaining.saturating_sub(delay);
                let initial = Some(Initial { delay: next, remaining: left, newcomer: false });
                self.state = State::Preparing { until: turn.after(next), initial };
            }
            _ => self.complete(turn),
        }
    }

    /// Goes on with those who joined. Static members may be late and keep their places.
    pub(super) fn complete(&mut self, turn: &mut Turn<'_>) {
        let late = |seat: &Seat| seat.joining.is_none() && seat.instance.is_none();
        let members = self.roster.members.iter();
        let late: Vec<_> =
            members.filter(|(_, seat)| late(seat)).map(|(id, _)| id.clone()).collect();
        for id in late {
            self.dismiss(turn, &id);
        }
        if self.roster.members.is_empty() {
            self.become_empty(turn);
        } else if self.roster.elect_leader() {
            self.begin_generation(turn);
        } else {
            let until = turn.after(self.roster.rebalance_timeout());
            self.state = State::Preparing { until, initial: None };
        }
    }

    fn become_empty(&mut self, turn: &Turn<'_>) {
        self.generation = self.generation.saturating_add(1);
        self.protocol = None;
        self.roster.unsynced.clear();
        self.state = State::Empty;
        self.empty_since = turn.now;
    }

    fn begin_generation(&mut self, turn: &mut Turn<'_>) {
        self.generation = self.generation.saturating_add(1);
        self.protocol = self.roster.elect_protocol().map(str::to_owned);
        self.state = State::Completing;
        self.roster.unsynced = self.roster.members.keys().cloned().collect();
        self.sync_until = Some(turn.after(self.roster.rebalance_timeout()));
        for id in self.roster.unsynced.clone() {
            let response = self.joined(&id);
            let Some(seat) = self.roster.members.get_mut(&id) else { continue };
            seat.expires = Some(turn.after(seat.session_timeout));
            seat.is_new = false;
            if let Some(waiting) = seat.joining.take() {
                turn.out.join(waiting, response);
            }
        }
    }

    /// What a member hears of the generation; its leader hears of all members.
    pub(super) fn joined(&self, id: &str) -> JoinGroupResponse<'static> {
        let members = if self.roster.is_leader(id) { self.described() } else { Vec::new() };
        JoinGroupResponse {
            generation_id: self.generation,
            protocol_type: self.protocol_type.clone().map(Cow::Owned),
            protocol_name: self.protocol.clone().map(Cow::Owned),
            leader: Cow::Owned(self.roster.leader.clone().unwrap_or_default()),
            member_id: Cow::Owned(id.to_owned()),
            members,
            ..JoinGroupResponse::DEFAULT
        }
    }

    fn described(&self) -> Vec<JoinGroupResponseMember<'static>> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        let describe = |(id, seat): (&String, &Seat)| JoinGroupResponseMember {
            member_id: Cow::Owned(id.clone()),
            group_instance_id: seat.instance.clone().map(Cow::Owned),
            metadata: Cow::Owned(seat.metadata(protocol).to_vec()),
            ..JoinGroupResponseMember::DEFAULT
        };
        self.roster.members.iter().map(describe).collect()
    }

    /// What a member hears of its assignment.
    pub(super) fn synced(&self, seat: &Seat) -> SyncGroupResponse<'static> {
        SyncGroupResponse {
            protocol_type: self.protocol_type.clone().map(Cow::Owned),
            protocol_name: self.protocol.clone().map(Cow::Owned),
            assignment: Cow::Owned(seat.assignment.clone()),
            ..SyncGroupResponse::DEFAULT
        }
    }

    /// Answers every waiting sync with an error: what was to be assigned is of no use any more.
    pub(super) fn take_assignments_back(&mut self, turn: &mut Turn<'_>, code: ErrorCode) {
        for seat in self.roster.members.values_mut() {
            seat.assignment.clear();
            if let Some(waiting) = seat.syncing.take() {
                turn.out.refuse_sync(waiting, code);
                seat.expires = Some(turn.after(seat.session_timeout));
            }
        }
    }

    /// Removes a member; whatever it waits for is answered: it is unknown.
    pub(super) fn dismiss(&mut self, turn: &mut Turn<'_>, id: &str) {
        let Some(seat) = self.roster.remove(id) else { return };
        if let Some(waiting) = seat.joining {
            turn.out.refuse_join(waiting, "", ErrorCode::UNKNOWN_MEMBER_ID);
        }
        if let Some(waiting) = seat.syncing {
            turn.out.refuse_sync(waiting, ErrorCode::UNKNOWN_MEMBER_ID);
        }
    }

    /// A sign of life.
    pub(super) fn renew(&mut self, turn: &Turn<'_>, id: &str) {
        if let Some(seat) = self.roster.members.get_mut(id) {
            seat.expires = Some(turn.after(seat.session_timeout));
        }
    }

    /// Another coordinator takes over what was written down.
    pub(super) fn reload(&mut self, turn: &mut Turn<'_>) {
        for (id, seat) in &mut self.roster.members {
            if let Some(waiting) = seat.joining.take() {
                turn.out.refuse_join(waiting, id, ErrorCode::NOT_COORDINATOR);
            }
            if let Some(waiting) = seat.syncing.take() {
                turn.out.refuse_sync(waiting, ErrorCode::NOT_COORDINATOR);
            }
            seat.expires = Some(turn.after(seat.session_timeout));
        }
        self.roster.pending.clear();
        self.roster.unsynced.clear();
        self.sync_until = None;
        if self.state != State::Stable {
            self.roster = Roster::default();
            self.protocol = None;
            self.state = State::Empty;
            self.empty_since = turn.now;
        }
    }
}
