//! SASL, seen as a client sees it.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use klamm_wire::{Time, WallMillis};
use proptest::prelude::*;

use super::hash::{Hash, xor};
use super::*;
use crate::security::Principal;

const NOW: WallMillis = WallMillis(1_000_000);

/// Two users, whose keys are derived only once: that is what takes time here.
fn sasl() -> Sasl {
    static SASL: OnceLock<Sasl> = OnceLock::new();
    let users = || {
        Credentials::new(7, Iterations::MIN)
            .with_user("alice", "secret")
            .with_user("a,b=c", "comma")
    };
    SASL.get_or_init(|| Sasl::new(users())).clone()
}

fn begin(sasl: &Sasl, mechanism: Mechanism) -> SaslSession {
    sasl.begin(mechanism.name(), None, &mut Nonces::new(3)).expect("it is on offer")
}

fn text(step: Step) -> String {
    if let Step::Failed { text } = step { text } else { panic!("not a failure: {step:?}") }
}

fn challenge(step: Step) -> (String, SaslSession) {
    if let Step::Challenge { token, session } = step {
        (String::from_utf8(token).expect("text"), session)
    } else {
        panic!("not a challenge: {step:?}")
    }
}

fn done(step: Step) -> (String, Established) {
    if let Step::Done { token, established } = step {
        (String::from_utf8(token).expect("text"), established)
    } else {
        panic!("not the end: {step:?}")
    }
}

fn plain(sasl: &Sasl, token: &str) -> Step {
    begin(sasl, Mechanism::Plain).receive(token.as_bytes(), sasl, NOW)
}

/// A client of SCRAM, with every part of its messages open to change.
struct Client {
    hash: Hash,
    header: &'static str,
    binding: &'static str,
    bare: String,
    password: &'static str,
}

impl Client {
    fn of(mechanism: Mechanism, name: &str, password: &'static str) -> Self {
        let hash = if mechanism == Mechanism::ScramSha512 { Hash::Sha512 } else { Hash::Sha256 };
        Self { hash, header: "n,,", binding: "n,,", bare: format!("n={name},r=client"), password }
    }

    fn first(&self) -> String {
        format!("{}{}", self.header, self.bare)
    }

    /// The last message, and the signature that the server must answer with.
    fn last(&self, challenge: &str, nonce_suffix: &str) -> (String, String) {
        let parts: Vec<&str> = challenge.split(',').map(|part| &part[2..]).collect();
        let salt = STANDARD.decode(parts[1]).expect("a salt");
        let salted = self.hash.salted(self.password.as_bytes(), &salt, parts[2].parse().unwrap());
        let binding = STANDARD.encode(self.binding);
        let without_proof = format!("c={binding},r={}{nonce_suffix}", parts[0]);
        let said = format!("{},{challenge},{without_proof}", self.bare);
        let client_key = self.hash.hmac(&salted, &[b"Client Key"]);
        let stored_key = self.hash.digest(&client_key);
        let proof = xor(&client_key, &self.hash.hmac(&stored_key, &[said.as_bytes()]));
        let server_key = self.hash.hmac(&salted, &[b"Server Key"]);
        let signature = STANDARD.encode(self.hash.hmac(&server_key, &[said.as_bytes()]));
        (format!("{without_proof},p={}", STANDARD.encode(proof)), format!("v={signature}"))
    }

    fn run(&self, sasl: &Sasl, session: SaslSession) -> Step {
        let step = session.receive(self.first().as_bytes(), sasl, NOW);
        if !matches!(step, Step::Challenge { .. }) {
            return step;
        }
        let (challenge, session) = challenge(step);
        let (last, signature) = self.last(&challenge, "");
        let step = session.receive(last.as_bytes(), sasl, NOW);
        if let Step::Done { token, .. } = &step {
            assert_eq!(token, signature.as_bytes(), "the server proves itself too");
        }
        step
    }
}

const SCRAM: [Mechanism; 2] = [Mechanism::ScramSha256, Mechanism::ScramSha512];

fn invalid(mechanism: Mechanism) -> String {
    format!(
        "Authentication failed during authentication due to invalid credentials with SASL \
         mechanism {mechanism}"
    )
}

