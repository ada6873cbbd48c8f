//! Sockets with TLS and SASL, and whom the cluster then takes their clients for.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::frame::{decode_response, encode_request};
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::sasl_authenticate::SaslAuthenticateRequest;
use klamm_protocol::sasl_handshake::SaslHandshakeRequest;
use klamm_protocol::{Request, frame::FrameDecoder};
use klamm_wire::ErrorCode;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{Builder, ClientAuth, TestCluster};
use crate::cluster::Listener;
use crate::security::Sasl;
use crate::security::certificates::provider;
use crate::security::sasl::{Credentials, Iterations};
use crate::testing::sasl::plain;

/// Asks, and gives the answer; nothing when the connection ends instead.
async fn ask<'a, R: Request<'a>>(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    version: i16,
    request: &R,
) -> Option<R::Response<'static>> {
    let frame = encode_request(request, version, 7, Some("tester")).expect("a request");
    stream.write_all(&frame.to_vec()).await.ok()?;
    stream.flush().await.ok()?;
    let mut decoder = FrameDecoder::new();
    loop {
        if let Some(frame) = decoder.next_frame().expect("frames") {
            let frame: &'static Bytes = Box::leak(Box::new(frame));
            return Some(decode_response(frame, version).expect("an answer").body);
        }
        let mut bytes = vec![0; 4_096];
        let read = stream.read(&mut bytes).await.ok().filter(|read| *read > 0)?;
        decoder.push(Bytes::from(bytes).slice(..read));
    }
}

async fn log_in(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), password: &str) -> ErrorCode {
    let handshake = SaslHandshakeRequest { mechanism: "PLAIN".into() };
    let answer = ask(stream, 1, &handshake).await.expect("an answer");
    assert_eq!(answer.error_code, ErrorCode::NONE);
    let token = plain("alice", password);
    let request = SaslAuthenticateRequest { auth_bytes: token.into(), ..Default::default() };
    ask(stream, 2, &request).await.expect("an answer").error_code
}

/// Whether topics can be seen, which these clusters allow nobody but alice.
async fn sees_topics(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<bool> {
    let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
    ask(stream, 12, &request).await.map(|answer| !answer.topics.is_empty())
}

fn described(who: &str) -> Builder {
    let users = Credentials::new(1, Iterations::MIN).with_user("alice", "alice-secret");
    let rule = format!("allow {who} Describe topic:*");
    TestCluster::builder().topic("orders", 1).sasl(Sasl::new(users)).acl(rule.parse().unwrap())
}

async fn secured(
    cluster: &TestCluster,
    listener: Listener,
    name: Option<&str>,
) -> io::Result<TlsStream<TcpStream>> {
    let ca = cluster.ca().expect("an authority");
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(provider().expect("cryptography"))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots);
    let config = match name.map(|name| ca.client(name).expect("a certificate")) {
        Some(own) => config
            .with_client_auth_cert(own.chain().to_vec(), own.key().clone_key())
            .expect("a key"),
        None => config.with_no_client_auth(),
    };
    let socket = TcpStream::connect(cluster.bootstrap_of(listener)).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, socket).await
}

#[tokio::test]
async fn a_password_opens_the_socket_that_asks_for_it() {
    let cluster = described("User:alice").start().await.expect("a cluster");
    let address = cluster.bootstrap_of(Listener::SaslPlain);
    let connect = || TcpStream::connect(address.clone());
    let mut stream = connect().await.unwrap();
    assert_eq!(sees_topics(&mut stream).await, None, "it is closed");
    let mut stream = connect().await.unwrap();
    assert_eq!(log_in(&mut stream, "alice-secret").await, ErrorCode::NONE);
    assert_eq!(sees_topics(&mut stream).await, Some(true));
    let mut stream = connect().await.unwrap();
    let refused = log_in(&mut stream, "guessed").await;
    assert_eq!(refused, ErrorCode::SASL_AUTHENTICATION_FAILED);
    let mut stream = TcpStream::connect(cluster.bootstrap()).await.unwrap();
    assert_eq!(sees_topics(&mut stream).await, Some(false), "nobody in particular asks");
}

#[tokio::test]
async fn a_socket_ends_as_it_was_ordered() {
    let reset = "api-versions above 3: on-receipt reset-connection".parse().expect("a fault");
    let dropped = "any: on-accept drop-connection skip 1".parse().expect("a fault");
    let cluster =
        TestCluster::builder().fault(reset).fault(dropped).start().await.expect("a cluster");
    let mut stream = TcpStream::connect(cluster.bootstrap()).await.expect("a connection");
    let versions = ApiVersionsRequest::default();
    assert!(ask(&mut stream, 3, &versions).await.is_some());
    let frame = encode_request(&versions, 4, 8, Some("tester")).expect("a request");
    stream.write_all(&frame.to_vec()).await.expect("room");
    let ended = stream.read(&mut [0]).await.map_err(|error| error.kind());
    assert_eq!(ended, Err(io::ErrorKind::ConnectionReset));
    let mut stream = TcpStream::connect(cluster.bootstrap()).await.expect("a connection");
    assert_eq!(stream.read(&mut [0]).await.map_err(|error| error.kind()), Ok(0));
}

#[tokio::test]
async fn a_certificate_says_who_a_client_is() {
    let cluster = described("User:CN=alice").tls(ClientAuth::Required);
    let cluster = cluster.start().await.expect("a cluster");
    assert!(cluster.ca_pem().is_some_and(|pem| pem.contains("BEGIN CERTIFICATE")));
    let mut stream = secured(&cluster, Listener::Tls, Some("alice")).await.unwrap();
    assert_eq!(sees_topics(&mut stream).await, Some(true));
    let mut stream = secured(&cluster, Listener::Tls, Some("bob")).await.unwrap();
    assert_eq!(sees_topics(&mut stream).await, Some(false));
    // A client of TLS 1.3 is told only after its own part is over.
    let nobody = secured(&cluster, Listener::Tls, None).await;
    if let Ok(mut stream) = nobody {
        assert_eq!(sees_topics(&mut stream).await, None);
    }
}

#[tokio::test]
async fn a_password_counts_for_more_than_a_certificate() {
    let cluster = described("User:alice").tls(ClientAuth::Requested);
    let cluster = cluster.start().await.expect("a cluster");
    let mut stream = secured(&cluster, Listener::SaslTls, Some("bob")).await.unwrap();
    assert_eq!(log_in(&mut stream, "alice-secret").await, ErrorCode::NONE);
    assert_eq!(sees_topics(&mut stream).await, Some(true));
}
