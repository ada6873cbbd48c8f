//! Each rule by itself.

use super::*;
use crate::drive::DnsLookup;
use crate::sasl::{Mechanism, SaslError};

#[test]
fn a_wish_looks_the_name_up_and_dials_the_first_address() {
    let mut scene = Scene::new();
    scene.want();
    let Order::Resolve { lookup, host: asked, how } = scene.order() else { panic!() };
    assert_eq!((asked, how), (host("one"), DnsLookup::UseAllDnsIps));
    scene.resolve(lookup, &[1, 2]);
    let (conn, address) = scene.dialled();
    assert_eq!(address, ip(1));
    assert_eq!(scene.dial.target_of(conn), Some(NODE));
    scene.open(conn);
    assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
}

#[test]
fn a_second_wish_does_not_dial_twice() {
    let mut scene = Scene::new();
    scene.want();
    scene.want();
    let lookup = scene.asked();
    scene.want();
    scene.resolve(lookup, &[1, 2]);
    scene.want();
    let conn = scene.dialled().0;
    scene.want();
    scene.dial.connected(scene.now, conn);
    scene.want();
    scene.dial.ready(conn);
    scene.want();
    assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
}

#[test]
fn a_server_without_a_place_cannot_be_wanted() {
    let mut scene = Scene::new();
    scene.dial.want(scene.now, Target::Bootstrap(9));
    scene.dial.unwant(Target::Bootstrap(9));
    scene.dial.remove(Target::Bootstrap(9));
    assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
}

#[test]
fn all_addresses_are_tried_at_once_and_then_the_server_rests() {
    let mut scene = Scene::new();
    let mut conn = scene.dial_at(&[1, 2, 3]);
    for address in [2, 3] {
        scene.refuse(conn);
        let (next, at) = scene.dialled();
        assert_eq!(at, ip(address));
        conn = next;
    }
    scene.refuse(conn);
    assert_eq!(scene.order(), Order::Failed { target: NODE, failure: REFUSED });
    assert!(scene.dial.resting_until(NODE).is_some());
    scene.want();
    assert_eq!(scene.orders(), []);
    assert_about(scene.wait(), 50);
    assert_eq!(scene.dial.resting_until(NODE), None);
    scene.asked();
}

#[test]
fn waits_double_with_each_round_that_fails_until_a_connection_is_ready() {
    let mut scene = Scene::new();
    for around in [50, 100, 200, 400, 800, 1000, 1000] {
        let conn = scene.dial_at(&[1]);
        scene.refuse(conn);
        scene.orders();
        scene.now = scene.now.saturating_add(millis(1));
        assert_about(scene.wait() + millis(1), around);
    }
    let lookup = scene.asked();
    scene.resolve(lookup, &[1]);
    let conn = scene.dialled().0;
    scene.open(conn);
    scene.lose(conn, Cause::Reset);
    assert_about(scene.wait(), 50);
}

#[test]
fn a_name_without_addresses_fails_as_unknown() {
    let unknown = ConnFailure { stage: Stage::Resolve, cause: Cause::NoSuchHost };
    for result in [Ok(vec![]), Err(Cause::NoSuchHost)] {
        let mut scene = Scene::new();
        scene.want();
        let lookup = scene.asked();
        scene.dial.resolved(scene.now, lookup, result);
        assert_eq!(scene.order(), Order::Failed { target: NODE, failure: unknown.clone() });
        assert_about(scene.wait(), 50);
        scene.asked();
    }
}

#[test]
fn an_attempt_that_takes_too_long_is_abandoned_for_the_next_address() {
    let mut scene = Scene::new();
    let first = scene.dial_at(&[1, 2]);
    assert_about(scene.wait(), 10_000);
    let mut orders = scene.orders();
    let Some(Order::Connect { conn: second, address, .. }) = orders.pop() else { panic!() };
    assert_eq!((orders, address), (vec![Order::Abandon(first)], ip(2)));
    assert_about(scene.wait(), 20_000);
    let late = ConnFailure { stage: Stage::Connect, cause: Cause::TimedOut };
    let failed = Order::Failed { target: NODE, failure: late };
    assert_eq!(scene.orders(), [Order::Abandon(second), failed]);
}

