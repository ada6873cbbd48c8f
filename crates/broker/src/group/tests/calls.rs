//! What the clients of a desk ask for, request by request.

use std::borrow::Cow;

use klamm_protocol::heartbeat::HeartbeatRequest;
use klamm_protocol::join_group::request::JoinGroupRequestProtocol;
use klamm_protocol::join_group::{JoinGroupRequest, JoinGroupResponse};
use klamm_protocol::leave_group::LeaveGroupRequest;
use klamm_protocol::leave_group::request::MemberIdentity;
use klamm_protocol::sync_group::request::SyncGroupRequestAssignment;
use klamm_protocol::sync_group::{SyncGroupRequest, SyncGroupResponse};
use klamm_wire::ErrorCode;

use super::*;

impl Desk {
    /// Joins, going back with the id that the first answer gives.
    pub(super) fn join(&mut self, name: &'static str) {
        self.ask_to_join(name);
        let person = self.people[name].clone();
        let token = person.waits.expect("a join has a token");
        if let Some(Answer::Join(answer)) = self.answers.get(&token)
            && answer.error_code == ErrorCode::MEMBER_ID_REQUIRED
        {
            self.person(name).id = answer.member_id.to_string();
            self.ask_to_join(name);
        }
    }

    /// One JoinGroup.
    pub(super) fn ask_to_join(&mut self, name: &'static str) {
        let token = self.token();
        self.person(name).waits = Some(token);
        let person = self.people[name].clone();
        let client = Member { client_id: name, client_host: "/127.0.0.1" };
        self.groups.join(self.now, token, client, person.version, &join_request(&person));
        self.collect();
    }

    /// The answer to a join; with it the person learns its id and generation.
    pub(super) fn joined(&mut self, name: &'static str) -> JoinGroupResponse<'static> {
        let Some(Answer::Join(answer)) = self.answer(name) else { panic!("{name} waits") };
        if answer.error_code.is_ok() {
            let person = self.person(name);
            person.id = answer.member_id.to_string();
            person.generation = answer.generation_id;
        }
        answer
    }

    pub(super) fn sync(&mut self, name: &'static str, shares: &[(&'static str, &str)]) {
        let token = self.token();
        let person = self.people[name].clone();
        let assign = |(name, share): &(&'static str, &str)| SyncGroupRequestAssignment {
            member_id: self.people[name].id.clone().into(),
            assignment: Cow::Owned(share.as_bytes().to_vec()),
            ..SyncGroupRequestAssignment::DEFAULT
        };
        let request = SyncGroupRequest {
            assignments: shares.iter().map(assign).collect(),
            ..sync_request(&person)
        };
        self.groups.sync(self.now, token, 5, &request);
        self.person(name).waits = Some(token);
        self.collect();
    }

    pub(super) fn synced(&mut self, name: &'static str) -> Result<String, ErrorCode> {
        let Some(Answer::Sync(answer)) = self.answer(name) else { panic!("{name} waits") };
        let SyncGroupResponse { error_code, assignment, .. } = answer;
        let text = String::from_utf8(assignment.into_owned()).expect("shares are text");
        if error_code.is_ok() { Ok(text) } else { Err(error_code) }
    }

    pub(super) fn answer(&mut self, name: &'static str) -> Option<Answer> {
        let token = self.people[name].waits?;
        let answer = self.answers.remove(&token)?;
        self.person(name).waits = None;
        Some(answer)
    }

    pub(super) fn waits(&self, name: &'static str) -> bool {
        self.people[name].waits.is_some_and(|token| !self.answers.contains_key(&token))
    }

    pub(super) fn beat(&mut self, name: &'static str) -> ErrorCode {
        let person = self.people[name].clone();
        let request = HeartbeatRequest {
            group_id: GROUP.into(),
            member_id: person.id.into(),
            generation_id: person.generation,
            group_instance_id: person.instance.map(Cow::Borrowed),
            ..HeartbeatRequest::DEFAULT
        };
        self.groups.heartbeat(self.now, 4, &request).error_code
    }

    pub(super) fn leave(&mut self, name: &'static str) -> ErrorCode {
        let person = self.people[name].clone();
        let member = MemberIdentity {
            member_id: person.id.into(),
            group_instance_id: person.instance.map(Cow::Borrowed),
            ..MemberIdentity::DEFAULT
        };
        let request = LeaveGroupRequest {
            group_id: GROUP.into(),
            members: vec![member],
            ..LeaveGroupRequest::DEFAULT
        };
        let answer = self.groups.leave(self.now, 5, &request);
        self.collect();
        assert_eq!(answer.error_code, ErrorCode::NONE);
        answer.members[0].error_code
    }
}

pub(super) fn join_request(person: &Person) -> JoinGroupRequest<'static> {
    let protocols = person.protocols.iter().map(|(name, metadata)| JoinGroupRequestProtocol {
        name: Cow::Borrowed(name),
        metadata: Cow::Borrowed(metadata.as_bytes()),
        ..JoinGroupRequestProtocol::DEFAULT
    });
    JoinGroupRequest {
        group_id: GROUP.into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 60_000,
        member_id: person.id.clone().into(),
        group_instance_id: person.instance.map(Cow::Borrowed),
        protocol_type: "consumer".into(),
        protocols: protocols.collect(),
        ..JoinGroupRequest::DEFAULT
    }
}

pub(super) fn sync_request(person: &Person) -> SyncGroupRequest<'static> {
    SyncGroupRequest {
        group_id: GROUP.into(),
        generation_id: person.generation,
        member_id: person.id.clone().into(),
        group_instance_id: person.instance.map(Cow::Borrowed),
        protocol_type: Some("consumer".into()),
        protocol_name: Some(person.protocols[0].0.into()),
        ..SyncGroupRequest::DEFAULT
    }
}
