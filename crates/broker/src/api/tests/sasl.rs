//! What a client must say before it is served, and what it is told when it is not believed.

mod sessions;

use klamm_protocol::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use klamm_protocol::frame::decode_response;
use klamm_protocol::metadata::MetadataRequest;
use klamm_wire::ErrorCode;

use crate::ConnectionId;
use crate::Defect;
use crate::security::Sasl;
use crate::security::sasl::{Credentials, Iterations};
use crate::testing::World;
use crate::testing::sasl::plain;

const METADATA: i16 = 12;

fn metadata() -> MetadataRequest<'static> {
    MetadataRequest { topics: Some(Vec::new()), ..MetadataRequest::default() }
}

fn versions() -> ApiVersionsRequest<'static> {
    ApiVersionsRequest {
        client_software_name: "by-hand".into(),
        client_software_version: "1".into(),
        ..ApiVersionsRequest::default()
    }
}

#[track_caller]
fn assert_served(world: &mut World, client: ConnectionId) {
    let answer = world.put(client, METADATA, &metadata()).expect("an answer at once");
    assert_eq!(answer.brokers.len(), 1);
}

/// Nothing comes before the delay is over, then what comes is the last.
#[track_caller]
fn assert_withheld(world: &mut World, client: ConnectionId) {
    world.pass(99);
    assert!(!world.is_closed(client), "it is too early");
    world.pass(1);
    assert!(world.is_closed(client));
}

#[test]
fn a_client_is_served_after_it_proves_who_it_is() {
    for version in 0..=2 {
        let mut world = World::secured(&[]);
        let client = world.stranger();
        let told = world.put(client, 3, &versions()).expect("the versions");
        assert_eq!(told.error_code, ErrorCode::NONE);
        let answer = world.handshake(client, 1, "PLAIN");
        assert_eq!(answer.error_code, ErrorCode::NONE);
        let offered = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];
        assert_eq!(answer.mechanisms, offered);
        let answer = world.token(client, version, &plain("alice", "alice-secret")).unwrap();
        assert_eq!((answer.error_code, answer.session_lifetime_ms), (ErrorCode::NONE, 0));
        assert_served(&mut world, client);
    }
}

#[test]
fn a_client_may_prove_that_it_knows_its_password() {
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
        let mut world = World::secured(&[]);
        let client = world.stranger();
        let answer = world.scram(client, mechanism, ("bob", "bob-secret")).unwrap();
        assert_eq!(answer.error_code, ErrorCode::NONE);
        assert!(answer.auth_bytes.starts_with(b"v="));
        assert_served(&mut world, client);
    }
}

#[test]
fn nothing_is_served_to_who_has_not_proven_anything() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    assert!(world.put(client, METADATA, &metadata()).is_none());
    assert!(world.is_closed(client));
    let client = world.stranger();
    assert!(world.token(client, 2, &plain("alice", "alice-secret")).is_none());
    assert!(world.is_closed(client), "no handshake came before the token");
}

#[test]
fn before_authentication_the_versions_are_told_once() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    assert!(world.put(client, 3, &versions()).is_some());
    assert!(world.put(client, 3, &versions()).is_none());
    assert!(world.is_closed(client));
}

#[test]
fn versions_that_were_not_told_may_be_asked_again() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    world.send_frame(client, &[0, 18, 127, 255, 0, 0, 0, 7, 255, 255, 0]);
    let frame = world.frame(client).expect("an answer at once");
    let answer = decode_response::<ApiVersionsResponse<'_>>(&frame, 0).expect("version 0").body;
    assert_eq!(answer.error_code, ErrorCode::UNSUPPORTED_VERSION);
    let unnamed = ApiVersionsRequest::default();
    let answer = world.put(client, 3, &unnamed).expect("an answer at once");
    assert_eq!(answer.error_code, ErrorCode::INVALID_REQUEST);
    assert!(world.put(client, 3, &versions()).is_some());
    world.log_in(client, "alice");
    assert_served(&mut world, client);
    assert!(world.put(client, 3, &versions()).is_some(), "afterwards they are told at any time");
}

