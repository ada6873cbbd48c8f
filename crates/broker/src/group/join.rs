//! JoinGroup: who is let in, under which id, and whether the group has to rebalance for it.

use klamm_protocol::join_group::JoinGroupRequest;
use klamm_wire::ErrorCode;

use super::answer::Waiting;
use super::machine::{Group, State, Turn};
use super::roster::{Member, Seat};
use super::settings::{GroupSettings, millis};

/// A join, and who waits for its answer.
pub(super) struct Ask<'a> {
    pub(super) waiting: Waiting,
    pub(super) client: Member<'a>,
    pub(super) request: &'a JoinGroupRequest<'a>,
}

impl Ask<'_> {
    fn refuse(self, turn: &mut Turn<'_>, member: &str, code: ErrorCode) {
        turn.out.refuse_join(self.waiting, member, code);
    }
}

/// What is wrong with a join whatever the group.
pub(super) fn fault(request: &JoinGroupRequest<'_>, settings: &GroupSettings) -> Option<ErrorCode> {
    let session = millis(request.session_timeout_ms);
    if request.group_id.is_empty() {
        Some(ErrorCode::INVALID_GROUP_ID)
    } else if session < settings.min_session_timeout || session > settings.max_session_timeout {
        Some(ErrorCode::INVALID_SESSION_TIMEOUT)
    } else if weight(request) > settings.max_metadata_bytes {
        // Kafka finds out when it writes the group down, and names no better reason.
        Some(ErrorCode::UNKNOWN_SERVER_ERROR)
    } else {
        None
    }
}

/// The bytes of a member's protocols, an empty one being no lighter than a short name.
fn weight(request: &JoinGroupRequest<'_>) -> usize {
    let weigh = |weight: usize, bytes: usize| weight.saturating_add(bytes).saturating_add(16);
    let protocols = request.protocols.iter();
    protocols.map(|protocol| protocol.name.len() + protocol.metadata.len()).fold(0, weigh)
}

