//! Sessions that end, and clients that prove again who they are.

use std::time::Duration;

use klamm_wire::ErrorCode;

use super::{METADATA, assert_served, assert_withheld, metadata};
use crate::security::Principal;
use crate::testing::World;
use crate::testing::sasl::{plain, secured};

#[test]
fn a_session_that_is_over_ends_the_connection() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.stranger();
    world.handshake(client, 1, "PLAIN");
    let answer = world.token(client, 1, &plain("alice", "alice-secret")).unwrap();
    assert_eq!(answer.session_lifetime_ms, 2_000);
    world.pass(2_000);
    assert_served(&mut world, client);
    world.pass(1);
    assert!(world.put(client, METADATA, &metadata()).is_none());
    assert!(world.is_closed(client));
}

#[test]
fn a_session_is_honoured_for_its_grace() {
    let mut settings = secured();
    let (session, grace) = (Duration::from_secs(2), Duration::from_secs(3));
    settings.security.sasl = settings.security.sasl.with_max_reauth(session).with_grace(grace);
    let mut world = World::with(settings);
    let client = world.logged_in("alice");
    world.pass(5_000);
    assert_served(&mut world, client);
    world.pass(1);
    assert!(world.put(client, METADATA, &metadata()).is_none());
}

#[test]
fn who_proves_again_in_time_is_served_on() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.logged_in("alice");
    for _ in 0..3 {
        world.pass(1_500);
        world.log_in(client, "alice");
        assert_served(&mut world, client);
    }
}

#[test]
fn proving_again_is_possible_even_late() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.logged_in("alice");
    world.pass(5_000);
    world.log_in(client, "alice");
    assert_served(&mut world, client);
}

#[test]
fn who_proves_again_too_often_is_refused() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.logged_in("alice");
    world.log_in(client, "alice");
    world.pass(999);
    let answer = world.handshake(client, 1, "PLAIN");
    assert_eq!(answer.error_code, ErrorCode::ILLEGAL_SASL_STATE);
    world.pass(1);
    world.log_in(client, "alice");
}

#[test]
fn nobody_becomes_somebody_else() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.logged_in("alice");
    world.handshake(client, 1, "PLAIN");
    assert!(world.token(client, 2, &plain("bob", "bob-secret")).is_none());
    assert_withheld(&mut world, client);
    let answer = world.verdict(client).expect("an answer before the end");
    assert_eq!(answer.error_code, ErrorCode::SASL_AUTHENTICATION_FAILED);
    let text = answer.error_message.expect("a text");
    assert!(text.contains("User.alice: User.bob"), "{text}");
}

#[test]
fn another_mechanism_ends_the_connection_without_a_word() {
    let mut world = World::with_sessions_of(2_000);
    let client = world.logged_in("alice");
    assert_eq!(world.handshake(client, 1, "SCRAM-SHA-256").error_code, ErrorCode::NONE);
    assert!(world.token(client, 2, b"n,,n=alice,r=hand").is_none());
    assert_withheld(&mut world, client);
    assert!(world.verdict(client).is_none());
}

#[test]
fn a_session_without_an_end_is_not_proven_again() {
    let mut world = World::secured(&[]);
    let client = world.logged_in("alice");
    assert_eq!(world.principal(client), Some(Principal::user("alice")));
    let answer = world.handshake(client, 1, "PLAIN");
    assert_eq!(answer.error_code, ErrorCode::ILLEGAL_SASL_STATE);
    assert_served(&mut world, client);
}
