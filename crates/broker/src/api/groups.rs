//! The requests of consumer groups: who belongs to one, and how far it has read.

use klamm_protocol::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use klamm_protocol::join_group::{JoinGroupRequest, JoinGroupResponse};
use klamm_protocol::leave_group::{LeaveGroupRequest, LeaveGroupResponse};
use klamm_protocol::offset_commit::{OffsetCommitRequest, OffsetCommitResponse};
use klamm_protocol::offset_fetch::{OffsetFetchRequest, OffsetFetchResponse};
use klamm_protocol::sync_group::{SyncGroupRequest, SyncGroupResponse};
use klamm_wire::ErrorCode;

mod offsets;

use super::{Call, Outcome};
use crate::cluster::{Coordinates, State};
use crate::group::{Member, Token};
use crate::security::acl::{Operation, Resource};

/// How a request of a member of this group fails because of who sent it, or where.
fn admitted(call: &mut Call<'_>, group: &str) -> Result<(), ErrorCode> {
    call.check(Operation::Read, Resource::Group(group))?;
    coordinated(call, group)
}

/// How a request about this group fails because of where it was sent.
fn coordinated(call: &mut Call<'_>, group: &str) -> Result<(), ErrorCode> {
    let node = call.node();
    call.state.check_coordinator(node, Coordinates::Groups, group)
}

pub(super) fn join(call: &mut Call<'_>, request: &JoinGroupRequest<'_>) -> Outcome {
    if let Err(error_code) = admitted(call, &request.group_id) {
        return call.answer(&JoinGroupResponse {
            error_code,
            generation_id: -1,
            member_id: request.member_id.to_string().into(),
            ..JoinGroupResponse::default()
        });
    }
    let token = Token(call.session.id.0);
    let client = Member { client_id: call.client_id, client_host: &call.session.host };
    call.state.groups.join(call.now, token, client, call.reply.version, request);
    Outcome::Group(call.reply)
}

pub(super) fn sync(call: &mut Call<'_>, request: &SyncGroupRequest<'_>) -> Outcome {
    if let Err(error_code) = admitted(call, &request.group_id) {
        return call.answer(&SyncGroupResponse { error_code, ..SyncGroupResponse::default() });
    }
    let token = Token(call.session.id.0);
    call.state.groups.sync(call.now, token, call.reply.version, request);
    Outcome::Group(call.reply)
}

pub(super) fn heartbeat(call: &mut Call<'_>, request: &HeartbeatRequest<'_>) -> Outcome {
    if let Err(error_code) = admitted(call, &request.group_id) {
        return call.answer(&HeartbeatResponse { error_code, ..HeartbeatResponse::default() });
    }
    let response = call.state.groups.heartbeat(call.now, call.reply.version, request);
    call.answer(&response)
}

pub(super) fn leave(call: &mut Call<'_>, request: &LeaveGroupRequest<'_>) -> Outcome {
    if let Err(error_code) = admitted(call, &request.group_id) {
        return call.answer(&LeaveGroupResponse { error_code, ..LeaveGroupResponse::default() });
    }
    let response = call.state.groups.leave(call.now, call.reply.version, request);
    call.answer(&response)
}

pub(super) fn commit(call: &mut Call<'_>, request: &OffsetCommitRequest<'_>) -> Outcome {
    if let Err(code) = admitted(call, &request.group_id) {
        let topics = offsets::refused_commit(request, code);
        return call.answer(&OffsetCommitResponse { topics, ..OffsetCommitResponse::default() });
    }
    let (allowed, mut answers) = offsets::split_commit(call, request);
    let (version, now) = (call.version(), call.now);
    let State { groups, topics, .. } = &mut *call.state;
    let exists = |topic: &str, partition: i32| topics.has(topic, partition);
    let response = groups.commit(now, version, &allowed, topics, &exists);
    answers.extend(response.topics);
    call.answer(&OffsetCommitResponse { topics: answers, ..OffsetCommitResponse::default() })
}

pub(super) fn fetch(call: &mut Call<'_>, request: &OffsetFetchRequest<'_>) -> Outcome {
    let first = request.groups.first().map_or(&request.group_id, |group| &group.group_id);
    let is_single = request.groups.is_empty();
    let allowed = if is_single { offsets::may_see(call, first) } else { Ok(()) };
    if let Err(code) = allowed.and_then(|()| coordinated(call, first)) {
        return call.answer(&offsets::refused_fetch(request, code, call.version()));
    }
    let version = call.version();
    let State { groups, topics, settings, .. } = &mut *call.state;
    let mut response: OffsetFetchResponse<'static> =
        groups.fetch(version, request, topics, &settings.defects);
    offsets::hide(call, request, &mut response);
    call.answer(&response)
}
