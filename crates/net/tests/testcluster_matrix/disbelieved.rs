//! One of the two sides does not believe the other.

use klamm_broker::cluster::Listener;
use klamm_broker::security::certificates::TestCa;
use klamm_broker::security::sasl::Mechanism as Offered;
use klamm_broker::server::{Certificate, ClientAuth};
use klamm_cluster::sasl::{Mechanism, SaslError};
use klamm_cluster::{Cause, ConnFailure, Fate, Reason, Stage, TlsFailure};

use crate::world::{Seeker, Seeking, described, described_open, sasl, tell};

type IsIt = fn(&TlsFailure) -> bool;

/// Why nobody accepts a client, which it is told at once and not by its deadline.
async fn not_accepted(seeking: Seeking, cell: &str) -> ConnFailure {
    let failure = seeking.is_refused().await;
    assert_eq!(failure.fate, Fate::NotWritten, "{cell}: {failure}");
    let Reason::NotAccepted(failure) = failure.reason else { panic!("{cell}: {failure}") };
    tell(cell, &failure);
    failure
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_every_mechanism() {
    let cluster = described().start().await.unwrap();
    for listener in [Listener::SaslPlain, Listener::SaslTls] {
        for mechanism in Mechanism::ALL {
            let seeking = Seeker::of(&cluster, listener).guessing(mechanism, "guessed").start();
            let cell = format!("{} {mechanism}, wrong password", listener.name());
            let failure = not_accepted(seeking, &cell).await;
            assert_eq!(failure.stage, Stage::Authenticate, "{cell}");
            let Cause::Sasl(SaslError::Refused { mechanism: refused, .. }) = &failure.cause else {
                panic!("{cell}: {failure}")
            };
            assert_eq!(*refused, mechanism);
            assert!(!format!("{failure} {failure:?}").contains("guessed"), "{cell}");
        }
    }
}

#[tokio::test]
async fn a_mechanism_that_is_not_offered_is_answered_with_those_that_are() {
    let offered = sasl().with_mechanisms([Offered::Plain, Offered::ScramSha512]);
    let cluster = described().sasl(offered).start().await.unwrap();
    for asked in [Mechanism::ScramSha256, Mechanism::OAuthBearer] {
        let seeking = Seeker::of(&cluster, Listener::SaslTls).by(asked).start();
        let failure = not_accepted(seeking, &format!("sasl_tls {asked}, not offered")).await;
        let offered = ["PLAIN", "SCRAM-SHA-512"].map(str::to_owned).to_vec();
        let cause = Cause::Sasl(SaslError::UnsupportedMechanism { asked, offered });
        assert_eq!(failure, ConnFailure { stage: Stage::Authenticate, cause });
    }
}

#[tokio::test]
async fn a_certificate_out_of_time_or_of_another_is_not_believed() {
    let is_expired: IsIt = |failure| matches!(failure, TlsFailure::Expired { .. });
    let is_early: IsIt = |failure| matches!(failure, TlsFailure::NotYetValid { .. });
    let is_named: IsIt = |failure| {
        matches!(failure, TlsFailure::WrongName { expected, presented }
            if expected == "127.0.0.1" && *presented == ["elsewhere.test"])
    };
    for (shown, is_it) in [
        (Certificate::Expired, is_expired),
        (Certificate::NotYetValid, is_early),
        (Certificate::OtherName, is_named),
    ] {
        let cluster = described_open().certificate(shown).start().await.unwrap();
        let seeking = Seeker::of(&cluster, Listener::Tls).start();
        let failure = not_accepted(seeking, &format!("tls, broker's certificate {shown:?}")).await;
        assert_eq!(failure.stage, Stage::Tls, "{failure}");
        assert!(matches!(&failure.cause, Cause::Tls(cause) if is_it(cause)), "{failure:?}");
    }
}

#[tokio::test]
async fn a_broker_of_another_authority_is_not_believed() {
    let cluster = described_open().start().await.unwrap();
    let other = TestCa::new(4_711).unwrap().pem();
    for listener in [Listener::Tls, Listener::SaslTls] {
        let seeker = Seeker::of(&cluster, listener).by(Mechanism::Plain).believing(other.clone());
        let cell = format!("{}, another authority", listener.name());
        let failure = not_accepted(seeker.start(), &cell).await;
        assert_eq!(failure.stage, Stage::Tls, "no password is said before: {failure}");
        let is_it = matches!(failure.cause, Cause::Tls(TlsFailure::UnknownIssuer { .. }));
        assert!(is_it, "{failure:?}");
    }
}

#[tokio::test]
async fn nobody_without_a_certificate_gets_in_where_one_is_required() {
    let cluster = described_open().tls(ClientAuth::Required).start().await.unwrap();
    let stranger = TestCa::new(4_711).unwrap().client("alice").unwrap();
    let nobody = Seeker::of(&cluster, Listener::Tls);
    let other = Seeker::of(&cluster, Listener::Tls);
    let other = other.showing(stranger.certificate_pem(), stranger.key_pem());
    for (cell, seeker) in
        [("tls, no certificate", nobody), ("tls, a stranger's certificate", other)]
    {
        let failure = seeker.start().first_failure().await;
        tell(cell, &failure);
        // A client of TLS 1.3 is told only after its own part is over.
        assert!(matches!(failure.stage, Stage::Tls | Stage::Versions), "{cell}: {failure}");
        let is_it = matches!(failure.cause, Cause::Tls(TlsFailure::Alert(_)));
        assert!(is_it, "{cell}: {failure:?}");
    }
}
