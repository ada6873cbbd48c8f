//! Members come, share, change their minds and go.

use super::*;

#[test]
fn two_who_join_share_what_their_leader_assigns() {
    let mut desk = Desk::new();
    desk.join("a");
    desk.join("b");
    assert!(desk.waits("a") && desk.waits("b"));
    desk.pass(GATHER);
    let (a, b) = (desk.joined("a"), desk.joined("b"));
    assert_eq!((a.generation_id, b.generation_id), (1, 1));
    assert_eq!(a.leader, a.member_id);
    assert_eq!((a.members.len(), b.members.len()), (2, 0));
    desk.sync("b", &[]);
    assert!(desk.waits("b"));
    desk.sync("a", &[("a", "0,1"), ("b", "2,3")]);
    assert_eq!(desk.synced("a"), Ok("0,1".to_owned()));
    assert_eq!(desk.synced("b"), Ok("2,3".to_owned()));
    assert_eq!(desk.beat("b"), ErrorCode::NONE);
}

#[test]
fn a_newcomer_makes_everyone_join_again() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("c");
    assert!(desk.waits("c"));
    assert_eq!(desk.beat("a"), ErrorCode::REBALANCE_IN_PROGRESS);
    desk.join("a");
    desk.join("b");
    let generations = ["a", "b", "c"].map(|name| desk.joined(name).generation_id);
    assert_eq!(generations, [2, 2, 2]);
    desk.share_out();
}

#[test]
fn a_member_that_leaves_is_not_waited_for() {
    let mut desk = Desk::of(&["a", "b"]);
    assert_eq!(desk.leave("a"), ErrorCode::NONE);
    assert_eq!(desk.beat("b"), ErrorCode::REBALANCE_IN_PROGRESS);
    desk.join("b");
    let b = desk.joined("b");
    assert_eq!((b.generation_id, b.members.len()), (2, 1));
    assert_eq!(b.leader, b.member_id);
    assert_eq!(desk.leave("b"), ErrorCode::NONE);
    assert_eq!((desk.state(), desk.group().generation), ("Empty", 3));
}

#[test]
fn whoever_does_not_join_in_time_is_left_out() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("a");
    desk.join("c");
    for _ in 0..12 {
        assert_eq!(desk.beat("b"), ErrorCode::REBALANCE_IN_PROGRESS);
        desk.pass(REBALANCE / 12);
    }
    assert_eq!(desk.joined("a").members.len(), 2);
    assert_eq!(desk.joined("c").generation_id, 2);
    assert_eq!(desk.beat("b"), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn a_late_leader_is_followed_by_one_who_joined() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("c");
    desk.join("b");
    desk.pass(REBALANCE);
    let (b, c) = (desk.joined("b"), desk.joined("c"));
    assert_eq!(b.leader, c.leader);
    assert_eq!(b.members.len() + c.members.len(), 2);
}

#[test]
fn a_first_generation_is_put_off_for_each_newcomer_but_not_for_ever() {
    let mut desk = Desk::new();
    desk.join("a");
    for name in ["b", "c", "d"] {
        desk.pass(Duration::from_secs(2));
        desk.join(name);
    }
    assert!(desk.waits("a"));
    desk.pass(Duration::from_secs(6));
    assert_eq!(desk.joined("a").members.len(), 4);

    let mut desk = Desk::new();
    let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    for name in names.iter().cycle().take(40) {
        desk.person(name).id.clear();
        desk.person(name).version = 3;
        desk.join(name);
        desk.pass(Duration::from_secs(2));
    }
    assert!(desk.group().generation > 0, "sixty seconds are the most that anyone asked for");
}

#[test]
fn a_change_of_mind_is_a_rebalance_and_a_repetition_is_not() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("b");
    assert_eq!(desk.joined("b").generation_id, 1);
    desk.person("b").protocols = vec![("range", "other topics")];
    desk.join("b");
    assert!(desk.waits("b"));
    desk.join("a");
    let heard = desk.joined("a").members;
    assert!(heard.iter().any(|member| *member.metadata == *b"other topics"));
}

#[test]
fn a_leader_that_joins_again_has_its_reasons() {
    let mut desk = Desk::of(&["a", "b"]);
    let leader = desk.leader();
    desk.join(leader);
    assert!(desk.waits(leader));
    assert_eq!(desk.state(), "Preparing");
}

