//! Each side speaks a protocol that the other does not expect.

use klamm_broker::cluster::Listener;
use klamm_cluster::sasl::Mechanism;
use klamm_cluster::{Cause, Reason, Stage, TlsFailure};
use klamm_protocol::frame::Foreign;

use crate::world::{Seeker, described_open, tell};

#[tokio::test]
async fn a_port_of_tls_that_is_spoken_to_in_the_clear_is_told_apart() {
    let cluster = described_open().start().await.unwrap();
    for (listener, cell) in
        [(Listener::Tls, "clear to tls"), (Listener::SaslTls, "clear to sasl_tls")]
    {
        let seeker = Seeker::of(&cluster, listener).by(Mechanism::Plain).in_the_clear();
        let failure = seeker.start().first_failure().await;
        tell(cell, &failure);
        assert_eq!(failure.stage, Stage::Versions, "no password is said: {failure}");
        let is_it = matches!(failure.cause, Cause::ClosedByPeer | Cause::Reset)
            || matches!(&failure.cause, Cause::Frame(e) if e.foreign() == Some(Foreign::Tls));
        assert!(is_it, "{failure:?}");
    }
}

#[tokio::test]
async fn a_port_without_tls_that_is_spoken_to_in_tls_is_told_apart() {
    let cluster = described_open().start().await.unwrap();
    let authority = cluster.ca_pem().unwrap();
    for (listener, cell) in
        [(Listener::Plain, "tls to plain"), (Listener::SaslPlain, "tls to sasl_plain")]
    {
        let seeker = Seeker::of(&cluster, listener).believing(authority.clone());
        let failure = seeker.start().first_failure().await;
        tell(cell, &failure);
        assert_eq!(failure.stage, Stage::Tls, "{failure}");
        let is_it = matches!(
            &failure.cause,
            Cause::Tls(TlsFailure::ClosedAtOnce | TlsFailure::NotTls { .. })
                | Cause::ClosedByPeer
                | Cause::Reset
        );
        assert!(is_it, "{failure:?}");
    }
}

#[tokio::test]
async fn who_says_no_name_where_one_is_asked_for_loses_the_connection() {
    let cluster = described_open().start().await.unwrap();
    for listener in [Listener::SaslPlain, Listener::SaslTls] {
        let failure = Seeker::of(&cluster, listener).start().is_refused().await;
        tell(&format!("no name to {}", listener.name()), &failure);
        let Reason::Lost(failure) = failure.reason else { panic!("{failure}") };
        assert_eq!(failure.stage, Stage::Ready);
    }
}

#[tokio::test]
async fn who_says_a_name_where_nobody_asks_is_told_so() {
    let cluster = described_open().start().await.unwrap();
    for listener in [Listener::Plain, Listener::Tls] {
        let failure = Seeker::of(&cluster, listener).by(Mechanism::Plain).start();
        let failure = failure.first_failure().await;
        tell(&format!("a name to {}", listener.name()), &failure);
        assert_eq!(failure.stage, Stage::Authenticate, "{failure}");
    }
}