#[test]
fn time_outs_double_up_to_their_limit_and_begin_anew_after_a_success() {
    let mut scene = Scene::new();
    let mut conn = scene.dial_at(&[1, 2, 3, 4, 5]);
    for around in [10_000, 20_000, 30_000, 30_000] {
        assert_about(scene.wait(), around);
        conn = match scene.orders().pop() {
            Some(Order::Connect { conn, .. }) => conn,
            other => panic!("no connection: {other:?}"),
        };
    }
    scene.open(conn);
    scene.lose(conn, Cause::ClosedByPeer);
    scene.wait();
    scene.want();
    scene.asked();
    assert_about(scene.wait(), 10_000);
}

#[test]
fn a_look_up_that_takes_too_long_fails_and_its_late_answer_is_ignored() {
    let mut scene = Scene::new();
    scene.want();
    let lookup = scene.asked();
    assert_about(scene.wait(), 10_000);
    let late = ConnFailure { stage: Stage::Resolve, cause: Cause::TimedOut };
    assert_eq!(scene.order(), Order::Failed { target: NODE, failure: late });
    scene.resolve(lookup, &[1]);
    assert_eq!(scene.orders(), []);
}

#[test]
fn a_look_up_nobody_took_is_taken_back_when_it_takes_too_long() {
    let mut scene = Scene::new();
    scene.want();
    scene.wait();
    assert!(matches!(scene.order(), Order::Failed { .. }));
}

#[test]
fn after_a_loss_the_next_address_is_dialled_first() {
    let mut scene = Scene::new();
    let first = scene.dial_at(&[1, 2]);
    scene.open(first);
    scene.lose(first, Cause::Reset);
    assert_eq!(scene.dial.target_of(first), None);
    scene.want();
    assert_about(scene.wait(), 50);
    let (second, address) = scene.dialled();
    assert_eq!(address, ip(2));
    scene.open(second);
    scene.lose(second, Cause::Reset);
    scene.want();
    scene.wait();
    scene.asked();
}

#[test]
fn a_round_that_began_with_old_addresses_ends_with_new_ones() {
    let mut scene = Scene::new();
    let first = scene.dial_at(&[1, 2]);
    scene.open(first);
    scene.lose(first, Cause::Reset);
    scene.want();
    scene.wait();
    let second = scene.dialled().0;
    scene.refuse(second);
    let lookup = scene.asked();
    scene.resolve(lookup, &[3]);
    let (third, address) = scene.dialled();
    assert_eq!(address, ip(3));
    scene.refuse(third);
    assert_eq!(scene.order(), Order::Failed { target: NODE, failure: REFUSED });
}

#[test]
fn a_connection_that_never_was_ready_makes_waits_grow_and_stays_wanted() {
    let mut scene = Scene::new();
    let mut conn = scene.dial_at(&[1, 2, 3, 4]);
    for (around, address) in [(50, 2), (100, 3), (200, 4)] {
        scene.dial.connected(scene.now, conn);
        scene.lose(conn, Cause::ClosedByPeer);
        assert_eq!(scene.orders(), []);
        assert_about(scene.wait(), around);
        let (next, at) = scene.dialled();
        assert_eq!(at, ip(address));
        conn = next;
    }
}

#[test]
fn a_loss_ends_no_wish_but_begins_none_either() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1, 2]);
    scene.open(conn);
    scene.lose(conn, Cause::Reset);
    scene.wait();
    assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
}

#[test]
fn who_is_not_believed_is_not_dialled_again_by_itself() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1, 2]);
    scene.dial.connected(scene.now, conn);
    let wrong = SaslError::Refused {
        mechanism: Mechanism::Plain,
        username: None,
        code: None,
        message: String::new(),
    };
    scene.lose(conn, Cause::Sasl(wrong));
    scene.wait();
    assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
}

#[test]
fn a_connection_that_we_closed_for_no_fault_may_be_dialled_at_once() {
    for cause in [Cause::Idle, Cause::Unneeded, Cause::AddressChanged] {
        let mut scene = Scene::new();
        let conn = scene.dial_at(&[1, 2]);
        scene.open(conn);
        scene.lose(conn, cause);
        assert_eq!((scene.dial.resting_until(NODE), scene.dial.next_wake()), (None, None));
        scene.want();
        assert_eq!(scene.dialled().1, ip(2));
    }
}

