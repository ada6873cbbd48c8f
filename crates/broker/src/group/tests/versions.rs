//! What differs from one version of a request to another, and what is wrong with some of them.

use klamm_protocol::{Message, encode};

use super::*;

#[test]
fn a_first_join_waits_up_to_version_3_and_is_given_an_id_from_4_on() {
    for version in 0..=9 {
        let mut desk = Desk::new();
        desk.person("a").version = version;
        desk.ask_to_join("a");
        assert_eq!(desk.waits("a"), version < 4);
        desk.join("a");
        desk.pass(GATHER);
        let answer = desk.joined("a");
        assert_eq!(answer.protocol_name.as_deref(), Some("range"));
        assert!(encode(&answer, version).is_ok());
    }
}

#[test]
fn every_refused_join_can_be_written_in_its_version() {
    for version in 0..=9 {
        let mut desk = Desk::new();
        desk.person("a").id = "stranger".to_owned();
        desk.person("a").version = version;
        desk.join("a");
        let answer = desk.joined("a");
        assert_eq!(answer.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
        assert_eq!(answer.protocol_name.is_none(), version >= 7);
        assert!(encode(&answer, version).is_ok());
    }
}

#[test]
fn the_oldest_join_has_one_timeout_for_both() {
    let mut desk = Desk::new();
    desk.person("a").version = 0;
    desk.join("a");
    assert_eq!(desk.group().roster.rebalance_timeout(), SESSION);
}

#[test]
fn a_join_with_an_impossible_session_or_group_is_refused() {
    let mut desk = Desk::new();
    let person = desk.person("a").clone();
    let mut code = |request: &JoinGroupRequest<'_>| {
        let token = desk.token();
        let client = Member { client_id: "a", client_host: "" };
        desk.groups.join(desk.now, token, client, 9, request);
        let Some((_, Answer::Join(answer))) = desk.groups.poll() else { panic!("it waits") };
        answer.error_code
    };
    for session_timeout_ms in [-1, 0, 5_999, 1_800_001] {
        let request = JoinGroupRequest { session_timeout_ms, ..join_request(&person) };
        assert_eq!(code(&request), ErrorCode::INVALID_SESSION_TIMEOUT);
    }
    let request = JoinGroupRequest { group_id: "".into(), ..join_request(&person) };
    assert_eq!(code(&request), ErrorCode::INVALID_GROUP_ID);
    let request = JoinGroupRequest { protocols: Vec::new(), ..join_request(&person) };
    assert_eq!(code(&request), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
}

#[test]
fn the_newest_sync_must_name_the_protocol_that_was_chosen() {
    let mut desk = Desk::of(&["a"]);
    let person = desk.people["a"].clone();
    let mut code = |version, name: Option<&'static str>| {
        let token = desk.token();
        let protocol_name = name.map(Cow::Borrowed);
        let request = SyncGroupRequest { protocol_name, ..sync_request(&person) };
        desk.groups.sync(desk.now, token, version, &request);
        let Some((_, Answer::Sync(answer))) = desk.groups.poll() else { panic!("it waits") };
        answer.error_code
    };
    assert_eq!(code(5, Some("range")), ErrorCode::NONE);
    assert_eq!(code(5, Some("sticky")), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    assert_eq!(code(5, None), ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    assert_eq!(code(4, None), ErrorCode::NONE);
}

#[test]
fn another_generation_than_the_current_one_is_illegal() {
    let mut desk = Desk::of(&["a"]);
    desk.person("a").generation = 7;
    assert_eq!(desk.beat("a"), ErrorCode::ILLEGAL_GENERATION);
    desk.sync("a", &[]);
    assert_eq!(desk.synced("a"), Err(ErrorCode::ILLEGAL_GENERATION));
}

#[test]
fn a_leave_of_one_member_has_one_error_and_one_of_many_has_many() {
    let mut desk = Desk::of(&["a", "b"]);
    let id = desk.people["a"].id.clone();
    let old = |member_id: &str| LeaveGroupRequest {
        group_id: GROUP.into(),
        member_id: Cow::Owned(member_id.to_owned()),
        ..LeaveGroupRequest::DEFAULT
    };
    let answers = [&id, &id].map(|id| desk.groups.leave(desk.now, 2, &old(id)));
    assert_eq!(answers[0].error_code, ErrorCode::NONE);
    assert_eq!(answers[1].error_code, ErrorCode::UNKNOWN_MEMBER_ID);
    assert!(answers.iter().all(|answer| encode(answer, 2).is_ok()));
    let id = desk.people["b"].id.clone();
    let member = |id: &str| MemberIdentity {
        member_id: Cow::Owned(id.to_owned()),
        ..MemberIdentity::DEFAULT
    };
    let request = LeaveGroupRequest {
        group_id: GROUP.into(),
        members: vec![member("stranger"), member(&id)],
        ..LeaveGroupRequest::DEFAULT
    };
    let answer = desk.groups.leave(desk.now, 5, &request);
    let codes: Vec<_> = answer.members.iter().map(|member| member.error_code).collect();
    assert_eq!(codes, [ErrorCode::UNKNOWN_MEMBER_ID, ErrorCode::NONE]);
    assert!(answer.size(3).is_ok() && desk.state() == "Empty");
}

#[test]
fn ids_of_members_repeat_only_with_the_seed() {
    let ids = |seed| {
        let mut ids = MemberIds::new(seed);
        [ids.next("c"), ids.next("c")]
    };
    assert_eq!(ids(1), ids(1));
    let all: std::collections::BTreeSet<_> = ids(1).into_iter().chain(ids(2)).collect();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|id| id.len() == 38 && id.as_bytes()[16] == b'4'));
}
