//! Whom a connector believes, and what it says of whom it does not.
#![cfg(test)]

use klamm_cluster::transport::TlsVersions;

use super::*;

#[tokio::test]
async fn a_server_of_a_believed_authority_is_accepted_and_described() {
    let ca = ca();
    let names = ["localhost", "127.0.0.1", "::1"];
    let outcome = shake(&connector(&believing(&ca)), "localhost", server(&ca, &names)).await;
    let stream = outcome.expect("a stream");
    let peer = stream.peer();
    assert_eq!(peer.version, "TLS 1.3");
    assert!(peer.cipher_suite.starts_with("TLS13_"), "{}", peer.cipher_suite);
    assert_eq!(
        (&*peer.chain[0].subject, &peer.chain[0].names[..]),
        ("CN=localhost", &names.map(str::to_owned)[..])
    );
    assert_eq!(peer.chain[0].issuer, "CN=klamm test CA 1");
    assert_eq!(peer.chain[0].not_before.to_string(), "2020-01-01 00:00:00 UTC");
    assert_eq!(peer.chain[0].not_after.to_string(), "2049-12-31 23:59:59 UTC");
    assert_eq!(peer.chain.iter().map(|facts| facts.is_ca).collect::<Vec<_>>(), [false, true]);
    echoed(stream).await.expect("an echo");
}

#[tokio::test]
async fn either_version_can_be_asked_for_alone() {
    let ca = ca();
    for (versions, name) in [(TlsVersions::Only12, "TLS 1.2"), (TlsVersions::Only13, "TLS 1.3")] {
        let settings = TlsSettings { versions, ..believing(&ca) };
        let stream = shake(&connector(&settings), "a.test", server(&ca, &["a.test"])).await;
        let stream = stream.expect("a stream");
        assert_eq!(stream.peer().version, name);
        assert_eq!(stream.peer().chain.len(), 2);
        echoed(stream).await.expect("an echo");
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_all_names() {
    let (ca, stranger) = (ca(), TestCa::new(2).expect("a CA"));
    let refusal = refused(&believing(&ca), "a.test", server(&stranger, &["a.test"])).await;
    assert_eq!(
        refusal.failure,
        TlsFailure::UnknownIssuer {
            subject: "CN=a.test".to_owned(),
            issuer: "CN=klamm test CA 2".to_owned(),
            roots: "1 certificate of the text that was given".to_owned(),
        }
    );
    assert_eq!(refusal.chain.len(), 2);
    let public = refused(&TlsSettings::default(), "a.test", server(&ca, &["a.test"])).await;
    assert!(matches!(public.failure, TlsFailure::UnknownIssuer { roots, .. }
        if roots.contains("built-in roots")));
}

#[tokio::test]
async fn a_wrong_name_is_refused_with_the_names_that_were_shown() {
    let ca = ca();
    for host in ["b.test", "10.0.0.1", "::1"] {
        let refusal = refused(&believing(&ca), host, server(&ca, &["a.test", "10.0.0.2"])).await;
        let presented = ["a.test", "10.0.0.2"].map(str::to_owned).to_vec();
        assert_eq!(refusal.failure, TlsFailure::WrongName { expected: host.to_owned(), presented });
        assert_eq!(refusal.chain[0].names.len(), 2);
    }
    let nameless = refused(&believing(&ca), "b.test", server(&ca, &[])).await.failure.to_string();
    assert!(nameless.contains("no alternative names"), "{nameless}");
}

#[tokio::test]
async fn an_address_is_checked_as_an_address() {
    let ca = ca();
    let connector = connector(&believing(&ca));
    for host in ["127.0.0.1", "::1", "[::1]", "::1%lo"] {
        let stream = shake(&connector, host, server(&ca, &["127.0.0.1", "::1"])).await;
        echoed(stream.expect(host)).await.expect("an echo");
    }
}

#[tokio::test]
async fn dates_are_checked_by_the_clock_and_named() {
    let ca = ca();
    let settings = believing(&ca);
    let at = async |seconds| {
        let connector = connector_at(&settings, seconds);
        shake(&connector, "a.test", server(&ca, &["a.test"])).await.expect_err("a refusal")
    };
    let subject = "CN=a.test".to_owned();
    let until = "2049-12-31 23:59:59 UTC".to_owned();
    let late = at(2_600_000_000).await;
    assert_eq!(late.failure, TlsFailure::Expired { subject: subject.clone(), until });
    let from = "2020-01-01 00:00:00 UTC".to_owned();
    let early = at(1_500_000_000).await;
    assert_eq!(early.failure, TlsFailure::NotYetValid { subject, from });
    assert_eq!((late.chain.len(), early.chain.len()), (2, 2));
}

#[tokio::test]
async fn another_name_can_be_asked_for() {
    let ca = ca();
    let server_name = Some("a.test".to_owned());
    let settings = TlsSettings { server_name, ..believing(&ca) };
    let stream = shake(&connector(&settings), "10.9.8.7", server(&ca, &["a.test"])).await;
    echoed(stream.expect("a stream")).await.expect("an echo");
    let refusal = refused(&settings, "b.test", server(&ca, &["b.test"])).await;
    assert!(
        matches!(refusal.failure, TlsFailure::WrongName { expected, .. } if expected == "a.test")
    );
}

#[tokio::test]
async fn what_can_be_no_name_is_refused() {
    let ca = ca();
    for host in ["", "a b", "a\u{1b}[2J"] {
        let refusal = refused(&believing(&ca), host, server(&ca, &["a"])).await;
        assert!(matches!(refusal.failure, TlsFailure::BadSettings(_)), "{}", refusal.failure);
    }
    let server_name = Some("a b".to_owned());
    let refused = Connector::new(&TlsSettings { server_name, ..believing(&ca) });
    assert!(matches!(refused, Err(TlsFailure::BadSettings(words)) if words.contains("`a b`")));
}

#[tokio::test]
async fn without_the_check_of_names_the_chain_is_checked_still() {
    let (ca, stranger) = (ca(), TestCa::new(2).expect("a CA"));
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let settings = TlsSettings { check_name: false, versions, ..believing(&ca) };
        let stream = shake(&connector(&settings), "b.test", server(&ca, &["a.test"])).await;
        echoed(stream.expect("a stream")).await.expect("an echo");
        let refusal = refused(&settings, "a.test", server(&stranger, &["a.test"])).await;
        assert!(matches!(refusal.failure, TlsFailure::UnknownIssuer { .. }));
    }
}

#[tokio::test]
async fn without_any_check_everybody_is_accepted() {
    let stranger = TestCa::new(2).expect("a CA");
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let settings = TlsSettings { verify: false, versions, ..TlsSettings::default() };
        let stream = shake(&connector(&settings), "b.test", server(&stranger, &["a.test"])).await;
        let stream = stream.expect("a stream");
        assert_eq!(stream.peer().chain[0].subject, "CN=a.test");
        echoed(stream).await.expect("an echo");
    }
}

