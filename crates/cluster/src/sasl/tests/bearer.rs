//! OAUTHBEARER: what is sent, what is not, and what a server says.

use super::*;

const MALFORMED: &str = "the token has characters that no bearer token has";

fn token(value: &str, extensions: &[(&str, &str)]) -> Token {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Token { value: Secret::from(value), extensions: extensions.iter().map(owned).collect() }
}

fn provided(token: Result<Token, TokenError>) -> Step {
    match begin(&Credentials::OAuthBearer, "n") {
        Step::NeedToken(conversation) => conversation.provided(token),
        other => panic!("no token wanted but {other:?}"),
    }
}

#[test]
fn a_token_is_sent_with_its_extensions_in_their_order() {
    let (bare, _) = sent(provided(Ok(token("a.b-c_d~e+f/g==", &[]))));
    assert_eq!(bare, b"n,,\x01auth=Bearer a.b-c_d~e+f/g==\x01\x01");
    let extensions = [("logicalCluster", "lkc-1"), ("identityPoolId", "pool 1\t\r\n~")];
    let (message, conversation) = sent(provided(Ok(token("t", &extensions))));
    let said =
        "n,,\x01auth=Bearer t\x01logicalCluster=lkc-1\x01identityPoolId=pool 1\t\r\n~\x01\x01";
    assert_eq!(message, said.as_bytes());
    assert!(matches!(conversation.received(b""), Step::Done));
}

#[test]
fn a_token_that_is_none_is_not_sent() {
    for value in ["", "=", "==", "a b", "a=b", "a\x01b", "\u{e9}", "a,b", "a\n"] {
        assert_eq!(unprepared(provided(Ok(token(value, &[])))), MALFORMED, "{value:?}");
    }
}

#[test]
fn extensions_that_could_be_taken_for_something_else_are_not_sent() {
    let twice = [("a", "1"), ("a", "2")];
    for extensions in [
        &[("auth", "x")][..],
        &[("Auth", "x")],
        &[("", "x")],
        &[("a1", "x")],
        &[("a=b", "x")],
        &[("a", "")],
        &[("a", "x\x01y")],
        &[("a", "\u{e9}")],
        &[("a", "\x7f")],
        &twice,
    ] {
        assert!(!unprepared(provided(Ok(token("t", extensions)))).is_empty(), "{extensions:?}");
    }
}

#[test]
fn a_token_that_cannot_be_had_ends_the_conversation() {
    let error = failed(provided(Err(TokenError("the token endpoint is down".to_owned()))));
    assert_eq!(error.to_string(), "there is no token: the token endpoint is down");
}

#[test]
fn what_a_server_says_against_a_token_is_told_with_the_refusal() {
    let json = br#"{"status":"invalid_token","scope":"kafka"}"#;
    let (_, conversation) = sent(provided(Ok(token("t", &[]))));
    assert_eq!(conversation.note(), None);
    let (answer, conversation) = sent(conversation.received(json));
    assert_eq!(answer, b"\x01");
    assert_eq!(conversation.note(), Some(r#"{"status":"invalid_token","scope":"kafka"}"#));
    let error = conversation.refused(Some(klamm_wire::ErrorCode(58)), "not today").to_string();
    assert!(
        error.ends_with(r#": not today ({"status":"invalid_token","scope":"kafka"})"#),
        "{error}"
    );
}

#[test]
fn a_server_that_goes_on_after_its_no_has_still_said_no() {
    for after in [&b""[..], b"n,,"] {
        let (_, conversation) = sent(provided(Ok(token("t", &[]))));
        let (_, conversation) = sent(conversation.received(b"{\"status\":\"401\x07\"}"));
        let said = failed(conversation.received(after)).to_string();
        assert_eq!(said, "the broker refused OAUTHBEARER: {\"status\":\"401\u{fffd}\"}");
    }
}

#[test]
fn a_long_answer_is_cut() {
    let (_, conversation) = sent(provided(Ok(token("t", &[]))));
    let (_, conversation) = sent(conversation.received(&vec![b'a'; 1 << 20]));
    assert_eq!(conversation.note().map(str::len), Some(1024));
}
