//! SCRAM servers that break the rules.

use super::*;
use crate::{Blame, Cause, ConnFailure, Stage};

const OURS: &str = "ours";

/// What comes of a server's first message.
fn greeted_with(message: &[u8]) -> Step {
    let (_, conversation) = sent(begin(&scram(ScramHash::Sha256, "alice", "right"), OURS));
    conversation.received(message)
}

/// What comes of a server's last message, made from the right one.
fn concluded_with(make: impl FnOnce(&str) -> Vec<u8>) -> Step {
    let server = reference::Server::enrol(ScramHash::Sha256, b"right", b"salt", 4096);
    let (first, conversation) = sent(begin(&scram(ScramHash::Sha256, "alice", "right"), OURS));
    let greeting = server.greeting(&first, "theirs").unwrap();
    let (proof, conversation) = sent(hashed(conversation.received(greeting.as_bytes())));
    let right = server.judge([&first, greeting.as_bytes(), &proof]).unwrap();
    conversation.received(&make(&right))
}

#[test]
fn a_first_message_that_breaks_the_rules_is_told_by_its_fault() {
    for (message, said) in [
        ("", "its first message has no nonce"),
        ("s=c2FsdA==,i=4096", "its first message has no nonce"),
        ("r=other1,s=c2FsdA==,i=4096", "its nonce does not begin with ours"),
        ("r=our,s=c2FsdA==,i=4096", "its nonce does not begin with ours"),
        ("r=ours,s=c2FsdA==,i=4096", "its nonce is only ours"),
        ("r=ours x,s=c2FsdA==,i=4096", "its nonce has characters that cannot be printed"),
        ("r=ours\u{e9},s=c2FsdA==,i=4096", "its nonce has characters that cannot be printed"),
        ("m=x,r=ours1,s=c2FsdA==,i=4096", "it demands an extension that nobody knows"),
        ("r=ours1,m=x,s=c2FsdA==,i=4096", "its first message has no salt"),
        ("r=ours1,i=4096,s=c2FsdA==", "its first message has no salt"),
        ("r=ours1,s=,i=4096", "its salt is empty"),
        ("r=ours1,s=c2FsdA,i=4096", "its salt is not base64"),
        ("r=ours1,s=c2FsdB==,i=4096", "its salt is not base64"),
        ("r=ours1,s=c2FsdA==", "its first message has no count of iterations"),
        ("r=ours1,s=c2FsdA==,i=", "its count of iterations is no number"),
        ("r=ours1,s=c2FsdA==,i=04096", "its count of iterations is no number"),
        ("r=ours1,s=c2FsdA==,i=+4096", "its count of iterations is no number"),
        ("r=ours1,s=c2FsdA==,i=-1", "its count of iterations is no number"),
        ("r=ours1,s=c2FsdA==,i=4096,", "its first message ends in something else"),
        ("r=ours1,s=c2FsdA==,i=4096,x", "its first message ends in something else"),
        ("r=ours1,s=c2FsdA==,i=4096,x=", "its first message ends in something else"),
        ("r=ours1,s=c2FsdA==,i=4096,m=1", "its first message ends in something else"),
        ("r=ours1,s=c2FsdA==,i=4096,i=5000", "its first message ends in something else"),
    ] {
        assert_eq!(misbehaved(greeted_with(message.as_bytes())), said, "{message}");
    }
    assert_eq!(misbehaved(greeted_with(b"\xff")), "its SCRAM message is not UTF-8");
}

#[test]
fn iterations_out_of_bounds_are_unsafe() {
    for (count, said) in [
        ("1", "1, fewer than 4096"),
        ("4095", "4095, fewer than 4096"),
        ("1000001", "more than 1000000"),
        ("4294967296", "more than 1000000"),
        ("99999999999999999999999999", "more than 1000000"),
    ] {
        let step = greeted_with(format!("r=ours1,s=c2FsdA==,i={count}").as_bytes());
        assert_eq!(failed(step), SaslError::Unsafe(format!("SCRAM iterations: {said}")));
    }
    for count in [4096, 1_000_000] {
        let step = greeted_with(format!("r=ours1,s=c2FsdA==,i={count}").as_bytes());
        assert!(matches!(step, Step::Hash(job, _) if job.iterations() == count));
    }
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let salt = "AAAA".repeat(400);
    let step = greeted_with(format!("r=ours1,s={salt},i=4096").as_bytes());
    assert_eq!(misbehaved(step), "its salt is too long");
    let step = greeted_with(format!("r=ours{},s=c2FsdA==,i=4096", "1".repeat(9000)).as_bytes());
    assert_eq!(misbehaved(step), "its SCRAM message is too long");
    let step = concluded_with(|right| [right.as_bytes(), &[b','; 9000]].concat());
    assert_eq!(misbehaved(step), "its SCRAM message is too long");
}

#[test]
fn a_server_that_does_not_show_that_it_knows_the_password_is_not_believed() {
    let skipped = misbehaved(concluded_with(|_| Vec::new()));
    assert_eq!(skipped, "it did not show that it knows the password");
    for wrong in ["x", "v", "v=", "v=####", ",", "v=AAAA", "r=ours1,v=AAAA"] {
        assert!(!misbehaved(concluded_with(|_| wrong.into())).is_empty(), "{wrong}");
    }
    let shorter = |right: &str| right.split_at(right.len() - 4).0.into();
    assert!(!misbehaved(concluded_with(shorter)).is_empty());
}

#[test]
fn an_answer_out_of_turn_ends_the_conversation() {
    let Step::Hash(_, conversation) = greeted_with(b"r=ours1,s=c2FsdA==,i=4096") else { panic!() };
    assert_eq!(misbehaved(conversation.received(b"")), "it answers before a proof was sent");
    let Step::NeedToken(conversation) = begin(&Credentials::OAuthBearer, "n") else { panic!() };
    assert_eq!(misbehaved(conversation.received(b"")), "it answers before a token was sent");
}

#[test]
fn what_nobody_asked_for_ends_the_conversation() {
    let salted = || match greeted_with(b"r=ours1,s=c2FsdA==,i=4096") {
        Step::Hash(job, _) => job.run(),
        other => panic!("{other:?}"),
    };
    let token = || Token { value: Secret::from("t"), extensions: Vec::new() };
    for credentials in [plain("a", "b"), scram(ScramHash::Sha256, "a", "b")] {
        let (_, conversation) = sent(begin(&credentials, "n"));
        blames_no_peer(conversation.hashed(salted()), "nobody asked for a hash");
        let (_, conversation) = sent(begin(&credentials, "n"));
        blames_no_peer(conversation.provided(Ok(token())), "nobody asked for a token");
    }
}

/// A defect of ours must not send a user looking for an impostor.
fn blames_no_peer(step: Step, what: &'static str) {
    let error = failed(step);
    assert_eq!(error, SaslError::OutOfTurn(what));
    let failure = ConnFailure { stage: Stage::Authenticate, cause: Cause::Sasl(error) };
    assert_eq!(failure.cause.blame(), Blame::Nobody);
    assert!(!failure.is_final());
    assert!(failure.next_step().is_some_and(|next| next.contains("defect of the client")));
}
