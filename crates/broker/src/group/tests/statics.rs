//! Static members: a name of one's own outlives an id.

use super::*;

/// A stable group of two with the names `one` and `two`, and who leads it.
fn pair() -> (Desk, &'static str, &'static str) {
    let mut desk = Desk::new();
    desk.person("a").instance = Some("one");
    desk.person("b").instance = Some("two");
    desk.form(&["a", "b"]);
    let leader = desk.leader();
    (desk, leader, if leader == "a" { "b" } else { "a" })
}

#[test]
fn a_static_member_is_let_in_without_a_second_join() {
    let mut desk = Desk::new();
    desk.person("a").instance = Some("one");
    desk.ask_to_join("a");
    assert!(desk.waits("a"));
    desk.pass(GATHER);
    let id = desk.joined("a").member_id;
    assert!(id.starts_with("one-") && id.len() == 40, "{id}");
}

#[test]
fn a_restart_within_the_session_moves_nothing() {
    let (mut desk, _, follower) = pair();
    let old = std::mem::take(&mut desk.person(follower).id);
    desk.join(follower);
    let answer = desk.joined(follower);
    assert_eq!((answer.error_code, answer.generation_id), (ErrorCode::NONE, 1));
    assert_ne!(answer.member_id, old);
    assert!(!answer.skip_assignment);
    desk.sync(follower, &[]);
    assert_eq!(desk.synced(follower), Ok(follower.to_owned()));
    assert_eq!(desk.state(), "Stable");
}

#[test]
fn a_restart_is_a_sign_of_life() {
    let (mut desk, leader, follower) = pair();
    desk.pass(SESSION / 2);
    desk.beat(leader);
    desk.person(follower).id.clear();
    desk.join(follower);
    desk.joined(follower);
    desk.pass(SESSION * 3 / 4);
    assert_eq!(desk.beat(follower), ErrorCode::NONE);
}

#[test]
fn nobody_waits_for_the_sync_of_a_former_id() {
    let (mut desk, leader, follower) = pair();
    desk.all_join(&[leader, follower]);
    desk.all_joined(&[leader, follower]);
    desk.sync(leader, &[(leader, "x"), (follower, "y")]);
    desk.person(follower).id.clear();
    desk.join(follower);
    desk.joined(follower);
    for _ in 0..20 {
        desk.pass(SESSION / 2);
        assert_eq!([leader, follower].map(|name| desk.beat(name)), [ErrorCode::NONE; 2]);
    }
}

#[test]
fn a_leader_that_restarts_skips_the_assignment() {
    let (mut desk, leader, _) = pair();
    desk.person(leader).id.clear();
    desk.join(leader);
    let answer = desk.joined(leader);
    assert!(answer.skip_assignment);
    assert_eq!((answer.members.len(), &answer.leader), (2, &answer.member_id));
}

#[test]
fn an_old_leader_that_restarts_is_told_that_another_leads() {
    let (mut desk, leader, _) = pair();
    let old = std::mem::take(&mut desk.person(leader).id);
    desk.person(leader).version = 8;
    desk.join(leader);
    let answer = desk.joined(leader);
    assert_eq!((&*answer.leader, answer.members.len()), (&*old, 0));
}

#[test]
fn whoever_speaks_under_the_old_id_is_fenced() {
    let (mut desk, _, follower) = pair();
    let old = desk.people[follower].clone();
    desk.person(follower).id.clear();
    desk.join(follower);
    desk.joined(follower);
    desk.person(follower).id = old.id;
    assert_eq!(desk.beat(follower), ErrorCode::FENCED_INSTANCE_ID);
    assert_eq!(desk.leave(follower), ErrorCode::FENCED_INSTANCE_ID);
    desk.join(follower);
    assert_eq!(desk.joined(follower).error_code, ErrorCode::FENCED_INSTANCE_ID);
}

#[test]
fn a_second_holder_of_a_name_ends_the_wait_of_the_first() {
    let mut desk = Desk::new();
    desk.person("a").instance = Some("one");
    desk.person("b").instance = Some("one");
    desk.join("a");
    desk.join("b");
    assert_eq!(desk.joined("a").error_code, ErrorCode::FENCED_INSTANCE_ID);
    desk.pass(GATHER);
    assert_eq!(desk.joined("b").members.len(), 1);
}

#[test]
fn a_static_member_that_is_late_keeps_its_place() {
    let (mut desk, leader, follower) = pair();
    desk.join(leader);
    for _ in 0..12 {
        assert_eq!(desk.beat(follower), ErrorCode::REBALANCE_IN_PROGRESS);
        desk.pass(REBALANCE / 12);
    }
    assert_eq!(desk.joined(leader).members.len(), 2);
}

#[test]
fn an_administrator_removes_a_member_by_its_name() {
    let (mut desk, _, follower) = pair();
    desk.person(follower).id.clear();
    assert_eq!(desk.leave(follower), ErrorCode::NONE);
    assert_eq!(desk.leave(follower), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(desk.group().roster.members.len(), 1);
}
