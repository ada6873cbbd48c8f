//! Whole conversations, with servers that are honest, mistaken or malicious.

#![allow(clippy::wildcard_enum_match_arm, reason = "whatever else comes fails the test")]

mod bearer;
mod cheats;
mod properties;
mod scram;
mod secrets;
mod vectors;

use super::*;
use crate::secret::Secret;

/// The first thing to do, with a nonce that is known.
fn begin(credentials: &Credentials, nonce: &str) -> Step {
    Conversation::begin(credentials, Nonce(nonce.to_owned()))
}

fn scram(hash: ScramHash, username: &str, password: &str) -> Credentials {
    Credentials::Scram { hash, username: username.to_owned(), password: Secret::from(password) }
}

fn plain(username: &str, password: &str) -> Credentials {
    Credentials::Plain { username: username.to_owned(), password: Secret::from(password) }
}

/// The token to send, and who waits for the answer.
fn sent(step: Step) -> (Vec<u8>, Conversation) {
    match step {
        Step::Send(token, conversation) => (token.reveal().to_vec(), conversation),
        other => panic!("nothing to send but {other:?}"),
    }
}

/// What comes once the password is hashed.
fn hashed(step: Step) -> Step {
    match step {
        Step::Hash(job, conversation) => conversation.hashed(job.run()),
        other => panic!("nothing to hash but {other:?}"),
    }
}

fn failed(step: Step) -> SaslError {
    match step {
        Step::Failed(error) => error,
        other => panic!("no failure but {other:?}"),
    }
}

fn misbehaved(step: Step) -> &'static str {
    match failed(step) {
        SaslError::Misbehaved(what) => what,
        other => panic!("another failure: {other}"),
    }
}

fn unprepared(step: Step) -> &'static str {
    match failed(step) {
        SaslError::Unprepared(what) => what,
        other => panic!("another failure: {other}"),
    }
}

/// Whether a server lets the client in, and the client the server.
fn is_let_in(credentials: &Credentials, server: &reference::Server) -> bool {
    let (first, conversation) = sent(begin(credentials, "ours"));
    let greeting = server.greeting(&first, "theirs").unwrap();
    let (proof, conversation) = sent(hashed(conversation.received(greeting.as_bytes())));
    let verdict = server.judge([&first, greeting.as_bytes(), &proof]);
    let Some(verdict) = verdict else { return false };
    matches!(conversation.received(verdict.as_bytes()), Step::Done)
}

#[test]
fn plain_says_name_and_password_between_nuls() {
    let (token, conversation) = sent(begin(&plain("j\u{fc}rgen", "a,b=c \u{2168}"), "n"));
    assert_eq!(token, "\0j\u{fc}rgen\0a,b=c \u{2168}".as_bytes());
    assert!(matches!(conversation.received(b""), Step::Done));
}

#[test]
fn what_neither_plain_nor_scram_can_carry_is_refused_before_it_is_sent() {
    let cases = [("a\0b", "c"), ("a", "b\0c"), ("", "c"), ("a", "")];
    let said = [
        "the name has a NUL in it",
        "the password has a NUL in it",
        "the name is empty",
        "the password is empty",
    ];
    for ((username, password), said) in cases.into_iter().zip(said) {
        assert_eq!(unprepared(begin(&plain(username, password), "n")), said);
        let scram = scram(ScramHash::Sha256, username, password);
        assert_eq!(unprepared(begin(&scram, "n")), said);
    }
    let password = Secret::new(*b"\xff");
    let credentials = Credentials::Plain { username: "a".to_owned(), password };
    assert_eq!(unprepared(begin(&credentials, "n")), "the password is not UTF-8");
}

#[test]
fn a_refusal_has_the_name_the_code_and_the_words_of_the_broker() {
    let (_, conversation) = sent(begin(&plain("alice", "secret-of-alice"), "n"));
    let error = conversation.refused(Some(klamm_wire::ErrorCode(58)), "no\n such user");
    let said = "the broker refused PLAIN for `alice` with SASL_AUTHENTICATION_FAILED";
    assert!(error.to_string().starts_with(said), "{error}");
    assert!(error.to_string().ends_with(": no\u{fffd} such user"), "{error}");
    assert_eq!(error.blame(), crate::failure::Blame::Credentials);
}
