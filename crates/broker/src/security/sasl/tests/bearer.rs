//! Tokens that somebody else gave out.

use super::*;

/// A token that holds until `exp`, in seconds.
fn token(subject: &str, exp: u32) -> String {
    let part = |json: String| URL_SAFE_NO_PAD.encode(json);
    let header = part(r#"{"alg":"none"}"#.to_owned());
    format!("{header}.{}.", part(format!(r#"{{"sub":"{subject}","exp":{exp}}}"#)))
}

fn message(token: &str) -> String {
    format!("n,,\x01auth=Bearer {token}\x01\x01")
}

fn send(sasl: &Sasl, message: &str) -> Step {
    begin(sasl, Mechanism::OAuthBearer).receive(message.as_bytes(), sasl, NOW)
}

#[test]
fn a_token_is_taken_for_as_long_as_it_lives() {
    let sasl = sasl();
    let (answer, established) = done(send(&sasl, &message(&token("alice", 1_060))));
    assert_eq!(answer, "");
    assert_eq!(established.principal, Principal::user("alice"));
    assert_eq!(established.session_lifetime_ms(), 60_000);
    assert_eq!(established.expires(Time(1)), Some(Time(60_000_000_001)));
}

#[test]
fn a_limit_of_the_broker_shortens_the_session() {
    let sasl = sasl().with_max_reauth(Duration::from_secs(30));
    let lifetime = |exp| done(send(&sasl, &message(&token("alice", exp)))).1.session_lifetime_ms();
    assert_eq!(lifetime(1_060), 30_000);
    assert_eq!(lifetime(1_010), 10_000);
}

#[test]
fn a_rejected_client_is_told_why_before_it_fails() {
    let sasl = sasl();
    let (told, session) = challenge(send(&sasl, &message(&token("alice", 900))));
    assert_eq!(told, r#"{"status":"invalid_token"}"#);
    assert_eq!(text(session.receive(b"\x01", &sasl, NOW)), told);
}

#[test]
fn a_rejected_client_may_try_again() {
    let sasl = sasl();
    let (_, session) = challenge(send(&sasl, &message("none.sense.")));
    done(session.receive(message(&token("alice", 1_060)).as_bytes(), &sasl, NOW));
}

#[test]
fn extensions_and_the_own_name_do_not_disturb() {
    let sasl = sasl();
    let token = token("alice", 1_060);
    for message in [
        format!("n,a=alice,\x01auth=Bearer {token}\x01\x01"),
        format!("n,,\x01auth=bearer   {token}\x01\x01"),
        format!("n,,\x01traceId=1 2\x01auth=Bearer {token}\x01poolId=x\x01\x01"),
    ] {
        done(send(&sasl, &message));
    }
    let told = text(send(&sasl, &format!("n,a=bob,\x01auth=Bearer {token}\x01\x01")));
    assert!(told.contains("authorization id (bob)") && told.ends_with("name (alice)"), "{told}");
}

#[test]
fn what_is_no_message_of_oauthbearer_says_nothing_of_why() {
    let sasl = sasl();
    let token = token("alice", 1_060);
    for message in [
        String::new(),
        "\x01".to_owned(),
        "n,,\x01\x01".to_owned(),
        "n,,\x01auth=Bearer \x01\x01".to_owned(),
        format!("n,,\x01auth=Bearer {token}\x01"),
        format!("n,,auth=Bearer {token}\x01\x01"),
        format!("y,,\x01auth=Bearer {token}\x01\x01"),
        format!("n,a=,\x01auth=Bearer {token}\x01\x01"),
        format!("n,,\x01auth=Basic {token}\x01\x01"),
        format!("n,,\x01auth=Bearer {token}!\x01\x01"),
        format!("n,,\x01a1=x\x01auth=Bearer {token}\x01\x01"),
        format!("n,,\x01a=\x01auth=Bearer {token}\x01\x01"),
        "n,,\x01host=x\x01\x01".to_owned(),
    ] {
        assert_eq!(text(send(&sasl, &message)), invalid(Mechanism::OAuthBearer), "{message:?}");
    }
}

#[test]
fn the_check_of_tokens_can_be_replaced() {
    let users = Credentials::new(7, Iterations::MIN).with_token_check(|token, now| match token {
        "open-sesame" => {
            Ok(Authenticated { principal: Principal::user("ali"), lifetime: WallMillis(now.0 + 5) })
        }
        _ => Err("insufficient \"scope\"".to_owned()),
    });
    let sasl = Sasl::new(users);
    let (_, established) = done(send(&sasl, &message("open-sesame")));
    assert_eq!(established.session_lifetime_ms(), 5);
    let (told, _) = challenge(send(&sasl, &message("open-barley")));
    assert_eq!(told, r#"{"status":"insufficient \"scope\""}"#);
}
