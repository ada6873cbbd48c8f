//! Dialling over loopback: sockets, names, and proxies good and evil.
#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use klamm_cluster::transport::{AddressFamily, Proxy, ProxyKind, TcpSettings};
use klamm_cluster::{Address, Cause, ConnFailure, DnsLookup, HostPort, Secret, TransportSettings};
use klamm_net::{Connector, TcpConnector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const MARKER: &str = "marker-secret";

fn host_of(address: SocketAddr) -> HostPort {
    address.to_string().parse().unwrap()
}

async fn listen() -> (TcpListener, HostPort) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = host_of(listener.local_addr().unwrap());
    (listener, host)
}

/// A proxy that waits for each prompt and says each line, and what it was told in all.
fn scripted(listener: TcpListener, script: &[(usize, &[u8])]) -> JoinHandle<Vec<u8>> {
    let script: Vec<(usize, Vec<u8>)> = script.iter().map(|(n, b)| (*n, b.to_vec())).collect();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        for (awaited, said) in script {
            let mut part = vec![0; awaited];
            stream.read_exact(&mut part).await.unwrap();
            heard.extend_from_slice(&part);
            // Whoever is refused may not listen to the end.
            let _ = stream.write_all(&said).await;
        }
        heard
    })
}

fn through(kind: ProxyKind, at: HostPort, with_name: bool) -> TcpConnector {
    let credentials = with_name.then(|| ("me".to_owned(), Secret::from(MARKER)));
    let proxy = Some(Proxy { kind, at, credentials });
    TcpConnector::new(TransportSettings { proxy, ..TransportSettings::default() }).unwrap()
}

async fn reach(
    kind: ProxyKind,
    with_name: bool,
    script: &[(usize, &[u8])],
) -> (Result<TcpStream, ConnFailure>, Vec<u8>) {
    let (listener, at) = listen().await;
    let proxy = scripted(listener, script);
    let broker = HostPort::new("broker.example", 9092).unwrap();
    let reached = through(kind, at, with_name).reach(&broker, Address::ByName).await;
    (reached, proxy.await.unwrap())
}

