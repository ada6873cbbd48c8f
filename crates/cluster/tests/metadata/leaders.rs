//! Epochs that never go back.

use crate::world::{UNKNOWN, World, cluster, failing, led, millis, orders_at};

//= type=test R13
#[test]
fn old_news_change_nothing_and_newer_ones_do() {
    let (mut world, orders) = World::knowing_orders();
    assert_eq!(
        world.refresh(orders, cluster(vec![orders_at(9, &[(3, 4), (3, 6)])])),
        [led(orders, 1, Some((3, 6)))]
    );
    assert_eq!(world.leaders(orders), [Some((1, 5)), Some((3, 6))]);
    assert_eq!(world.odd(|odd| odd.old_news), 1);
    let events = world.refresh(orders, cluster(vec![orders_at(9, &[(1, 6), (3, 6)])]));
    assert_eq!(events, [led(orders, 0, Some((1, 6)))]);
}

//= type=test R13 F14
#[test]
fn a_full_outage_leaves_the_last_real_epoch() {
    let (mut world, orders) = World::knowing_orders();
    let outage = || cluster(vec![orders_at(9, &[(-1, -1), (-1, -1)])]);
    let events = world.refresh(orders, outage());
    assert_eq!(events, [led(orders, 0, None), led(orders, 1, None)]);
    assert_eq!(world.round(outage()), []);
    world.round(cluster(vec![orders_at(9, &[(1, 4), (2, 6)])]));
    assert_eq!(world.leaders(orders), [None, Some((2, 6))], "the first is older than the outage");
}

//= type=test R13
#[test]
fn versions_without_sound_epochs_change_leaders_and_leave_epochs() {
    let (mut world, orders) = World::knowing_orders();
    world.version = 8;
    world.refresh(orders, cluster(vec![orders_at(0, &[(2, 1), (3, 99)])]));
    assert_eq!(world.leaders(orders), [Some((2, 5)), Some((3, 6))]);
}

//= type=test R13
#[test]
fn clusters_without_epochs_have_leaders_all_the_same() {
    for version in 0..=8 {
        let mut world = World::new();
        world.version = version;
        let orders = world.want("orders");
        world.round(cluster(vec![orders_at(0, &[(1, 3)])]));
        assert_eq!(world.leaders(orders), [Some((1, -1))]);
        let events = world.refresh(orders, cluster(vec![orders_at(0, &[(2, 3)])]));
        assert_eq!(events, [led(orders, 0, Some((2, -1)))]);
    }
}

//= type=test R13 F52
#[test]
fn without_ids_a_topic_that_was_missing_is_believed_afresh() {
    let mut world = World::new();
    world.version = 9;
    let orders = world.want("orders");
    world.round(cluster(vec![orders_at(0, &[(1, 5)])]));
    world.refresh(orders, cluster(vec![orders_at(0, &[(2, 0)])]));
    assert_eq!(world.leaders(orders), [Some((1, 5))]);
    world.refresh(orders, cluster(vec![failing("orders", UNKNOWN)]));
    world.round(cluster(vec![orders_at(0, &[(2, 0)])]));
    assert_eq!(world.leaders(orders), [Some((2, 0))]);
}

//= type=test R13
#[test]
fn an_id_that_was_missing_is_the_same_topic_still() {
    let (mut world, orders) = World::knowing_orders();
    world.refresh(orders, cluster(vec![failing("orders", UNKNOWN)]));
    world.wait(millis(60_000));
    world.round(cluster(vec![failing("orders", UNKNOWN)]));
    assert_eq!(world.leaders(orders), [], "it is gone");
    world.round(cluster(vec![orders_at(9, &[(2, 0), (2, 7)])]));
    assert_eq!(world.leaders(orders), [None, Some((2, 7))]);
}
