//! Sessions that end and begin again, secrets that stay secret, and input of any kind.

use super::*;

fn again(sasl: &Sasl, before: &Established, mechanism: Mechanism) -> SaslSession {
    let session = sasl.begin(mechanism.name(), Some(before.clone()), &mut Nonces::new(9));
    session.expect("it is on offer")
}

#[test]
fn a_session_ends_when_the_broker_says() {
    let sasl = sasl().with_max_reauth(Duration::from_millis(1_500));
    let (_, established) = done(plain(&sasl, "\0alice\0secret"));
    assert_eq!(established.session_lifetime_ms(), 1_500);
    assert_eq!(established.expires(Time(0)), Some(Time(1_500_000_000)));
    let endless = sasl.with_max_reauth(Duration::ZERO);
    assert_eq!(done(plain(&endless, "\0alice\0secret")).1.lifetime, None);
}

#[test]
fn the_same_user_may_authenticate_again() {
    let sasl = sasl();
    for mechanism in SCRAM {
        let client = Client::of(mechanism, "alice", "secret");
        let (_, established) = done(client.run(&sasl, begin(&sasl, mechanism)));
        let session = again(&sasl, &established, mechanism);
        assert_eq!(done(client.run(&sasl, session)).1, established);
    }
}

#[test]
fn another_user_may_not_take_the_session_over() {
    let sasl = sasl();
    let (_, alice) = done(plain(&sasl, "\0alice\0secret"));
    let session = again(&sasl, &alice, Mechanism::Plain);
    assert_eq!(
        text(session.receive(b"\0a,b=c\0comma", &sasl, NOW)),
        "Cannot change principals during re-authentication from User.alice: User.a,b=c"
    );
}

#[test]
fn another_mechanism_closes_the_connection_without_an_answer() {
    let sasl = sasl();
    let (_, alice) = done(plain(&sasl, "\0alice\0secret"));
    let session = again(&sasl, &alice, Mechanism::ScramSha256);
    let step = session.receive(b"n,,n=alice,r=x", &sasl, NOW);
    let Step::Closed { why } = &step else { panic!("not closed: {step:?}") };
    assert!(why.ends_with("re-authentication of mechanism 'PLAIN'"), "{why}");
}

#[test]
fn a_failed_re_authentication_is_called_so() {
    let sasl = sasl();
    let (_, alice) = done(plain(&sasl, "\0alice\0secret"));
    let told = text(again(&sasl, &alice, Mechanism::Plain).receive(b"", &sasl, NOW));
    assert!(told.starts_with("Authentication failed during re-authentication due to"), "{told}");
}

#[test]
fn iterations_have_a_lower_bound() {
    assert!(Iterations::try_from(4_095).is_err());
    let iterations = Iterations::try_from(4_097).expect("more than enough");
    let sasl = Sasl::new(Credentials::new(1, iterations).with_user("alice", "secret"));
    let client = Client::of(Mechanism::ScramSha256, "alice", "secret");
    let session = begin(&sasl, Mechanism::ScramSha256);
    let (asked, _) = challenge(session.clone().receive(client.first().as_bytes(), &sasl, NOW));
    assert!(asked.ends_with(",i=4097"), "{asked}");
    done(client.run(&sasl, session));
}

#[test]
fn salts_differ_by_user_and_mechanism_and_follow_from_the_seed() {
    let salt = |seed: u64, mechanism, name: &str| {
        let users = Credentials::new(seed, Iterations::MIN).with_user(name, "secret");
        users.scram(mechanism, name).expect("the user").salt
    };
    let one = salt(1, Mechanism::ScramSha256, "alice");
    assert_eq!(one, salt(1, Mechanism::ScramSha256, "alice"));
    assert_ne!(one, salt(2, Mechanism::ScramSha256, "alice"));
    assert_ne!(one, salt(1, Mechanism::ScramSha512, "alice"));
    assert_ne!(one, salt(1, Mechanism::ScramSha256, "bob"));
}

#[test]
fn no_output_for_programmers_shows_a_secret() {
    let sasl = sasl();
    let client = Client::of(Mechanism::ScramSha256, "alice", "secret");
    let session = begin(&sasl, Mechanism::ScramSha256);
    let step = session.receive(client.first().as_bytes(), &sasl, NOW);
    let keys = sasl.credentials.scram(Mechanism::ScramSha256, "alice").expect("the user");
    let shown = format!("{sasl:?} {step:?}");
    assert!(!shown.contains("\"secret\""), "{shown}");
    assert!(!shown.contains(&format!("{:?}", keys.stored_key.bytes())), "{shown}");
    assert!(shown.contains("stored_key: (secret)"), "{shown}");
}

fn mechanisms() -> impl Strategy<Value = Mechanism> {
    proptest::sample::select(&Mechanism::ALL[..])
}

/// Bytes of any kind, and texts that come close to what is expected.
fn tokens() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let near =
        "(n,|y,|a=|,|n=(alice|=2C|=)|r=|c=biws|p=|\x01|auth=Bearer |[.]|eyJ|\0|alice|[a-z]){0,9}";
    let token = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        near.prop_map(String::into_bytes),
        Just(b"n,,n=alice,r=x".to_vec()),
        Just(b"\x01".to_vec()),
    ];
    proptest::collection::vec(token, 0..5)
}

proptest! {
    #[test]
    fn no_bytes_make_a_session_panic(mechanism in mechanisms(), tokens in tokens()) {
        fuzzing::feed(mechanism, &tokens);
    }
}

#[test]
fn no_flipped_bit_leaves_a_proof_valid() {
    let sasl = sasl();
    let session = begin(&sasl, Mechanism::ScramSha256);
    let client = Client::of(Mechanism::ScramSha256, "alice", "secret");
    let (asked, session) = challenge(session.receive(client.first().as_bytes(), &sasl, NOW));
    let (last, _) = client.last(&asked, "");
    done(session.clone().receive(last.as_bytes(), &sasl, NOW));
    for at in 0..last.len() {
        for bit in 0..8 {
            let mut flipped = last.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            let step = session.clone().receive(&flipped, &sasl, NOW);
            assert_eq!(text(step), invalid(Mechanism::ScramSha256), "bit {bit} of byte {at}");
        }
    }
}