#[test]
fn a_server_that_moved_is_looked_up_anew_without_a_wait() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1, 2]);
    scene.dial.place(NODE, &host("one"));
    assert_eq!(scene.orders(), []);
    scene.dial.place(NODE, &host("two"));
    assert_eq!(scene.order(), Order::Abandon(conn));
    scene.wait();
    let Order::Resolve { host: asked, .. } = scene.order() else { panic!() };
    assert_eq!(asked, host("two"));
}

#[test]
fn a_rest_from_the_old_place_is_over_when_a_server_moves() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1]);
    scene.refuse(conn);
    scene.orders();
    scene.dial.place(NODE, &host("two"));
    assert_eq!(scene.dial.resting_until(NODE), None);
    scene.want();
    scene.asked();
}

#[test]
fn a_server_that_moved_while_it_was_open_is_dialled_at_its_new_place() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1, 2]);
    scene.open(conn);
    scene.dial.place(NODE, &host("two"));
    assert_eq!(scene.orders(), []);
    scene.lose(conn, Cause::AddressChanged);
    scene.want();
    scene.asked();
}

#[test]
fn nothing_is_ordered_for_who_was_removed_whatever_was_said_of_it() {
    let mut scene = Scene::new();
    scene.want();
    let lookup = scene.asked();
    scene.resolve(lookup, &[1]);
    // Nobody has taken the order to open it, and somebody says that it is open.
    scene.dial.connected(scene.now, ConnId(1));
    scene.dial.remove(NODE);
    assert_eq!(scene.orders(), []);
}

#[test]
fn who_is_removed_or_not_wanted_is_no_longer_dialled() {
    type End = fn(&mut Dial);
    let ends: [End; 2] = [|dial| dial.remove(NODE), |dial| dial.unwant(NODE)];
    for end in ends {
        let mut scene = Scene::new();
        let conn = scene.dial_at(&[1, 2]);
        end(&mut scene.dial);
        assert_eq!(scene.order(), Order::Abandon(conn));
        scene.refuse(conn);
        scene.dial.connected(scene.now, conn);
        scene.dial.ready(conn);
        scene.dial.tick(Time(u64::MAX));
        assert_eq!((scene.orders(), scene.dial.next_wake()), (vec![], None));
        assert_eq!(scene.dial.target_of(conn), None);
    }
}

#[test]
fn orders_that_nobody_took_are_taken_back() {
    let mut scene = Scene::new();
    scene.want();
    scene.dial.unwant(NODE);
    assert_eq!(scene.orders(), []);
    scene.want();
    let lookup = scene.asked();
    scene.resolve(lookup, &[1]);
    scene.dial.remove(NODE);
    assert_eq!(scene.orders(), []);
}

#[test]
fn a_rest_outlives_the_wish_and_a_new_one_waits_for_its_end() {
    let mut scene = Scene::new();
    let conn = scene.dial_at(&[1]);
    scene.refuse(conn);
    scene.orders();
    scene.dial.unwant(NODE);
    scene.want();
    assert_eq!(scene.orders(), []);
    assert_about(scene.wait(), 50);
    scene.asked();
}

#[test]
fn only_bootstrap_names_are_made_canonical() {
    let lookup = DnsLookup::ResolveCanonicalBootstrapServersOnly;
    let mut scene = Scene::with(DialSettings { lookup, ..DialSettings::default() });
    scene.want();
    assert!(matches!(scene.order(), Order::Resolve { how: DnsLookup::UseAllDnsIps, .. }));
    scene.dial.place(Target::Bootstrap(0), &host("first"));
    scene.dial.want(scene.now, Target::Bootstrap(0));
    assert!(matches!(scene.order(), Order::Resolve { how, .. } if how == lookup));
}

#[test]
fn of_a_very_long_list_only_the_beginning_is_tried() {
    let mut scene = Scene::new();
    scene.want();
    let lookup = scene.asked();
    scene.dial.resolved(scene.now, lookup, Ok(vec![ip(1); 100_000]));
    let mut attempts = 0;
    while let Order::Connect { conn, .. } = scene.order() {
        attempts += 1;
        scene.refuse(conn);
    }
    assert_eq!(attempts, 64);
}

#[test]
fn settings_of_zero_do_not_spin() {
    let zero = Duration::ZERO;
    let mut scene = Scene::with(DialSettings {
        setup_timeout: zero,
        setup_timeout_max: zero,
        backoff: zero,
        backoff_max: zero,
        ..DialSettings::default()
    });
    scene.want();
    for _ in 0..10 {
        assert_eq!(scene.wait(), millis(1));
    }
}