#[test]
fn names_of_mechanisms_are_read_as_they_are_written() {
    for mechanism in Mechanism::ALL {
        assert_eq!(Mechanism::from_name(&mechanism.to_string()), Some(mechanism));
    }
    assert_eq!(Mechanism::from_name("plain"), None);
    assert_eq!(Mechanism::from_name("GSSAPI"), None);
}

#[test]
fn a_mechanism_that_is_not_on_offer_begins_nothing() {
    let sasl = sasl().with_mechanisms([Mechanism::ScramSha512]);
    assert_eq!(sasl.begin("PLAIN", None, &mut Nonces::new(1)), None);
    assert_eq!(sasl.begin("GSSAPI", None, &mut Nonces::new(1)), None);
    assert!(sasl.begin("SCRAM-SHA-512", None, &mut Nonces::new(1)).is_some());
    assert_eq!(sasl.mechanisms().collect::<Vec<_>>(), [Mechanism::ScramSha512]);
}

#[test]
fn a_password_in_the_clear_is_taken() {
    let sasl = sasl();
    for token in ["\0alice\0secret", "alice\0alice\0secret"] {
        let (answer, established) = done(plain(&sasl, token));
        assert_eq!(answer, "");
        assert_eq!(established.principal, Principal::user("alice"));
        assert_eq!(established.session_lifetime_ms(), 0);
        assert_eq!(established.expires(Time(5)), None);
    }
}

#[test]
fn a_stranger_and_a_wrong_password_read_alike_in_plain() {
    let sasl = sasl();
    let wrong = text(plain(&sasl, "\0alice\0Secret"));
    assert_eq!(wrong, "Authentication failed: Invalid username or password");
    assert_eq!(text(plain(&sasl, "\0mallory\0secret")), wrong);
    assert_eq!(text(plain(&sasl, "bob\0alice\0wrong")), wrong);
}

#[test]
fn what_is_no_token_of_plain_says_nothing_of_why() {
    let sasl = sasl();
    for token in ["", "alice", "\0alice", "\0\0secret", "\0alice\0", "\0alice\0secret\0"] {
        assert_eq!(text(plain(&sasl, token)), invalid(Mechanism::Plain), "{token:?}");
    }
    let other = text(plain(&sasl, "bob\0alice\0secret"));
    assert!(other.ends_with("an authorization id that is different from username"), "{other}");
}

/// The proof and the signature of the exchange that RFC 7677 prints, and of the same one with the
/// other hash, which another implementation has computed.
const EXCHANGES: [(Hash, &str, &str); 2] = [
    (
        Hash::Sha256,
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    ),
    (
        Hash::Sha512,
        "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
        "ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
    ),
];

