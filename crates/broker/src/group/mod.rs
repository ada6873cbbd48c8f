//! Consumer groups of the classic protocol, and the offsets that they commit.
//!
//! One machine holds all groups of a cluster; which node coordinates which of them is for the
//! caller to know. Answers that have to wait come out of [`Groups::poll`], and so do those of the
//! same requests that have not: a caller handles one way only.
//!
//! ```text
//!            join                    all joined, or out of time
//!   Empty ─────────▶ Preparing ────────────────────────────────▶ Completing
//!     ▲                │  ▲ ▲        (with nobody left: Empty)      │   │
//!     └────────────────┘  │ └── join, leave, expiry ───────────────┘   │ the leader syncs
//!                         └──── join, leave, expiry ── Stable ◀────────┘
//! ```
//!
//! Kafka's fifth state, Dead, is here a group that does not exist.

mod answer;
mod commit;
mod fetch;
mod ids;
mod join;
mod machine;
mod offsets;
mod presence;
mod roster;
mod settings;
mod sync;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use klamm_protocol::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use klamm_protocol::join_group::JoinGroupRequest;
use klamm_protocol::leave_group::request::MemberIdentity;
use klamm_protocol::leave_group::response::MemberResponse;
use klamm_protocol::leave_group::{LeaveGroupRequest, LeaveGroupResponse};
use klamm_protocol::sync_group::SyncGroupRequest;
use klamm_wire::{ErrorCode, Now, Time, TopicId};

use answer::{Outbox, Waiting};
use ids::MemberIds;
use join::Ask;
use machine::{Group, State, Turn};
use offsets::Offsets;

pub(crate) use answer::{Answer, Token};
pub(crate) use roster::Member;
pub(crate) use settings::GroupSettings;

/// What topics are called; the newest versions of some requests name them by their ids.
pub(crate) trait TopicNames {
    /// The name of the topic with this id.
    fn name(&self, id: TopicId) -> Option<&str>;
    /// The id of the topic with this name.
    fn id(&self, name: &str) -> Option<TopicId>;
}

/// All groups of a cluster.
///
/// There are three families of calls. Requests: [`join`](Self::join) and [`sync`](Self::sync),
/// whose answers come out of [`poll`](Self::poll), and all others, which answer at once. What
/// happens elsewhere: [`end_transaction`](Self::end_transaction), [`forget`](Self::forget),
/// [`forget_topic`](Self::forget_topic), [`reload`](Self::reload). Time:
/// [`expire`](Self::expire), due at [`next_wake`](Self::next_wake). After any of them `poll` until
/// it has nothing more.
#[derive(Debug)]
pub(crate) struct Groups {
    groups: BTreeMap<String, Group>,
    offsets: Offsets,
    settings: GroupSettings,
    ids: MemberIds,
    out: Outbox,
    /// When groups and offsets that nobody uses are looked for; set while there are groups.
    sweep: Option<Time>,
}

impl Groups {
    /// No groups; the seed is that of the ids which members are given.
    pub(crate) fn new(settings: GroupSettings, seed: u64) -> Self {
        Self {
            groups: BTreeMap::new(),
            offsets: Offsets::default(),
            settings,
            ids: MemberIds::new(seed),
            out: Outbox::default(),
            sweep: None,
        }
    }

    /// JoinGroup.
    pub(crate) fn join(
        &mut self,
        now: Now,
        token: Token,
        client: Member<'_>,
        version: i16,
        request: &JoinGroupRequest<'_>,
    ) {
        let waiting = Waiting::new(token, version);
        let is_new = request.member_id.is_empty();
        let fault = join::fault(request, &self.settings);
        let found = match fault {
            Some(code) => Err(code),
            None if is_new => self.open(now, &request.group_id).map(|_| ()),
            None => self.groups.get(&*request.group_id).map(|_| ()).ok_or(GONE),
        };
        match found {
            Err(code) => self.out.refuse_join(waiting, &request.member_id, code),
            Ok(()) => {
                let ask = Ask { waiting, client, request };
                self.with(now, &request.group_id, |group, turn| group.join(turn, ask));
            }
        }
    }

    /// SyncGroup.
    pub(crate) fn sync(
        &mut self,
        now: Now,
        token: Token,
        version: i16,
        request: &SyncGroupRequest<'_>,
    ) {
        let waiting = Waiting::new(token, version);
        if let Some(code) = sync::fault(request, version) {
            self.out.refuse_sync(waiting, code);
        } else if !self.groups.contains_key(&*request.group_id) {
            self.out.refuse_sync(waiting, GONE);
        } else {
            let sync = |group: &mut Group, turn: &mut Turn<'_>| group.sync(turn, waiting, request);
            self.with(now, &request.group_id, sync);
        }
    }