impl Group {
    /// Every path answers the join or keeps it in a seat.
    pub(super) fn join(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>) {
        let id = ask.request.member_id.to_string();
        if !self.has_room(turn.settings, &id) {
            self.dismiss(turn, &id);
            ask.refuse(turn, "", ErrorCode::GROUP_MAX_SIZE_REACHED);
        } else if !self.agrees_with(ask.request) {
            ask.refuse(turn, &id, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        } else if id.is_empty() {
            self.join_new(turn, ask);
        } else if self.roster.pending.contains_key(&id) {
            self.join_pending(turn, ask, id);
        } else if let Err(code) = self.roster.check(&id, ask.request.group_instance_id.as_deref()) {
            ask.refuse(turn, &id, code);
        } else {
            self.join_again(turn, ask, &id);
        }
    }

    /// While a group prepares, those who joined count, so that the last to come are left out.
    fn has_room(&self, settings: &GroupSettings, id: &str) -> bool {
        let seat = self.roster.members.get(id);
        match self.state {
            State::Empty => true,
            State::Preparing { .. } => {
                seat.is_some_and(|seat| seat.joining.is_some())
                    || self.roster.joining() < settings.max_size
            }
            State::Completing | State::Stable => {
                seat.is_some() || self.roster.members.len() < settings.max_size
            }
        }
    }

    /// Whether one of the protocols is known to all who are here.
    fn agrees_with(&self, request: &JoinGroupRequest<'_>) -> bool {
        let mut names = request.protocols.iter().map(|protocol| &*protocol.name);
        match self.state {
            State::Empty => !request.protocol_type.is_empty() && names.next().is_some(),
            State::Preparing { .. } | State::Completing | State::Stable => {
                self.protocol_type.as_deref() == Some(&*request.protocol_type)
                    && names.any(|name| self.roster.all_support(name))
            }
        }
    }

    fn join_new(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>) {
        let instance = ask.request.group_instance_id.as_deref();
        let id = turn.ids.next(instance.unwrap_or(ask.client.client_id));
        let holder = instance.and_then(|instance| self.roster.holder(instance));
        if let Some(holder) = holder.map(str::to_owned) {
            self.replace(turn, ask, &holder, &id);
        } else if instance.is_some() || ask.waiting.version() < 4 {
            self.admit(turn, ask, id);
        } else if self.roster.pending.len() >= turn.settings.max_size {
            ask.refuse(turn, "", ErrorCode::GROUP_MAX_SIZE_REACHED);
        } else {
            let until = turn.after(millis(ask.request.session_timeout_ms));
            self.roster.pending.insert(id.clone(), until);
            ask.refuse(turn, &id, ErrorCode::MEMBER_ID_REQUIRED);
        }
    }

    /// Whoever was given an id to come back with is a dynamic member; a static name beside it is
    /// an error that Kafka does not expect, and so has no code for.
    fn join_pending(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>, id: String) {
        if ask.request.group_instance_id.is_some() {
            ask.refuse(turn, &id, ErrorCode::UNKNOWN_SERVER_ERROR);
        } else {
            self.admit(turn, ask, id);
        }
    }

    /// Makes a member. It has no id to send heartbeats with until it is answered, so that another
    /// timeout than its own applies.
    fn admit(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>, id: String) {
        if let State::Preparing { initial: Some(initial), .. } = &mut self.state {
            initial.newcomer = true;
        }
        if self.roster.members.is_empty() {
            self.protocol_type = Some(ask.request.protocol_type.to_string());
        }
        let mut seat = Seat::new(ask.client, ask.waiting.version(), ask.request);
        seat.joining = Some(ask.waiting);
        seat.expires = Some(turn.after(turn.settings.new_member_join_timeout));
        self.roster.add(id, seat);
        self.rebalance_or_complete(turn);
    }

    /// A member joins once more.
    fn join_again(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>, id: &str) {
        let seat = self.roster.members.get(id);
        let matches = seat.is_some_and(|seat| seat.matches(&ask.request.protocols));
        let nothing_new = match self.state {
            State::Empty | State::Preparing { .. } => false,
            // Perhaps the answer to its first join was lost.
            State::Completing => matches,
            // A leader that joins wants to assign anew, for reasons of its own.
            State::Stable => matches && !self.roster.is_leader(id),
        };
        if nothing_new {
            let response = self.joined(id);
            turn.out.join(ask.waiting, response);
        } else {
            self.update(turn, ask, id);
            self.rebalance_or_complete(turn);
        }
    }

    /// The member waits for this join from here on. A join that it waited for before is of
    /// another connection: Kafka never answers that one, and here it has to join again.
    fn update(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>, id: &str) {
        let Some(seat) = self.roster.members.get_mut(id) else { return };
        seat.update(ask.waiting.version(), ask.request);
        if let Some(replaced) = seat.joining.replace(ask.waiting) {
            turn.out.refuse_join(replaced, id, ErrorCode::REBALANCE_IN_PROGRESS);
        }
    }

    /// A static member came back under a new id, and whoever speaks under the old one is fenced.
    fn replace(&mut self, turn: &mut Turn<'_>, ask: Ask<'_>, old: &str, new: &str) {
        self.fence(turn, old);
        self.note_sync(old);
        let leader = self.roster.leader.clone();
        self.roster.rename(old, new);
        self.renew(turn, new);
        self.update(turn, ask, new);
        match self.state {
            State::Stable if self.roster.elect_protocol() == self.protocol.as_deref() => {
                self.welcome_back(turn, new, leader);
            }
            State::Stable | State::Completing => self.prepare(turn),
            State::Empty | State::Preparing { .. } => self.complete_if_all_joined(turn),
        }
    }

    fn fence(&mut self, turn: &mut Turn<'_>, id: &str) {
        let Some(seat) = self.roster.members.get_mut(id) else { return };
        seat.is_new = false;
        if let Some(waiting) = seat.joining.take() {
            turn.out.refuse_join(waiting, id, ErrorCode::FENCED_INSTANCE_ID);
        }
        if let Some(waiting) = seat.syncing.take() {
            turn.out.refuse_sync(waiting, ErrorCode::FENCED_INSTANCE_ID);
        }
    }

    /// The place is as it was left, so nobody rebalances. A leader must not assign: up to version
    /// 8 it is told that the old id leads, and from version 9 on it is told to skip it.
    fn welcome_back(&mut self, turn: &mut Turn<'_>, id: &str, leader: Option<String>) {
        let mut response = self.joined(id);
        let seat = self.roster.members.get_mut(id);
        let Some(waiting) = seat.and_then(|seat| seat.joining.take()) else { return };
        if waiting.version() >= 9 {
            response.skip_assignment = self.roster.is_leader(id);
        } else {
            response.members.clear();
            response.leader = leader.unwrap_or_default().into();
        }
        turn.out.join(waiting, response);
    }
}
