//! Markers: their order, failures, partitions that are gone, and restarts of the coordinator.

use super::*;

#[test]
fn the_last_marker_completes_the_transaction_and_no_other() {
    let mut world = World::two();
    let who = world.ongoing();
    world.add(who, 1);
    world.commit(who, 5).unwrap();
    let first = world.coordinator.poll_marker().unwrap();
    let second = world.coordinator.poll_marker().unwrap();
    assert_eq!(world.coordinator.poll_marker(), None);
    world.written(&first);
    world.written(&first);
    assert_eq!(world.state(), "PrepareCommit");
    let facts = world.coordinator.describe(TX).unwrap();
    assert_eq!(facts.partitions.into_iter().collect::<Vec<_>>(), [part(1)]);
    world.written(&second);
    assert_eq!(world.state(), "CompleteCommit");
}

#[test]
fn a_marker_that_failed_is_handed_out_again_after_a_wake() {
    let mut world = World::two();
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    let write = world.coordinator.poll_marker().unwrap();
    world.coordinator.marker_failed(&write, false);
    assert_eq!(world.coordinator.poll_marker(), None);
    let wake = world.coordinator.next_wake().unwrap();
    world.pass(wake.saturating_duration_since(world.now.mono));
    assert_eq!(world.coordinator.poll_marker(), Some(write.clone()));
    world.written(&write);
    assert_eq!(world.state(), "CompleteCommit");
}

#[test]
fn a_partition_that_is_gone_needs_no_marker() {
    let mut world = World::two();
    let who = world.ongoing();
    world.abort(who, 5).unwrap();
    let write = world.coordinator.poll_marker().unwrap();
    world.coordinator.marker_failed(&write, true);
    assert_eq!(world.state(), "CompleteAbort");
}

#[test]
fn a_late_report_does_not_touch_the_next_transaction() {
    let mut world = World::one();
    let who = world.ongoing();
    world.commit(who, 4).unwrap();
    let old = world.write_markers().remove(0);
    assert_eq!(world.add(who, 0), OK);
    world.written(&old);
    assert_eq!(world.state(), "Ongoing");
    world.coordinator.marker_failed(&old, false);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.coordinator.poll_marker(), None);
}

#[test]
fn a_restarted_coordinator_writes_every_marker_of_a_decided_end_again() {
    let mut world = World::two();
    let who = world.ongoing();
    world.add(who, 1);
    world.commit(who, 5).unwrap();
    let first = world.coordinator.poll_marker().unwrap();
    let second = world.coordinator.poll_marker().unwrap();
    world.written(&first);
    world.coordinator.reload();
    world.written(&second);
    assert_eq!(world.state(), "PrepareCommit");
    let again = world.write_markers();
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|write| write.coordinator_epoch == first.coordinator_epoch + 1));
    assert_eq!(world.state(), "CompleteCommit");
    assert_eq!(world.identity(), raised(who));
}

#[test]
fn a_restarted_coordinator_knows_open_transactions_and_no_earlier_epochs() {
    let mut world = World::two();
    let first = world.init().unwrap();
    let who = world.init_from(first).unwrap();
    world.add(who, 0);
    world.coordinator.reload();
    assert_eq!(world.verify(who, 0), OK);
    world.commit(who, 5).unwrap();
    world.write_markers();
    let present = world.identity();
    world.coordinator.reload();
    assert_eq!(world.init_from(before(present)), Err(ErrorCode::PRODUCER_FENCED));
    assert_eq!(world.init_from(present), Ok(raised(present)));
}

#[test]
fn a_rotation_survives_a_restart() {
    let mut world = World::two();
    world.ongoing();
    let last = world.age(32_766);
    let fresh = world.commit(last, 5).unwrap().unwrap();
    world.coordinator.reload();
    assert_eq!(world.write_markers().len(), 1);
    assert_eq!(world.identity(), fresh);
}

#[test]
fn ids_are_listed_with_their_producers_and_states() {
    let mut world = World::two();
    let who = world.ongoing();
    let other = world
        .ask(|c, rules| c.init_producer_id(Some("a"), 60_000, Identity::NONE, 5, rules))
        .unwrap();
    let listed: Vec<_> =
        world.coordinator.list().map(|each| (each.id, each.pid, each.state)).collect();
    assert_eq!(listed, [("a", other.pid, "Empty"), (TX, who.pid, "Ongoing")]);
    assert_eq!(world.coordinator.describe("nobody"), None);
}

/// Lets the marker of a committed transaction fail; gives the marker.
fn failed(world: &mut World) -> MarkerWrite {
    let who = world.ongoing();
    world.commit(who, 5).unwrap();
    // What was due is found anew, and only the marker is left to wake for.
    world.pass(Duration::from_secs(120));
    let write = world.coordinator.poll_marker().unwrap();
    world.coordinator.marker_failed(&write, false);
    world.coordinator.marker_failed(&write, false);
    write
}

#[test]
fn a_marker_says_whether_its_epoch_was_raised() {
    for (version, is_raised) in [(4, false), (5, true)] {
        let mut world = World::two();
        let who = world.ongoing();
        world.commit(who, version).unwrap();
        assert_eq!(world.coordinator.poll_marker().unwrap().is_raised, is_raised);
        world.coordinator.reload();
        assert_eq!(world.coordinator.poll_marker().unwrap().is_raised, is_raised, "again");
    }
    for (mut world, is_raised) in [(World::one(), false), (World::two(), true)] {
        world.ongoing();
        world.pass(Duration::from_secs(120));
        assert_eq!(world.coordinator.poll_marker().unwrap().is_raised, is_raised, "too late");
    }
}

#[test]
fn a_marker_that_failed_twice_is_handed_out_once_and_wakes_once() {
    let mut world = World::two();
    let write = failed(&mut world);
    let wake = world.coordinator.next_wake().unwrap();
    world.pass(wake.saturating_duration_since(world.now.mono));
    assert_eq!(world.coordinator.next_wake(), None);
    assert_eq!(world.coordinator.poll_marker(), Some(write));
    assert_eq!(world.coordinator.poll_marker(), None);
}

#[test]
fn a_restarted_coordinator_waits_for_no_marker() {
    let mut world = World::two();
    failed(&mut world);
    world.coordinator.reload();
    assert_eq!(world.coordinator.next_wake(), None);
    assert_eq!(world.write_markers().len(), 1);
}

#[test]
fn a_late_report_does_not_count_for_the_next_end() {
    let mut world = World::two();
    let who = world.ongoing();
    let next = world.commit(who, 5).unwrap().unwrap();
    let old = world.write_markers().remove(0);
    world.add(next, 0);
    world.commit(next, 5).unwrap();
    world.written(&old);
    assert_eq!(world.state(), "PrepareCommit");
}
