//! Each defect breaks its promise and nothing else is needed for it.

use super::*;

#[test]
fn every_producer_gets_the_same_id() {
    let mut world = World::two().with(Defect::SameProducerId);
    let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
        c.init_producer_id(None, 0, Identity::NONE, 5, rules).unwrap()
    };
    assert_eq!(world.ask(init), world.ask(init));
}

#[test]
fn a_second_init_keeps_the_epoch() {
    let mut world = World::two().with(Defect::InitKeepsEpoch);
    let first = world.init().unwrap();
    assert_eq!(first.epoch, 0);
    assert_eq!(world.init(), Ok(first));
}

#[test]
fn any_timeout_is_accepted() {
    let mut world = World::two().with(Defect::AcceptsAnyTimeout);
    for timeout in [i32::MIN, -1, 0, i32::MAX] {
        let init = |c: &mut Coordinator, rules: &TxnRules<'_>| {
            c.init_producer_id(Some(TX), timeout, Identity::NONE, 5, rules)
        };
        assert!(world.ask(init).is_ok());
    }
}

#[test]
fn an_end_writes_no_markers() {
    let mut world = World::two().with(Defect::ForgetsMarkers);
    let who = world.ongoing();
    assert_eq!(world.commit(who, 5), Ok(Some(raised(who))));
    assert_eq!(world.coordinator.poll_marker(), None);
    assert_eq!(world.state(), "CompleteCommit");
}

#[test]
fn an_end_of_a_fenced_producer_is_accepted() {
    for version in [4, 5] {
        let mut world = World::two().with(Defect::EndTxnIgnoresEpoch);
        let fenced = world.init().unwrap();
        world.ongoing();
        assert!(world.commit(fenced, version).is_ok());
        assert_eq!(world.state(), "PrepareCommit");
    }
}

#[test]
fn a_partition_that_was_never_added_is_verified() {
    let mut world = World::two().with(Defect::SkipsVerification);
    let who = world.init().unwrap();
    assert_eq!(world.verify(who, 3), OK);
}
