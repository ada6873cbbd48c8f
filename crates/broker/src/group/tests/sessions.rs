//! Members that are not heard of, connections that are gone, coordinators that move.

use super::*;

#[test]
fn a_silent_member_is_given_up_when_its_session_ends() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.pass(SESSION / 2);
    assert_eq!(desk.beat("a"), ErrorCode::NONE);
    desk.pass(SESSION / 2);
    assert_eq!(desk.beat("a"), ErrorCode::REBALANCE_IN_PROGRESS);
    assert_eq!(desk.beat("b"), ErrorCode::UNKNOWN_MEMBER_ID);
    desk.join("a");
    assert_eq!(desk.joined("a").members.len(), 1);
}

#[test]
fn a_group_of_the_dead_becomes_empty() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.pass(SESSION + REBALANCE);
    assert_eq!(desk.state(), "Empty");
    assert_eq!(desk.group().generation, 2);
}

#[test]
fn waiting_for_the_others_is_no_silence() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("a");
    desk.join("c");
    for _ in 0..5 {
        desk.pass(SESSION / 2);
        assert_eq!(desk.beat("b"), ErrorCode::REBALANCE_IN_PROGRESS);
    }
    assert!(desk.waits("a") && desk.waits("c"));
    desk.join("b");
    assert_eq!(desk.joined("a").generation_id, 2);
}

#[test]
fn an_id_that_does_not_come_back_holds_nobody_up_for_long() {
    let mut desk = Desk::of(&["a"]);
    desk.ask_to_join("b");
    desk.join("a");
    assert!(desk.waits("a"), "whoever was given an id is waited for");
    desk.pass(SESSION);
    assert_eq!(desk.joined("a").members.len(), 1);
}

#[test]
fn a_newcomer_is_not_kept_waiting_for_ever() {
    let settings = GroupSettings { new_member_join_timeout: 2 * SESSION, ..<_>::default() };
    let mut desk = Desk::with(settings);
    desk.form(&["a"]);
    desk.join("b");
    for _ in 0..4 {
        assert!(desk.waits("b"));
        desk.pass(SESSION / 2);
        desk.beat("a");
    }
    assert_eq!(desk.joined("b").error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn members_that_never_sync_are_thrown_out() {
    let (mut desk, leader, follower) = Desk::completing();
    desk.sync(follower, &[]);
    for _ in 0..12 {
        assert_eq!(desk.beat(leader), ErrorCode::NONE);
        desk.pass(REBALANCE / 12);
    }
    assert_eq!(desk.synced(follower), Err(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(desk.beat(leader), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn a_session_begins_with_the_generation() {
    let (mut desk, leader, follower) = Desk::completing();
    desk.sync(follower, &[]);
    desk.pass(SESSION);
    assert_eq!(desk.synced(follower), Err(ErrorCode::REBALANCE_IN_PROGRESS));
    assert_eq!(desk.beat(leader), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn a_session_that_ended_while_its_member_waited_begins_again() {
    let (mut desk, leader, follower) = Desk::completing();
    desk.sync(follower, &[]);
    for _ in 0..4 {
        assert_eq!(desk.beat(leader), ErrorCode::NONE);
        desk.pass(SESSION / 2);
    }
    desk.sync(leader, &[(leader, "x"), (follower, "y")]);
    assert_eq!(desk.synced(follower), Ok("y".to_owned()));
    desk.pass(SESSION);
    assert_eq!(desk.beat(follower), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn an_id_that_was_given_away_is_lost_with_the_coordinator() {
    let mut desk = Desk::of(&["a"]);
    desk.ask_to_join("b");
    desk.person("b").id = desk.joined("b").member_id.to_string();
    desk.groups.reload(desk.now);
    desk.join("b");
    assert_eq!(desk.joined("b").error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn a_forgotten_join_is_not_answered_but_counts_as_one() {
    let mut desk = Desk::new();
    desk.all_join(&["a", "b"]);
    let token = desk.people["b"].waits.expect("a join has a token");
    desk.groups.forget(token);
    desk.pass(GATHER);
    assert_eq!(desk.joined("a").members.len(), 2);
    assert!(desk.waits("b"));
}

#[test]
fn a_forgotten_answer_does_not_come_out() {
    let mut desk = Desk::new();
    let client = Member { client_id: "a", client_host: "" };
    let person = desk.person("a").clone();
    desk.groups.join(desk.now, Token(5), client, 9, &join_request(&person));
    desk.groups.forget(Token(5));
    assert_eq!(desk.groups.poll(), None);
}

#[test]
fn a_stable_group_survives_its_coordinator() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.pass(SESSION / 2);
    desk.groups.reload(desk.now);
    assert_eq!(desk.state(), "Stable");
    desk.pass(SESSION / 2);
    assert_eq!(desk.beat("a"), ErrorCode::NONE);
}

#[test]
fn whoever_waits_for_a_coordinator_hears_that_it_has_moved() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("c");
    let of_others = |name: &str| name != GROUP;
    desk.groups.reload_if(desk.now, &of_others);
    desk.collect();
    assert!(desk.waits("c"));
    desk.groups.reload(desk.now);
    desk.collect();
    assert_eq!(desk.joined("c").error_code, ErrorCode::NOT_COORDINATOR);
    assert_eq!((desk.state(), desk.group().generation), ("Empty", 1));
    assert_eq!(desk.beat("a"), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn an_empty_group_without_offsets_is_forgotten() {
    let mut desk = Desk::of(&["a"]);
    assert_eq!(desk.leave("a"), ErrorCode::NONE);
    desk.pass(GroupSettings::default().retention_check);
    assert_eq!(desk.state(), "Dead");
    assert_eq!(desk.groups.next_wake(), None);
}