#[test]
fn a_mechanism_that_nobody_offers_is_told_with_those_on_offer() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    let request = klamm_protocol::sasl_handshake::SaslHandshakeRequest { mechanism: "X".into() };
    assert!(world.put(client, 1, &request).is_none(), "it is withheld");
    assert_withheld(&mut world, client);
    let answer = world.answer_of(client, 1, &request).expect("an answer before the end");
    assert_eq!(answer.error_code, ErrorCode::UNSUPPORTED_SASL_MECHANISM);
    assert_eq!(answer.mechanisms.len(), 4);
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_told_alike_and_late() {
    let mut texts = Vec::new();
    for (name, password) in [("alice", "bob-secret"), ("mallory", "alice-secret")] {
        let mut world = World::secured(&[]);
        let client = world.stranger();
        world.handshake(client, 1, "PLAIN");
        assert!(world.token(client, 2, &plain(name, password)).is_none(), "it is withheld");
        assert_withheld(&mut world, client);
        let answer = world.verdict(client).expect("an answer before the end");
        assert_eq!(answer.error_code, ErrorCode::SASL_AUTHENTICATION_FAILED);
        texts.push(answer.error_message.expect("a text"));
    }
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn a_request_amid_tokens_is_told_so() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    world.handshake(client, 1, "SCRAM-SHA-256");
    let topics = vec![klamm_protocol::metadata::request::MetadataRequestTopic {
        name: Some("orders".into()),
        ..Default::default()
    }];
    let request = MetadataRequest { topics: Some(topics), ..MetadataRequest::default() };
    assert!(world.put(client, METADATA, &request).is_none(), "it is withheld");
    assert_withheld(&mut world, client);
    let answer = world.answer_of(client, METADATA, &request).expect("an answer before the end");
    assert_eq!(answer.topics[0].error_code, ErrorCode::ILLEGAL_SASL_STATE);
}

#[test]
fn tokens_without_envelopes_follow_the_old_handshake() {
    let mut world = World::secured(&[]);
    let client = world.stranger();
    assert_eq!(world.handshake(client, 0, "PLAIN").error_code, ErrorCode::NONE);
    world.send_frame(client, &plain("alice", "alice-secret"));
    assert_eq!(world.frame(client).as_deref(), Some(&b""[..]));
    assert_served(&mut world, client);
    let client = world.stranger();
    world.handshake(client, 0, "PLAIN");
    world.send_frame(client, &plain("alice", "bob-secret"));
    assert_withheld(&mut world, client);
    assert_eq!(world.frame(client), None, "there is no envelope for an error");
}

#[test]
fn long_requests_are_for_those_who_are_known() {
    let too_long = 524_289_i32.to_be_bytes();
    let mut world = World::secured(&[]);
    let client = world.stranger();
    world.send_bytes(client, &too_long);
    assert!(world.is_closed(client));
    let client = world.logged_in("alice");
    world.send_bytes(client, &too_long);
    assert!(!world.is_closed(client));
}

#[test]
fn a_handshake_where_nobody_asks_is_refused_and_nothing_more() {
    let mut world = World::secured(&[]);
    let client = world.connect(1);
    let answer = world.handshake(client, 1, "PLAIN");
    assert_eq!(answer.error_code, ErrorCode::ILLEGAL_SASL_STATE);
    let answer = world.token(client, 2, b"").expect("an answer at once");
    assert_eq!(answer.error_code, ErrorCode::ILLEGAL_SASL_STATE);
    assert_served(&mut world, client);
}

#[test]
fn a_broker_that_believes_any_password_can_be_ordered() {
    let mut world = World::secured(&[Defect::AcceptsAnyPassword]);
    let client = world.stranger();
    world.handshake(client, 1, "PLAIN");
    let answer = world.token(client, 2, &plain("alice", "guessed")).expect("an answer at once");
    assert_eq!(answer.error_code, ErrorCode::NONE);
    let client = world.stranger();
    let answer = world.scram(client, "SCRAM-SHA-256", ("alice", "guessed"));
    assert_eq!(answer.expect("an answer at once").error_code, ErrorCode::NONE);
    assert_served(&mut world, client);
}

#[test]
fn passwords_change_by_order_and_who_is_known_stays_so() {
    let mut world = World::secured(&[]);
    let known = world.logged_in("alice");
    let users = Credentials::new(1, Iterations::MIN).with_user("alice", "another");
    world.cluster.change_sasl(Sasl::new(users));
    assert_served(&mut world, known);
    let late = world.stranger();
    world.handshake(late, 1, "PLAIN");
    let answer = world.token(late, 2, &plain("alice", "another")).expect("an answer at once");
    assert_eq!(answer.error_code, ErrorCode::NONE);
    let old = world.stranger();
    world.handshake(old, 1, "PLAIN");
    assert!(world.token(old, 2, &plain("alice", "alice-secret")).is_none(), "it is withheld");
}

#[test]
fn a_broker_that_serves_strangers_can_be_ordered() {
    let mut world = World::secured(&[Defect::ServesUnauthenticated]);
    let client = world.stranger();
    assert_served(&mut world, client);
    world.log_in(client, "alice");
    assert_served(&mut world, client);
}
