//! SyncGroup: the leader's assignments reach the members of its generation.

use std::collections::BTreeMap;

use klamm_protocol::sync_group::SyncGroupRequest;
use klamm_wire::ErrorCode;

use super::answer::Waiting;
use super::machine::{Group, State, Turn};

/// What is wrong with a sync whatever the group.
pub(super) fn fault(request: &SyncGroupRequest<'_>, version: i16) -> Option<ErrorCode> {
    let silent = request.protocol_type.is_none() || request.protocol_name.is_none();
    if version >= 5 && silent {
        Some(ErrorCode::INCONSISTENT_GROUP_PROTOCOL)
    } else if request.group_id.is_empty() {
        Some(ErrorCode::INVALID_GROUP_ID)
    } else {
        None
    }
}

impl Group {
    /// Answers the sync, or keeps it until the leader has assigned.
    pub(super) fn sync(
        &mut self,
        turn: &mut Turn<'_>,
        waiting: Waiting,
        request: &SyncGroupRequest<'_>,
    ) {
        let id = &*request.member_id;
        match (self.judge_sync(request), self.state) {
            (Err(code), _) => turn.out.refuse_sync(waiting, code),
            (Ok(()), State::Empty) => turn.out.refuse_sync(waiting, ErrorCode::UNKNOWN_MEMBER_ID),
            (Ok(()), State::Preparing { .. }) => {
                turn.out.refuse_sync(waiting, ErrorCode::REBALANCE_IN_PROGRESS);
            }
            (Ok(()), State::Completing) => {
                self.note_sync(id);
                self.await_assignment(turn, waiting, id);
                if self.roster.is_leader(id) {
                    self.assign(turn, request);
                }
            }
            (Ok(()), State::Stable) => {
                self.note_sync(id);
                if let Some(seat) = self.roster.members.get(id) {
                    turn.out.sync(waiting, self.synced(seat));
                }
            }
        }
    }

    fn judge_sync(&self, request: &SyncGroupRequest<'_>) -> Result<(), ErrorCode> {
        self.roster.check(&request.member_id, request.group_instance_id.as_deref())?;
        let differs = |theirs: Option<&str>, ours: &Option<String>| {
            theirs.is_some_and(|theirs| ours.as_ref().is_some_and(|ours| ours != theirs))
        };
        if request.generation_id != self.generation {
            Err(ErrorCode::ILLEGAL_GENERATION)
        } else if differs(request.protocol_type.as_deref(), &self.protocol_type)
            || differs(request.protocol_name.as_deref(), &self.protocol)
        {
            Err(ErrorCode::INCONSISTENT_GROUP_PROTOCOL)
        } else {
            Ok(())
        }
    }

    /// Nobody waits for this one's sync any longer.
    pub(super) fn note_sync(&mut self, id: &str) {
        self.roster.unsynced.remove(id);
        if self.roster.unsynced.is_empty() {
            self.sync_until = None;
        }
    }

    /// The member waits for this sync from here on; see `update` of joins for the one before.
    fn await_assignment(&mut self, turn: &mut Turn<'_>, waiting: Waiting, id: &str) {
        let Some(seat) = self.roster.members.get_mut(id) else { return };
        if let Some(replaced) = seat.syncing.replace(waiting) {
            turn.out.refuse_sync(replaced, ErrorCode::REBALANCE_IN_PROGRESS);
        }
    }

    /// Hands out what the leader has assigned. Of two assignments to one member the last counts,
    /// and members that it forgot get nothing.
    fn assign(&mut self, turn: &mut Turn<'_>, request: &SyncGroupRequest<'_>) {
        let assigned = request.assignments.iter().map(|one| (&*one.member_id, &*one.assignment));
        let assigned: BTreeMap<&str, &[u8]> = assigned.collect();
        let weight = assigned.values().fold(0_usize, |sum, one| sum.saturating_add(one.len()));
        if weight > turn.settings.max_metadata_bytes {
            self.take_assignments_back(turn, ErrorCode::UNKNOWN_SERVER_ERROR);
            return self.prepare(turn);
        }
        self.state = State::Stable;
        for (id, seat) in &mut self.roster.members {
            seat.assignment = assigned.get(id.as_str()).map_or(Vec::new(), |one| one.to_vec());
        }
        self.propagate(turn);
    }

    /// A session that ended while its member waited here did not count; it begins anew.
    fn propagate(&mut self, turn: &mut Turn<'_>) {
        for id in self.roster.members.keys().cloned().collect::<Vec<_>>() {
            let seat = self.roster.members.get_mut(&id);
            let Some(waiting) = seat.and_then(|seat| seat.syncing.take()) else { continue };
            if let Some(seat) = self.roster.members.get(&id) {
                turn.out.sync(waiting, self.synced(seat));
            }
            self.renew(turn, &id);
        }
    }
}