#[tokio::test]
async fn an_authority_that_serves_itself_is_told_what_to_do() {
    let (chain, key) =
        (include_str!("../testdata/self-signed.pem"), include_str!("../testdata/self-signed.key"));
    let identity = Identity::from_pem(chain, key).expect("PEM");
    let roots = vec![text(chain)];
    let settings = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
    let server = showing(&identity, ClientCertificates::NotAsked);
    let refusal = shake(&connector_at(&settings, 2_000_000_000), "a.test", server).await;
    let words = refusal.expect_err("a refusal").failure.to_string();
    assert!(words.contains("`CN=a.test` is an authority's own certificate"), "{words}");
}

#[tokio::test]
async fn sessions_are_resumed() {
    let ca = ca();
    let (connector, server) = (connector(&believing(&ca)), server(&ca, &["a.test"]));
    let kinds = async |stream: Result<TlsStream<DuplexStream>, _>| {
        let stream = stream.expect("a stream");
        let kind = stream.handshake_kind();
        let facts = stream.peer().chain.len();
        echoed(stream).await.expect("an echo");
        (kind, facts)
    };
    let first = kinds(shake(&connector, "a.test", Arc::clone(&server)).await).await;
    let second = kinds(shake(&connector, "a.test", server).await).await;
    assert_eq!(first, (Some(rustls::HandshakeKind::Full), 2));
    assert_eq!(second, (Some(rustls::HandshakeKind::Resumed), 2));
}

#[tokio::test]
async fn no_more_waits_inside_than_the_limit() {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::Poll;

    use tokio::io::AsyncWrite as _;

    use crate::tls::BUFFER_LIMIT;

    let ca = ca();
    for limit in [BUFFER_LIMIT, 4 << 10] {
        let stream = shake(&connector(&believing(&ca)), "a.test", server(&ca, &["a.test"])).await;
        let mut stream = stream.expect("a stream");
        if limit != BUFFER_LIMIT {
            stream.set_buffer_limit(Some(limit));
        }
        // The other task has no turn, so nobody reads: what is taken fills the pipe, then TLS.
        let mut taken = 0;
        poll_fn(|cx| {
            while let Poll::Ready(written) = Pin::new(&mut stream).poll_write(cx, &[0; 4 << 10]) {
                taken += written.expect("room");
                assert!(taken <= 1 << 20, "there is no end to it");
            }
            Poll::Ready(())
        })
        .await;
        assert!((ROOM / 2..=ROOM + limit + (16 << 10)).contains(&taken), "{limit}: {taken}");
    }
}
