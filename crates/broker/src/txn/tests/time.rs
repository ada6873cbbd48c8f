//! Timeouts of transactions, and ids that nobody uses.

use super::*;

const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
fn a_transaction_that_lasts_too_long_is_aborted_and_its_producer_fenced() {
    for mut world in [World::one(), World::two()] {
        let who = world.ongoing();
        world.pass(TIMEOUT);
        assert_eq!(world.state(), "Ongoing");
        world.pass(Duration::from_millis(1));
        assert_eq!(world.state(), "PrepareAbort");
        let marker = world.write_markers().remove(0);
        assert!(!marker.commit && marker.epoch == who.epoch + 1);
        assert_eq!(world.identity(), raised(who));
        assert_eq!(world.verify(who, 0), ErrorCode::PRODUCER_FENCED);
        assert_eq!(world.commit(who, 4), Err(ErrorCode::PRODUCER_FENCED));
        assert_eq!(world.abort(who, 4), Err(ErrorCode::PRODUCER_FENCED));
    }
}

#[test]
fn generation_two_recovers_from_a_timeout_by_its_abort() {
    let mut world = World::two();
    let who = world.ongoing();
    world.pass(TIMEOUT * 2);
    assert_eq!(world.abort(who, 5), Err(ErrorCode::CONCURRENT_TRANSACTIONS));
    world.write_markers();
    assert_eq!(world.commit(who, 5), Err(ErrorCode::INVALID_TXN_STATE));
    assert_eq!(world.abort(who, 5), Ok(Some(raised(who))));
    assert_eq!(world.add(raised(who), 0), OK);
}

#[test]
fn a_timeout_at_the_last_epoch_leads_to_a_new_producer_id() {
    for mut world in [World::one(), World::two()] {
        world.ongoing();
        let last = world.age(32_766);
        world.pass(TIMEOUT * 2);
        let marker = world.write_markers().remove(0);
        assert_eq!((marker.pid, marker.epoch), (last.pid, i16::MAX));
        if world.two {
            assert_ne!(world.identity().pid, last.pid);
            assert_eq!(world.abort(last, 5), Ok(Some(world.identity())));
        }
        assert_ne!(world.init().unwrap().pid, last.pid);
    }
}

#[test]
fn the_wake_is_the_moment_of_the_timeout() {
    let mut world = World::two();
    let who = world.ongoing();
    world.pass(Duration::from_secs(30));
    assert_eq!(world.add(who, 1), OK);
    let due = Time(0).saturating_add(TIMEOUT + Duration::from_millis(1));
    assert_eq!(world.coordinator.next_wake(), Some(due));
    assert_eq!(world.coordinator.describe(TX).unwrap().start_time_ms, 1_000_000);
    world.pass(due.saturating_duration_since(world.now.mono));
    assert_eq!(world.state(), "PrepareAbort");
    assert_eq!(world.coordinator.next_wake(), None);
}

#[test]
fn a_transaction_may_outlast_the_timeout_when_it_has_ended() {
    let mut world = World::two();
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    world.pass(TIMEOUT * 2);
    assert_eq!(world.state(), "PrepareCommit");
    world.write_markers();
    assert_eq!(world.state(), "CompleteCommit");
}

#[test]
fn an_id_that_nobody_uses_is_forgotten_after_a_week() {
    let week = Duration::from_secs(604_800);
    for ended in [false, true] {
        let mut world = World::two();
        let mut who = world.init().unwrap();
        if ended {
            world.add(who, 0);
            who = world.commit(who, 5).unwrap().unwrap();
            world.write_markers();
        }
        world.pass(week - Duration::from_millis(1));
        assert_ne!(world.state(), "unknown");
        world.pass(Duration::from_millis(1));
        assert_eq!(world.state(), "unknown");
        assert_eq!(world.add(who, 0), ErrorCode::INVALID_PRODUCER_ID_MAPPING);
        assert_ne!(world.init().unwrap().pid, who.pid);
    }
}

#[test]
fn nobody_wakes_a_coordinator_that_knows_nobody() {
    assert_eq!(World::two().coordinator.next_wake(), None);
}

#[test]
fn a_wake_for_what_has_ended_meanwhile_does_nothing() {
    let mut world = World::two();
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    world.write_markers();
    let wake = world.coordinator.next_wake().unwrap();
    world.pass(wake.saturating_duration_since(world.now.mono));
    assert_eq!(world.state(), "CompleteCommit");
    assert!(world.coordinator.next_wake().unwrap() > world.now.mono);
}

#[test]
fn every_transaction_has_its_own_time() {
    let mut world = World::one();
    let who = world.ongoing();
    world.pass(Duration::from_secs(50));
    world.commit(who, 4).unwrap();
    world.write_markers();
    world.pass(Duration::from_secs(5));
    assert_eq!(world.add(who, 0), OK);
    world.pass(TIMEOUT);
    assert_eq!(world.state(), "Ongoing");
    world.pass(Duration::from_millis(1));
    assert_eq!(world.state(), "PrepareAbort");
}

#[test]
fn idleness_begins_with_the_last_marker() {
    let mut world = World::two();
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    world.pass(TIMEOUT * 2);
    assert_eq!(world.coordinator.next_wake(), None);
    world.write_markers();
    let week = Duration::from_secs(604_800);
    assert_eq!(world.coordinator.next_wake(), Some(world.now.mono.saturating_add(week)));
    world.pass(week - Duration::from_millis(1));
    assert_eq!(world.state(), "CompleteCommit");
    world.pass(Duration::from_millis(1));
    assert_eq!(world.state(), "unknown");
}