    /// Heartbeat.
    pub(crate) fn heartbeat(
        &mut self,
        now: Now,
        _version: i16,
        request: &HeartbeatRequest<'_>,
    ) -> HeartbeatResponse<'static> {
        let error_code = if request.group_id.is_empty() {
            ErrorCode::INVALID_GROUP_ID
        } else {
            let beat = |group: &mut Group, turn: &mut Turn<'_>| group.heartbeat(turn, request);
            self.with(now, &request.group_id, beat).unwrap_or(GONE)
        };
        HeartbeatResponse { error_code, ..HeartbeatResponse::DEFAULT }
    }

    /// LeaveGroup. Up to version 2 it names one member, and that one's error is the response's.
    pub(crate) fn leave(
        &mut self,
        now: Now,
        version: i16,
        request: &LeaveGroupRequest<'_>,
    ) -> LeaveGroupResponse<'static> {
        if request.group_id.is_empty() {
            let error_code = ErrorCode::INVALID_GROUP_ID;
            return LeaveGroupResponse { error_code, ..LeaveGroupResponse::DEFAULT };
        }
        let member_id = request.member_id.clone();
        let single = [MemberIdentity { member_id, ..MemberIdentity::DEFAULT }];
        let members = if version < 3 { &single[..] } else { &request.members };
        let codes = self.with(now, &request.group_id, |group, turn| group.leave(turn, members));
        let codes = codes.unwrap_or_else(|| vec![GONE; members.len()]);
        if version < 3 {
            let error_code = codes.first().copied().unwrap_or(ErrorCode::NONE);
            return LeaveGroupResponse { error_code, ..LeaveGroupResponse::DEFAULT };
        }
        let answer = |(member, error_code): (&MemberIdentity<'_>, ErrorCode)| MemberResponse {
            member_id: Cow::Owned(member.member_id.to_string()),
            group_instance_id: member.group_instance_id.as_ref().map(|id| id.to_string().into()),
            error_code,
            ..MemberResponse::DEFAULT
        };
        let members = members.iter().zip(codes).map(answer).collect();
        LeaveGroupResponse { members, ..LeaveGroupResponse::DEFAULT }
    }

    /// A transaction ended, and with it what it would commit. An end by an epoch older than the
    /// newest is that of somebody who was fenced, and counts for nothing.
    pub(crate) fn end_transaction(&mut self, pid: i64, epoch: i16, commit: bool) {
        if self.offsets.admit(pid, epoch) {
            self.offsets.end(pid, commit);
        }
    }

    /// A topic was deleted: a later one of the same name must not be read from where this one was.
    pub(crate) fn forget_topic(&mut self, name: &str) {
        self.offsets.forget_topic(name);
    }

    /// The connection that waited for an answer is gone.
    pub(crate) fn forget(&mut self, token: Token) {
        self.out.forget(token);
        let groups = self.groups.values_mut();
        for seat in groups.flat_map(|group| group.roster.members.values_mut()) {
            let waiting = seat.joining.iter_mut().chain(&mut seat.syncing);
            waiting.for_each(|waiting| waiting.forget(token));
        }
    }

    /// The next answer to a join or a sync.
    pub(crate) fn poll(&mut self) -> Option<(Token, Answer)> {
        self.out.pop()
    }

    /// Does all that is due.
    pub(crate) fn expire(&mut self, now: Now) {
        let Self { groups, settings, ids, out, .. } = self;
        for group in groups.values_mut() {
            group.expire(&mut Turn { now: now.mono, settings, ids, out });
        }
        if self.sweep.is_some_and(|due| due <= now.mono) {
            self.sweep(now.mono);
        }
    }

    /// When something is due next.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        let groups = self.groups.values().filter_map(Group::next_wake);
        groups.chain(self.sweep).min()
    }

    /// The coordinator of all groups was lost and another one took over what was written down:
    /// offsets, and groups that were stable. See [`reload_if`](Self::reload_if).
    #[cfg(test)]
    pub(crate) fn reload(&mut self, now: Now) {
        self.reload_if(now, &|_| true);
    }

    /// The same for the groups of one coordinator. Whoever waits hears that it has moved. Members
    /// of stable groups stay, and their sessions begin anew; those of others are unknown. The
    /// generation is kept: in Kafka one that nobody has assigned for is used a second time.
    pub(crate) fn reload_if(&mut self, now: Now, moved: &dyn Fn(&str) -> bool) {
        let Self { groups, settings, ids, out, .. } = self;
        for (_, group) in groups.iter_mut().filter(|(name, _)| moved(name)) {
            group.reload(&mut Turn { now: now.mono, settings, ids, out });
        }
    }

    /// The group of this name, which begins to exist unless there are too many.
    fn open(&mut self, now: Now, name: &str) -> Result<&mut Group, ErrorCode> {
        if !self.groups.contains_key(name) && self.groups.len() >= self.settings.max_groups {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        self.sweep.get_or_insert(now.mono.saturating_add(self.settings.retention_check));
        Ok(self.groups.entry(name.to_owned()).or_insert_with(|| Group::new(now.mono)))
    }

    /// Does something with a group that exists.
    fn with<T>(
        &mut self,
        now: Now,
        name: &str,
        act: impl FnOnce(&mut Group, &mut Turn<'_>) -> T,
    ) -> Option<T> {
        let Self { groups, settings, ids, out, .. } = self;
        let mut turn = Turn { now: now.mono, settings, ids, out };
        groups.get_mut(name).map(|group| act(group, &mut turn))
    }

    /// Forgets old offsets of groups without members, and such groups without offsets.
    fn sweep(&mut self, now: Time) {
        let Self { groups, offsets, settings, .. } = self;
        groups.retain(|name, group| {
            let left = group.protocol_type.is_some().then_some(group.empty_since);
            let in_use = group.state != State::Empty || !group.roster.pending.is_empty();
            in_use || !offsets.sweep(name, now, left, settings.offsets_retention)
        });
        let check = self.settings.retention_check.max(Duration::from_millis(1));
        self.sweep = (!self.groups.is_empty()).then(|| now.saturating_add(check));
    }
}

/// What the members of a group hear that does not exist.
const GONE: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;

/// How long a committer wants an offset to be kept; versions 2 to 4 could say so.
fn retention_wish(millis: i64) -> Option<Duration> {
    u64::try_from(millis).ok().map(Duration::from_millis)
}