/// Why a proxy that follows this script does not let us through; never with the password in it.
async fn refusal(kind: ProxyKind, with_name: bool, script: &[(usize, &[u8])]) -> String {
    let failure = reach(kind, with_name, script).await.0.unwrap_err();
    let words = format!("{failure:?} {failure}");
    assert!(!words.contains(MARKER) && words.contains("the proxy did not let us through"));
    failure.to_string().rsplit_once("127.0.0.1:").unwrap().1.split_once(": ").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_socket_opens_with_its_options() {
    let (listener, host) = listen().await;
    let tcp = TcpSettings {
        no_delay: true,
        keep_alive: Some(Duration::from_secs(60)),
        send_buffer: Some(1 << 16),
        receive_buffer: Some(1 << 16),
        ..TcpSettings::default()
    };
    let settings = TransportSettings { tcp, ..TransportSettings::default() };
    let connector = TcpConnector::new(settings).unwrap();
    let address = Address::Ip(host.host().parse().unwrap());
    let stream = connector.reach(&host, address).await.unwrap();
    assert!(stream.nodelay().unwrap());
    let socket = socket2::SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    // Linux doubles what is asked for, others may round it.
    assert!(socket.send_buffer_size().unwrap() >= 1 << 16);
    assert!(socket.recv_buffer_size().unwrap() >= 1 << 16);
    drop(listener);
}

#[tokio::test]
async fn addresses_of_a_family_that_is_not_wanted_are_not_dialled() {
    let tcp = TcpSettings { family: AddressFamily::V6, ..TcpSettings::default() };
    let settings = TransportSettings { tcp, ..TransportSettings::default() };
    let connector = TcpConnector::new(settings).unwrap();
    let host = HostPort::new("127.0.0.1", 9092).unwrap();
    let refused = connector.resolve(&host, DnsLookup::UseAllDnsIps).await;
    assert_eq!(refused, Err(Cause::Unreachable("the host has no address of IPv6".to_owned())));
}

#[tokio::test]
async fn a_port_on_which_nobody_listens_refuses() {
    let (listener, host) = listen().await;
    drop(listener);
    let connector = TcpConnector::new(TransportSettings::default()).unwrap();
    let address = Address::Ip(host.host().parse().unwrap());
    let failure = connector.reach(&host, address).await.unwrap_err();
    assert_eq!(failure.cause, Cause::Refused);
}

#[tokio::test]
async fn a_name_without_a_proxy_cannot_be_dialled() {
    let connector = TcpConnector::new(TransportSettings::default()).unwrap();
    let host = HostPort::new("broker.example", 9092).unwrap();
    let failure = connector.reach(&host, Address::ByName).await.unwrap_err();
    assert!(matches!(failure.cause, Cause::Internal(_)));
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_that_was_not_built_in_names_its_feature() {
    let tls = Some(klamm_cluster::transport::TlsSettings::default());
    let made = TcpConnector::new(TransportSettings { tls, ..TransportSettings::default() });
    let said = made.err().unwrap().to_string();
    assert!(said.contains("enable the feature `tls` of klamm-net"), "{said}");
}

#[tokio::test]
async fn a_proxy_is_asked_to_find_names_by_itself() {
    let at = HostPort::new("127.0.0.1", 1).unwrap();
    let connector = through(ProxyKind::Socks5, at, false);
    for (host, address) in [
        ("broker.example", Address::ByName),
        ("10.0.0.1", Address::Ip("10.0.0.1".parse().unwrap())),
    ] {
        let host = HostPort::new(host, 9092).unwrap();
        let found = connector.resolve(&host, DnsLookup::UseAllDnsIps).await;
        assert_eq!(found, Ok(vec![address]));
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let (listener, at) = listen().await;
    drop(listener);
    for kind in [ProxyKind::Socks5, ProxyKind::HttpConnect] {
        let connector = through(kind, at.clone(), true);
        let broker = HostPort::new("broker.example", 9092).unwrap();
        let failure = connector.reach(&broker, Address::ByName).await.unwrap_err();
        let expected = format!("{at}: the connection was refused: nobody listens there");
        assert_eq!(failure.cause, Cause::Proxy(expected));
    }
}

const REQUEST: usize = 4 + 1 + "broker.example".len() + 2;
const REACHED: &[u8] = &[5, 0, 0, 1, 10, 0, 0, 1, 0, 80];

#[tokio::test]
async fn a_socks_proxy_lets_through_and_swallows_nothing_of_the_brokers() {
    let by_name = [&[5, 0, 0, 3, 2][..], b"ab", &[0, 80]].concat();
    let by_v6 = [&[5, 0, 0, 4][..], &[0; 16], &[0, 80]].concat();
    for answer in [REACHED, &by_name, &by_v6] {
        let answer = [answer, b"first words"].concat();
        let script = [(3, &[5, 0][..]), (REQUEST, &answer)];
        let (stream, heard) = reach(ProxyKind::Socks5, false, &script).await;
        let mut rest = Vec::new();
        stream.unwrap().read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"first words");
        let request = [&[5, 1, 0, 5, 1, 0, 3, 14][..], b"broker.example", &[0x23, 0x84]].concat();
        assert_eq!(heard, request);
    }
}

#[tokio::test]
async fn a_socks_proxy_is_told_a_name_and_a_password_when_it_wants_them() {
    let said = [&[1, 2][..], b"me", &[13], MARKER.as_bytes()].concat();
    let script = [(4, &[5, 2][..]), (said.len(), &[1, 0]), (REQUEST, REACHED)];
    let (stream, heard) = reach(ProxyKind::Socks5, true, &script).await;
    stream.unwrap();
    assert_eq!(heard[..4], [5, 2, 0, 2]);
    assert_eq!(heard[4..4 + said.len()], said);
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_or_is_none_says_why() {
    let refused = |with_name, script: Vec<(usize, &'static [u8])>| async move {
        refusal(ProxyKind::Socks5, with_name, &script).await
    };
    let rules: &[u8] = &[5, 2, 0, 1, 0, 0, 0, 0, 0, 0];
    for (with_name, script, words) in [
        (false, vec![(3, &b"HTTP/1.1 400"[..])], "it is no SOCKS 5 proxy: its first byte is 72"),
        (false, vec![(3, &[5, 0xff][..])], "it wants a name and a password"),
        (true, vec![(4, &[5, 0xff])], "it accepts no way of saying who we are that we know"),
        (false, vec![(3, &[5, 2])], "it chose method 2, unasked"),
        (true, vec![(4, &[5, 2]), (18, &[1, 1])], "it does not accept our name and password"),
        (false, vec![(3, &[5, 0]), (REQUEST, rules)], "it says: its rules do not allow it"),
        (
            false,
            vec![(3, &[5, 0]), (REQUEST, &[4, 0, 0, 1])],
            "it is no SOCKS 5 proxy: its first byte is 4",
        ),
        (
            false,
            vec![(3, &[5, 0]), (REQUEST, &[5, 0, 0, 9])],
            "it answers with an address of kind 9",
        ),
        (false, vec![(3, &[5])], "it closed the connection before its answer was complete"),
        (
            false,
            vec![(3, &[5, 0]), (REQUEST, &REACHED[..7])],
            "it closed the connection before its answer was complete",
        ),
    ] {
        assert_eq!(refused(with_name, script).await, words);
    }
}

fn connect(with_name: bool) -> String {
    let name = "Proxy-Authorization: Basic bWU6bWFya2VyLXNlY3JldA==\r\n";
    let name = if with_name { name } else { "" };
    format!("CONNECT broker.example:9092 HTTP/1.1\r\nHost: broker.example:9092\r\n{name}\r\n")
}

#[tokio::test]
async fn an_http_proxy_lets_through_and_swallows_nothing_of_the_brokers() {
    for with_name in [false, true] {
        let request = connect(with_name);
        let answer = b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nfirst words";
        let script = [(request.len(), &answer[..])];
        let (stream, heard) = reach(ProxyKind::HttpConnect, with_name, &script).await;
        let mut rest = Vec::new();
        stream.unwrap().read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"first words");
        assert_eq!(String::from_utf8(heard).unwrap(), request);
    }
}

#[tokio::test]
async fn an_http_proxy_that_refuses_or_is_none_says_why() {
    let endless = b"HTTP/1.1 200 ".iter().chain(&[b'x'; 20_000]).copied().collect::<Vec<u8>>();
    for (with_name, answer, words) in [
        (false, &b"HTTP/1.1 407 Who\r\n\r\n"[..], "it wants a name and a password"),
        (true, b"HTTP/1.1 407 Who\r\n\r\n", "it does not accept our name and password"),
        (false, b"HTTP/1.1 403 No\x07way\r\n\r\n", "it answers `HTTP/1.1 403 No way`"),
        (false, b"\x05\x00\r\n\r\n", "it is no HTTP proxy: it answers with something else"),
        (false, b"HTTP/1.1 2000 x\r\n\r\n", "it is no HTTP proxy: it answers with something else"),
        (false, b"HTTP/1.1 200 OK\r\n", "it closed the connection before its answer was complete"),
        (false, &endless, "its answer has no end"),
    ] {
        let script = [(connect(with_name).len(), answer)];
        assert_eq!(refusal(ProxyKind::HttpConnect, with_name, &script).await, words);
    }
}

#[tokio::test]
async fn names_and_passwords_that_a_proxy_cannot_take_are_refused_at_home() {
    for (kind, name, password, words) in [
        (ProxyKind::HttpConnect, "a:b", MARKER.to_owned(), "cannot contain a colon"),
        (ProxyKind::Socks5, "", MARKER.to_owned(), "a name of 1 to 255 bytes"),
        (ProxyKind::Socks5, "me", MARKER.repeat(20), "a password of 1 to 255 bytes"),
    ] {
        let (listener, at) = listen().await;
        let proxy =
            scripted(listener, if kind == ProxyKind::Socks5 { &[(4, &[5, 2])] } else { &[] });
        let credentials = Some((name.to_owned(), Secret::from(password)));
        let proxy_settings = Some(Proxy { kind, at, credentials });
        let settings = TransportSettings { proxy: proxy_settings, ..TransportSettings::default() };
        let connector = TcpConnector::new(settings).unwrap();
        let broker = HostPort::new("broker.example", 9092).unwrap();
        let failure = connector.reach(&broker, Address::ByName).await.unwrap_err().to_string();
        assert!(failure.contains(words) && !failure.contains(MARKER), "{failure}");
        proxy.await.unwrap();
    }
}