#[test]
fn the_exchange_of_rfc_7677_gives_its_signature() {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("the salt");
    let read = message::ClientFirst::read(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO").expect("it");
    let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    for (hash, proof, signature) in EXCHANGES {
        let keys = credentials::ScramKeys::of_vector(hash, "pencil", &salt);
        let challenged = scram::Challenged::new(hash, keys, &read, nonce);
        let asked = challenged.server_first();
        assert_eq!(
            asked,
            format!("r=rOprNGfwEbeRWgbNEkqO{nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        );
        let last = format!("c=biws,r=rOprNGfwEbeRWgbNEkqO{nonce},p={proof}");
        let (token, principal) = challenged.finish(last.as_bytes()).expect("the proof is right");
        assert_eq!(token, format!("v={signature}").into_bytes());
        assert_eq!(principal, Principal::user("user"));
    }
}

#[test]
fn a_proof_of_the_password_is_taken() {
    let sasl = sasl();
    for mechanism in SCRAM {
        let client = Client::of(mechanism, "alice", "secret");
        let (_, established) = done(client.run(&sasl, begin(&sasl, mechanism)));
        assert_eq!(established.principal, Principal::user("alice"));
        assert_eq!(established.mechanism, mechanism);
    }
}

#[test]
fn a_name_with_comma_and_equals_sign_is_escaped() {
    let sasl = sasl();
    let client = Client::of(Mechanism::ScramSha256, "a=2Cb=3Dc", "comma");
    let (_, established) = done(client.run(&sasl, begin(&sasl, Mechanism::ScramSha256)));
    assert_eq!(established.principal, Principal::user("a,b=c"));
}

#[test]
fn a_wrong_password_and_a_stranger_read_alike_in_scram() {
    let sasl = sasl();
    for mechanism in SCRAM {
        for name in ["alice", "mallory"] {
            let client = Client::of(mechanism, name, "wrong");
            let step = client.run(&sasl, begin(&sasl, mechanism));
            assert_eq!(text(step), invalid(mechanism), "{name}");
        }
    }
}

#[test]
fn a_stranger_who_is_challenged_cannot_be_told_from_a_user() {
    let users = Credentials::new(7, Iterations::MIN).with_user("alice", "secret");
    let sasl = Sasl::new(users.challenging_strangers());
    for mechanism in SCRAM {
        let shape = |name: &str| {
            let client = Client::of(mechanism, name, "wrong");
            let first = client.first();
            let (challenge, session) =
                challenge(begin(&sasl, mechanism).receive(first.as_bytes(), &sasl, NOW));
            let (last, _) = client.last(&challenge, "");
            assert_eq!(text(session.receive(last.as_bytes(), &sasl, NOW)), invalid(mechanism));
            challenge.split(',').map(str::len).collect::<Vec<_>>()
        };
        assert_eq!(shape("alice"), shape("mallory"));
    }
    let asked = |name: &str| {
        let first = format!("n,,n={name},r=x");
        let session = begin(&sasl, Mechanism::ScramSha256);
        challenge(session.receive(first.as_bytes(), &sasl, NOW)).0
    };
    assert_eq!(asked("mallory"), asked("mallory"), "the salt of a stranger stays the same");
    assert_ne!(asked("mallory"), asked("eve"));
}

#[test]
fn a_nonce_that_is_not_the_servers_is_refused() {
    let sasl = sasl();
    let client = Client::of(Mechanism::ScramSha256, "alice", "secret");
    let session = begin(&sasl, Mechanism::ScramSha256);
    let (asked, session) = challenge(session.receive(client.first().as_bytes(), &sasl, NOW));
    assert!(asked.starts_with("r=client") && asked.ends_with(",i=4096"), "{asked}");
    // The proof is right for the nonce that was sent, so the nonce alone is wrong.
    let (last, _) = client.last(&asked, "x");
    let step = session.receive(last.as_bytes(), &sasl, NOW);
    assert_eq!(text(step), invalid(Mechanism::ScramSha256));
}

#[test]
fn channel_bindings_are_refused_in_both_messages() {
    let sasl = sasl();
    for (header, binding) in
        [("y,,", "y,,"), ("p=tls-exporter,,", "p=tls-exporter,,"), ("n,,", "y,,"), ("n,,", "")]
    {
        let client =
            Client { header, binding, ..Client::of(Mechanism::ScramSha256, "alice", "secret") };
        let step = client.run(&sasl, begin(&sasl, Mechanism::ScramSha256));
        assert_eq!(text(step), invalid(Mechanism::ScramSha256), "{header} {binding}");
    }
}

#[test]
fn a_client_of_scram_acts_for_itself_alone() {
    let sasl = sasl();
    let client = |header, binding| Client {
        header,
        binding,
        ..Client::of(Mechanism::ScramSha256, "alice", "secret")
    };
    let own = client("n,a=alice,", "n,a=alice,");
    done(own.run(&sasl, begin(&sasl, Mechanism::ScramSha256)));
    let other = client("n,a=bob,", "n,a=bob,");
    let told = text(other.run(&sasl, begin(&sasl, Mechanism::ScramSha256)));
    assert!(told.ends_with("an authorization id that is different from username"), "{told}");
}

#[test]
fn a_proof_of_another_length_is_refused() {
    let sasl = sasl();
    let client = Client::of(Mechanism::ScramSha256, "alice", "secret");
    for proof in ["", "AAEC"] {
        let session = begin(&sasl, Mechanism::ScramSha256);
        let (asked, session) = challenge(session.receive(client.first().as_bytes(), &sasl, NOW));
        let (last, _) = client.last(&asked, "");
        let cut = last.split_once(",p=").expect("a proof").0;
        let step = session.receive(format!("{cut},p={proof}").as_bytes(), &sasl, NOW);
        assert_eq!(text(step), invalid(Mechanism::ScramSha256));
    }
}

mod bearer;
mod limits;
