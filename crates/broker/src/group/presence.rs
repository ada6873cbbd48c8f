//! Heartbeat and LeaveGroup, and what happens to members that do neither.

use klamm_protocol::heartbeat::HeartbeatRequest;
use klamm_protocol::leave_group::request::MemberIdentity;
use klamm_wire::{ErrorCode, Time};

use super::machine::{Group, State, Turn};

/// Something that is due in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    /// An id that was given away has not come back.
    Pending(String),
    /// A member has not been heard of.
    Session(String),
    /// Those who joined have waited long enough for the others.
    Joins,
    /// Members of the generation have not asked for their assignments.
    Syncs,
}

impl Group {
    pub(super) fn heartbeat(
        &mut self,
        turn: &Turn<'_>,
        request: &HeartbeatRequest<'_>,
    ) -> ErrorCode {
        let checked = self.roster.check(&request.member_id, request.group_instance_id.as_deref());
        if let Err(code) = checked {
            return code;
        }
        if request.generation_id != self.generation {
            return ErrorCode::ILLEGAL_GENERATION;
        }
        self.renew(turn, &request.member_id);
        match self.state {
            State::Empty => ErrorCode::UNKNOWN_MEMBER_ID,
            State::Preparing { .. } => ErrorCode::REBALANCE_IN_PROGRESS,
            State::Completing | State::Stable => ErrorCode::NONE,
        }
    }

    /// Lets members go, and says for each whether it was one.
    pub(super) fn leave(
        &mut self,
        turn: &mut Turn<'_>,
        members: &[MemberIdentity<'_>],
    ) -> Vec<ErrorCode> {
        let codes: Vec<_> = members.iter().map(|member| self.let_go(turn, member)).collect();
        if codes.iter().any(|code| code.is_ok()) {
            match self.state {
                State::Empty => {}
                State::Preparing { .. } => self.complete_if_all_joined(turn),
                State::Completing | State::Stable => self.prepare(turn),
            }
        }
        codes
    }

    /// Without an id, a static name is enough: so an administrator removes a member.
    fn let_go(&mut self, turn: &mut Turn<'_>, member: &MemberIdentity<'_>) -> ErrorCode {
        let instance = member.group_instance_id.as_deref();
        let id = if member.member_id.is_empty() {
            instance.and_then(|instance| self.roster.holder(instance)).map(str::to_owned)
        } else {
            Some(member.member_id.to_string())
        };
        let Some(id) = id else { return ErrorCode::UNKNOWN_MEMBER_ID };
        if !self.roster.pending.contains_key(&id)
            && let Err(code) = self.roster.check(&id, instance)
        {
            return code;
        }
        self.dismiss(turn, &id);
        ErrorCode::NONE
    }

    /// When something is due here.
    pub(super) fn next_wake(&self) -> Option<Time> {
        let sessions = self.roster.members.values().filter_map(|seat| seat.expires);
        let pending = self.roster.pending.values().copied();
        sessions.chain(pending).chain(self.joins_until()).chain(self.sync_until).min()
    }

    fn joins_until(&self) -> Option<Time> {
        match self.state {
            State::Preparing { until, .. } => Some(until),
            State::Empty | State::Completing | State::Stable => None,
        }
    }

    /// Does what is due, the earliest first. What it arms is later than now.
    pub(super) fn expire(&mut self, turn: &mut Turn<'_>) {
        while let Some((due, alarm)) = self.next_alarm()
            && due <= turn.now
        {
            match alarm {
                Alarm::Pending(id) => self.expire_pending(turn, &id),
                Alarm::Session(id) => self.expire_session(turn, &id),
                Alarm::Joins => self.stop_waiting_for_joins(turn),
                Alarm::Syncs => self.expire_syncs(turn),
            }
        }
    }

    fn next_alarm(&self) -> Option<(Time, Alarm)> {
        let members = self.roster.members.iter();
        let sessions = members.filter_map(|(id, seat)| Some((seat.expires?, id)));
        let session = sessions.min().map(|(due, id)| (due, Alarm::Session(id.clone())));
        let pending = self.roster.pending.iter().map(|(id, due)| (*due, id)).min();
        let pending = pending.map(|(due, id)| (due, Alarm::Pending(id.clone())));
        let joins = self.joins_until().map(|due| (due, Alarm::Joins));
        let syncs = self.sync_until.map(|due| (due, Alarm::Syncs));
        [session, pending, joins, syncs].into_iter().flatten().min()
    }

    fn expire_pending(&mut self, turn: &mut Turn<'_>, id: &str) {
        self.roster.remove(id);
        self.complete_even_if_initial(turn);
    }

    /// A member that waits for us need not be heard of.
    fn expire_session(&mut self, turn: &mut Turn<'_>, id: &str) {
        let Some(seat) = self.roster.members.get_mut(id) else { return };
        seat.expires = None;
        if seat.is_waiting() {
            return;
        }
        self.dismiss(turn, id);
        match self.state {
            State::Empty => {}
            State::Preparing { .. } => self.complete_even_if_initial(turn),
            State::Completing | State::Stable => self.prepare(turn),
        }
    }

    /// When the last one who was missing is given up, Kafka does not put the first generation off
    /// any longer either.
    fn complete_even_if_initial(&mut self, turn: &mut Turn<'_>) {
        if matches!(self.state, State::Preparing { .. }) && self.roster.all_joined() {
            self.complete(turn);
        }
    }

    fn expire_syncs(&mut self, turn: &mut Turn<'_>) {
        self.sync_until = None;
        let late: Vec<_> = self.roster.unsynced.iter().cloned().collect();
        for id in &late {
            self.dismiss(turn, id);
        }
        if !late.is_empty() {
            self.prepare(turn);
        }
    }
}
