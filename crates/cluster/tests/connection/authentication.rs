//! Saying who we are, first and again.

#![cfg(test)]

use std::time::Duration;

use klamm_cluster::connection::Input;
use klamm_cluster::sasl::{Credentials, Mechanism, SaslError, TokenError};
use klamm_cluster::{Cause, Fate, Reason, Stage};
use klamm_protocol::ApiKey;
use klamm_wire::ErrorCode;

use crate::peer::Script;
use crate::rig::{Rig, Setup, Told, plain, quiet, scram, small};

fn with(credentials: Option<Credentials>) -> Setup {
    Setup { credentials, ..Setup::default() }
}

fn keys(rig: &Rig) -> Vec<(ApiKey, i16)> {
    rig.peer.asked.iter().map(|asked| (asked.key, asked.version)).collect()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn tokens_go_in_requests_where_the_broker_has_them() {
    for credentials in [plain(), scram(), Some(Credentials::OAuthBearer)] {
        let mut rig = Rig::open(Script::default(), with(credentials));
        rig.settle();
        assert!(rig.conn.can_send(), "{:?}", rig.told);
        assert_eq!(keys(&rig)[1], (ApiKey::SaslHandshake, 1));
        assert!(keys(&rig)[2..].iter().all(|asked| *asked == (ApiKey::SaslAuthenticate, 2)));
    }
}

#[test]
fn tokens_go_bare_where_the_broker_is_older() {
    let script = Script::default().with(ApiKey::SaslAuthenticate, -1);
    for script in [script, Script::default().with(ApiKey::SaslHandshake, 0)] {
        for credentials in [plain(), scram()] {
            let mut rig = Rig::open(script.clone(), with(credentials));
            rig.settle();
            assert!(rig.conn.can_send(), "{:?}", rig.told);
            assert_eq!(keys(&rig)[1..], [(ApiKey::SaslHandshake, 0)]);
            rig.send(2, &small());
            rig.settle();
            assert!(rig.told.contains(&Told::Answered(2)));
        }
    }
}

#[test]
fn plain_sends_name_and_password_as_they_are() {
    let rig = Rig::ready(Script::default(), with(plain()));
    assert_eq!(rig.peer.tokens, [b"\0alice\0pencil".to_vec()]);
}

#[test]
fn a_mechanism_that_is_not_taken_is_told_with_those_that_are() {
    let script = Script { mechanisms: vec!["GSSAPI", "PLAIN"], ..Script::default() };
    let mut rig = Rig::open(script, with(scram()));
    rig.settle();
    let offered = vec!["GSSAPI".to_owned(), "PLAIN".to_owned()];
    let asked = Mechanism::ScramSha256;
    let expected = Cause::Sasl(SaslError::UnsupportedMechanism { asked, offered });
    assert_eq!(rig.cause(), Some(&expected));
    assert_eq!(rig.failure().unwrap().stage, Stage::Authenticate);
}

#[test]
fn an_offer_without_end_is_kept_in_part() {
    let name: &'static str = "\u{e4}".repeat(5_000).leak();
    let script = Script { mechanisms: vec![name; 500], ..Script::default() };
    let mut rig = Rig::open(script, with(plain()));
    rig.settle();
    let Some(Cause::Sasl(SaslError::UnsupportedMechanism { offered, .. })) = rig.cause() else {
        panic!("{:?}", rig.told)
    };
    assert_eq!((offered.len(), offered[0].len()), (32, 64));
}

#[test]
fn a_refusal_is_told_in_the_brokers_words() {
    let refusal = Some((ErrorCode::SASL_AUTHENTICATION_FAILED, "no such user: alice"));
    let mut rig = Rig::open(Script { refusal, ..Script::default() }, with(plain()));
    rig.settle();
    let expected = Cause::Sasl(SaslError::Refused {
        mechanism: Mechanism::Plain,
        username: Some("alice".to_owned()),
        code: Some(ErrorCode::SASL_AUTHENTICATION_FAILED),
        message: "no such user: alice".to_owned(),
    });
    assert_eq!(rig.cause(), Some(&expected));
}

#[test]
fn an_old_broker_that_closes_on_a_token_has_refused_it() {
    let script = Script::default().with(ApiKey::SaslAuthenticate, -1);
    for handed_all in [true, false] {
        let mut rig = Rig::open(script.clone(), with(plain()));
        while rig.peer.asked.len() < 2 || !rig.towards_us.is_empty() {
            rig.write();
            rig.read(rig.towards_us.len());
        }
        let token = rig.to_write().len();
        rig.hand(if handed_all { token } else { token - 1 });
        rig.handle(Input::Lost(Cause::ClosedByPeer));
        let refused =
            matches!(rig.cause(), Some(Cause::Sasl(SaslError::Refused { code: None, .. })));
        assert_eq!(refused, handed_all, "{:?}", rig.cause());
    }
}

#[test]
fn a_listener_without_sasl_is_told_apart() {
    let script = Script::default().with(ApiKey::SaslHandshake, -1);
    let mut rig = Rig::open(script, with(plain()));
    rig.settle();
    assert!(matches!(rig.cause(), Some(Cause::Unsupported(_))), "{:?}", rig.cause());
}

#[test]
fn while_work_is_waited_for_only_failing_is_possible() {
    let mut rig = Rig::open(Script::default(), with(Some(Credentials::OAuthBearer)));
    while !rig.needs_token {
        rig.write();
        rig.read(rig.towards_us.len());
    }
    assert_eq!(rig.try_send(2, &small()), Err(None));
    rig.pass(seconds(29));
    assert_eq!(rig.failure(), None);
    rig.pass(seconds(1));
    assert_eq!(rig.cause(), Some(&Cause::TimedOut));

    let mut rig = Rig::open(Script::default(), with(Some(Credentials::OAuthBearer)));
    while !rig.needs_token {
        rig.write();
        rig.read(rig.towards_us.len());
    }
    let error = TokenError("the provider is away".to_owned());
    rig.handle(Input::Token(Err(error.clone())));
    assert_eq!(rig.cause(), Some(&Cause::Sasl(SaslError::NoToken(error))));
}

#[test]
fn who_we_are_is_said_again_before_the_lifetime_ends() {
    let script = Script { lifetime_ms: 100_000, ..Script::default() };
    let mut rig = Rig::ready(script, with(plain()));
    rig.pass(seconds(84));
    assert!(rig.conn.can_send() && rig.to_write().is_empty());
    rig.pass(seconds(12));
    assert!(!rig.conn.can_send(), "it is being renewed");
    assert_eq!(rig.try_send(2, &small()), Err(None));
    rig.settle();
    assert_eq!(rig.heard(), [Told::Ready]);
    let again = [(ApiKey::SaslHandshake, 1), (ApiKey::SaslAuthenticate, 2)];
    assert_eq!(keys(&rig)[3..], again);
    rig.send(4, &small());
    rig.settle();
    rig.pass(seconds(97));
    assert!(!rig.conn.can_send(), "and again");
}

#[test]
fn what_is_in_flight_is_answered_before_who_we_are() {
    let script = Script { lifetime_ms: 20_000, ..Script::default() };
    let mut rig = Rig::ready(script, with(scram()));
    rig.pass(Duration::from_millis(16_900));
    rig.send(2, &small());
    rig.send(1, &quiet());
    rig.write();
    rig.send(4, &small());
    rig.hand(3);
    rig.pass(seconds(3));
    assert!(!rig.conn.can_send());
    assert_eq!(rig.conn.in_flight(), 3);
    rig.settle();
    let ends = [
        Told::Answered(2),
        Told::Flushed(1),
        Told::Flushed(4),
        Told::Answered(4),
        Told::Hash,
        Told::Ready,
    ];
    let heard = rig.heard();
    assert!(ends.iter().all(|end| heard.contains(end)), "{heard:?}");
    assert_eq!(heard.last(), Some(&Told::Ready));
}

#[test]
fn a_refusal_while_we_say_it_again_ends_the_connection() {
    let script = Script { lifetime_ms: 20_000, ..Script::default() };
    let mut rig = Rig::ready(script, with(plain()));
    rig.peer.script.refusal = Some((ErrorCode::SASL_AUTHENTICATION_FAILED, "expired"));
    rig.send(2, &small());
    rig.settle();
    rig.heard();
    rig.pass(seconds(20));
    rig.settle();
    assert!(matches!(rig.cause(), Some(Cause::Sasl(SaslError::Refused { .. }))));
    assert_eq!(rig.failure().unwrap().stage, Stage::Authenticate);
    assert_eq!(rig.try_send(4, &small()), Err(Some(Reason::NoSuchConnection)));
}

#[test]
fn a_broker_that_does_not_answer_again_is_left_in_time() {
    for silent in [ApiKey::SaslHandshake, ApiKey::SaslAuthenticate, ApiKey::InitProducerId] {
        let script = Script { lifetime_ms: 20_000, ..Script::default() };
        let mut rig = Rig::ready(script, with(plain()));
        rig.peer.script.mute_on = vec![silent];
        rig.pass(seconds(16));
        rig.send(2, &small());
        rig.settle();
        rig.pass(seconds(3));
        rig.settle();
        rig.pass(seconds(61));
        assert!(rig.failure().is_some(), "{silent}");
        let doubt = rig.told.contains(&Told::Failed(2, Fate::Unknown));
        assert_eq!(doubt, silent == ApiKey::InitProducerId);
    }
}

#[test]
fn a_lifetime_of_less_than_a_second_is_survived() {
    for lifetime_ms in [1, 100, 999] {
        let script = Script { lifetime_ms, ..Script::default() };
        let mut rig = Rig::ready(script, with(plain()));
        let began = rig.now;
        for id in 1..=10 {
            rig.send(2 * id, &small());
            rig.settle();
            while !rig.conn.can_send() || rig.peer.asked.len() < 3 {
                rig.now = rig.conn.next_wake().unwrap();
                rig.handle(Input::Tick);
                rig.settle();
            }
            rig.pass(Duration::from_millis(lifetime_ms.unsigned_abs()));
            rig.settle();
            while !rig.conn.can_send() {
                rig.now = rig.conn.next_wake().unwrap();
                rig.handle(Input::Tick);
                rig.settle();
            }
        }
        assert_eq!(rig.failure(), None);
        let said =
            keys(&rig).iter().filter(|(key, _)| *key == ApiKey::SaslHandshake).count() as u64;
        let lasted = rig.now.saturating_duration_since(began).as_secs();
        assert!(said <= lasted + 2, "{said} times in {lasted} s: brokers do not listen");
    }
}
