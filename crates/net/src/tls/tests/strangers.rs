//! Peers that speak something else, nothing, or only what we do not.
#![cfg(test)]

use std::future::Future as _;
use std::task::{Context, Poll, Waker};

use klamm_cluster::transport::TlsVersions;

use super::*;

/// The failure that comes of a peer that says this and closes.
async fn answered(bytes: &[u8]) -> TlsFailure {
    let (ours, mut theirs) = duplex(ROOM);
    theirs.write_all(bytes).await.expect("room");
    theirs.shutdown().await.expect("an end");
    let connector = connector(&believing(&ca()));
    connector.connect("a.test", ours).await.expect_err("a refusal")
}

#[tokio::test]
async fn peers_without_tls_are_told_apart() {
    for (bytes, words) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "HTTP, `HTTP/1.1 400 Bad Request`"),
        (b"SSH-2.0-x\r\n", "SSH, `SSH-2.0-x`"),
        (b"\0\0\0\x0a\0\0\0\0\0\x23\0\0\0\0", "an answer of a Kafka broker without TLS"),
        (b"+OK", "text, `+OK`"),
        (&[0xff; 70], "no protocol that is known here, "),
    ] {
        let TlsFailure::NotTls { looks_like } = answered(bytes).await else { panic!("{words}") };
        assert!(looks_like.starts_with(words), "{looks_like}");
    }
}

#[tokio::test]
async fn a_peer_that_closes_or_resets_at_once_is_said_to() {
    assert_eq!(answered(b"").await, TlsFailure::ClosedAtOnce);
    let (ours, theirs) = duplex(ROOM);
    drop(theirs);
    let connector = connector(&believing(&ca()));
    assert_eq!(connector.connect("a.test", ours).await.err(), Some(TlsFailure::ClosedAtOnce));
}

#[tokio::test]
async fn garbage_that_begins_like_tls_is_a_failure() {
    for bytes in [
        &b"\x16\x03\x03\x00\x04\xff\xff\xff\xff"[..],
        b"\x16\x03\x03\xff\xff",
        b"\x17\x03\x03\x00\x01\x00",
        b"\x15\x03\x03\x00\x02\x02\x50",
        b"\x16\x03",
    ] {
        let failure = answered(bytes).await;
        assert!(matches!(failure, TlsFailure::Other(_)), "{failure}");
    }
}

#[tokio::test]
async fn a_silent_peer_is_waited_for() {
    let (ours, theirs) = duplex(ROOM);
    let connector = connector(&believing(&ca()));
    let mut handshake = Box::pin(connector.connect("a.test", ours));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(handshake.as_mut().poll(&mut cx), Poll::Pending));
    assert!(matches!(handshake.as_mut().poll(&mut cx), Poll::Pending));
    drop(theirs);
    assert_eq!(handshake.await.err(), Some(TlsFailure::ClosedAtOnce));
}

#[tokio::test]
async fn sides_without_a_version_in_common_say_so() {
    let ca = ca();
    let identity = ca.server(&["a.test"]).expect("an identity");
    for (ours, theirs) in [
        (TlsVersions::Only13, &rustls::version::TLS12),
        (TlsVersions::Only12, &rustls::version::TLS13),
    ] {
        let builder = ServerConfig::builder_with_provider(provider().expect("one"));
        let builder = builder.with_protocol_versions(&[theirs]).expect("a version");
        let server = builder
            .with_no_client_auth()
            .with_single_cert(identity.chain().to_vec(), identity.key().clone_key());
        let settings = TlsSettings { versions: ours, ..believing(&ca) };
        let server = Arc::new(server.expect("settings"));
        let failure = refused(&settings, "a.test", server).await.failure;
        assert!(matches!(failure, TlsFailure::Incompatible(_)), "{failure}");
    }
}
