//! SCRAM with a server that keeps what Kafka's keeps.

use super::*;

#[test]
fn a_server_lets_in_who_knows_the_password_and_nobody_else() {
    for hash in [ScramHash::Sha256, ScramHash::Sha512] {
        let server = reference::Server::enrol(hash, b"right", b"salt", 4096);
        assert!(is_let_in(&scram(hash, "alice", "right"), &server));
        assert!(!is_let_in(&scram(hash, "alice", "wrong"), &server));
    }
}

#[test]
fn a_server_that_keeps_passwords_as_typed_lets_in_as_java_would() {
    for password in ["I\u{ad}X", "\u{2168}", "pass\u{a0}word", "tab\there"] {
        let hash = ScramHash::Sha256;
        let server = reference::Server::enrol(hash, password.as_bytes(), b"salt", 4096);
        assert!(is_let_in(&scram(hash, "alice", password), &server), "{password:?}");
    }
}

#[test]
fn a_server_that_prepares_passwords_lets_in_who_prepared_theirs() {
    let hash = ScramHash::Sha256;
    for (typed, prepared) in [("I\u{ad}X", "IX"), ("\u{2168}", "IX"), ("a\u{a0}b", "a b")] {
        let server = reference::Server::enrol(hash, prepared.as_bytes(), b"salt", 4096);
        assert!(!is_let_in(&scram(hash, "alice", typed), &server));
        let password = saslprep(&Secret::from(typed)).unwrap();
        let credentials = Credentials::Scram { hash, username: "alice".to_owned(), password };
        assert!(is_let_in(&credentials, &server), "{typed:?}");
    }
    assert!(matches!(saslprep(&Secret::from("a\u{7}")), Err(SaslError::Unprepared(_))));
    assert!(matches!(saslprep(&Secret::new(*b"\xff")), Err(SaslError::Unprepared(_))));
}

#[test]
fn a_refused_password_that_saslprep_would_change_is_told_with_the_reason() {
    let refused = |password| {
        let (_, conversation) = sent(begin(&scram(ScramHash::Sha512, "alice", password), "n"));
        let hinted = conversation.note().is_some();
        (hinted, conversation.refused(None, "no").to_string())
    };
    let (hinted, said) = refused("\u{2168}");
    assert!(hinted && said.contains("for `alice`: no (the password was used as typed"), "{said}");
    let (_, conversation) = sent(begin(&scram(ScramHash::Sha512, "alice", "\u{2168}"), "n"));
    let said = failed(conversation.received(b"e=no")).to_string();
    assert!(said.contains(": no (the password was used as typed"), "{said}");
    let (hinted, said) = refused("pl\u{e4}in");
    assert!(!hinted && said.ends_with("for `alice`: no"), "{said}");
}

#[test]
fn an_unknown_extension_is_ignored_and_goes_into_the_proof() {
    let credentials = scram(ScramHash::Sha256, "alice", "right");
    let server = reference::Server::enrol(ScramHash::Sha256, b"right", b"salt", 4096);
    let (first, conversation) = sent(begin(&credentials, "ours"));
    let greeting = server.greeting(&first, "theirs").unwrap() + ",x=some=thing,y=else";
    let (proof, conversation) = sent(hashed(conversation.received(greeting.as_bytes())));
    let verdict = server.judge([&first, greeting.as_bytes(), &proof]).unwrap() + ",x=more";
    assert!(matches!(conversation.received(verdict.as_bytes()), Step::Done));
}

#[test]
fn a_server_may_say_no_in_words_at_either_turn() {
    let credentials = scram(ScramHash::Sha256, "alice", "right");
    let server = reference::Server::enrol(ScramHash::Sha256, b"right", b"salt", 4096);
    let (_, conversation) = sent(begin(&credentials, "ours"));
    let said = failed(conversation.received(b"e=unknown-user")).to_string();
    assert_eq!(said, "the broker refused SCRAM-SHA-256 for `alice`: unknown-user");

    let (first, conversation) = sent(begin(&credentials, "ours"));
    let greeting = server.greeting(&first, "theirs").unwrap();
    let (_, conversation) = sent(hashed(conversation.received(greeting.as_bytes())));
    let said = failed(conversation.received(b"e=invalid-proof,x=1")).to_string();
    assert_eq!(said, "the broker refused SCRAM-SHA-256 for `alice`: invalid-proof");
}