#[test]
fn the_protocol_is_one_that_all_know_and_most_prefer() {
    let mut desk = Desk::new();
    desk.person("a").protocols = vec![("x", ""), ("sticky", ""), ("range", "")];
    desk.person("b").protocols = vec![("range", ""), ("sticky", "")];
    desk.person("c").protocols = vec![("range", ""), ("sticky", ""), ("y", "")];
    desk.all_join(&["a", "b", "c"]);
    desk.person("d").protocols = vec![("y", "")];
    desk.join("d");
    assert_eq!(desk.joined("d").error_code, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    desk.pass(GATHER);
    assert_eq!(desk.joined("a").protocol_name.as_deref(), Some("range"));
}

#[test]
fn a_rebalance_takes_back_what_was_not_yet_assigned() {
    let mut desk = Desk::of(&["a", "b"]);
    desk.join("c");
    desk.all_join(&["a", "b"]);
    desk.all_joined(&["a", "b", "c"]);
    let leader = desk.leader();
    let follower = ["a", "b", "c"].into_iter().find(|name| *name != leader).expect("two follow");
    desk.sync(follower, &[]);
    assert_eq!(desk.leave(leader), ErrorCode::NONE);
    assert_eq!(desk.synced(follower), Err(ErrorCode::REBALANCE_IN_PROGRESS));
}

#[test]
fn a_group_that_is_full_takes_no_more() {
    let mut desk = Desk::with(GroupSettings { max_size: 2, ..GroupSettings::default() });
    desk.form(&["a", "b"]);
    desk.join("c");
    assert_eq!(desk.joined("c").error_code, ErrorCode::GROUP_MAX_SIZE_REACHED);
    assert_eq!(desk.state(), "Stable");
}

#[test]
fn a_full_group_that_prepares_takes_nobody_beyond_those_who_joined() {
    let mut desk = Desk::with(GroupSettings { max_size: 2, ..GroupSettings::default() });
    desk.all_join(&["a", "b", "c"]);
    assert_eq!(desk.joined("c").error_code, ErrorCode::GROUP_MAX_SIZE_REACHED);
    desk.pass(GATHER);
    assert_eq!(desk.joined("a").members.len() + desk.joined("b").members.len(), 2);
}

#[test]
fn no_more_ids_are_given_away_than_there_is_room() {
    let mut desk = Desk::with(GroupSettings { max_size: 1, ..GroupSettings::default() });
    ["a", "b"].iter().for_each(|name| desk.ask_to_join(name));
    assert_eq!(desk.joined("a").error_code, ErrorCode::MEMBER_ID_REQUIRED);
    assert_eq!(desk.joined("b").error_code, ErrorCode::GROUP_MAX_SIZE_REACHED);
}

#[test]
fn whoever_leaves_while_it_waits_is_told_that_it_is_unknown() {
    let (mut desk, leader, follower) = Desk::completing();
    desk.sync(follower, &[]);
    assert_eq!(desk.leave(follower), ErrorCode::NONE);
    assert_eq!(desk.synced(follower), Err(ErrorCode::UNKNOWN_MEMBER_ID));
    desk.join("c");
    assert_eq!(desk.leave("c"), ErrorCode::NONE);
    assert_eq!(desk.joined("c").error_code, ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(desk.beat(leader), ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn limits_of_memory_are_kept_with_codes_of_kafka() {
    let settings = GroupSettings { max_groups: 1, max_metadata_bytes: 50, ..<_>::default() };
    let mut desk = Desk::with(settings);
    desk.person("a").protocols = vec![("range", "a subscription that is too long")];
    desk.join("a");
    assert_eq!(desk.joined("a").error_code, ErrorCode::UNKNOWN_SERVER_ERROR);
    let person = desk.people.remove("a").expect("a has asked");
    desk.form(&["b", "c"]);
    let request = JoinGroupRequest { group_id: "h".into(), ..join_request(&person) };
    let request = JoinGroupRequest { protocols: Vec::new(), ..request };
    let client = Member { client_id: "a", client_host: "" };
    desk.groups.join(desk.now, Token(99), client, 9, &request);
    let Some((Token(99), Answer::Join(answer))) = desk.groups.poll() else { panic!("it waits") };
    assert_eq!(answer.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
}

#[test]
fn assignments_that_are_too_large_are_refused_to_all() {
    let mut desk = Desk::with(GroupSettings { max_metadata_bytes: 50, ..<_>::default() });
    desk.all_join(&["a", "b"]);
    desk.pass(GATHER);
    desk.all_joined(&["a", "b"]);
    let leader = desk.leader();
    let follower = if leader == "a" { "b" } else { "a" };
    desk.sync(follower, &[]);
    desk.sync(leader, &[(leader, &"x".repeat(51))]);
    assert_eq!(desk.synced(leader), Err(ErrorCode::UNKNOWN_SERVER_ERROR));
    assert_eq!(desk.synced(follower), Err(ErrorCode::UNKNOWN_SERVER_ERROR));
    assert_eq!(desk.state(), "Preparing");
}

#[test]
fn of_two_joins_of_one_member_the_newer_is_the_one_that_waits() {
    let mut desk = Desk::of(&["a", "b"]);
    let leader = desk.leader();
    desk.join(leader);
    let older = desk.people[leader].waits.expect("a join has a token");
    desk.join(leader);
    let Some(Answer::Join(answer)) = desk.answers.get(&older) else { panic!("it waits") };
    assert_eq!(answer.error_code, ErrorCode::REBALANCE_IN_PROGRESS);
    assert!(desk.waits(leader));
}
