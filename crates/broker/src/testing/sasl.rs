//! A client's side of SASL, written by hand: what a test says before it is served.

use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, Mac};
use klamm_protocol::Request;
use klamm_protocol::sasl_authenticate::{SaslAuthenticateRequest, SaslAuthenticateResponse};
use klamm_protocol::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};
use klamm_wire::{ErrorCode, NodeId};
use sha2::{Digest, Sha256, Sha512};

use super::World;
use crate::cluster::{Listener, SecuritySettings};
use crate::security::sasl::{Credentials, Iterations};
use crate::security::{Principal, Sasl};
use crate::{ClusterSettings, ConnectionId, Defect};

/// The newest version of SaslAuthenticate.
const NEWEST: i16 = 2;

/// A cluster of one node with the users alice and bob.
pub(crate) fn secured() -> ClusterSettings {
    static USERS: OnceLock<Credentials> = OnceLock::new();
    let users = USERS.get_or_init(|| {
        Credentials::new(1, Iterations::MIN)
            .with_user("alice", "alice-secret")
            .with_user("bob", "bob-secret")
    });
    let security =
        SecuritySettings { sasl: Sasl::new(users.clone()), ..SecuritySettings::default() };
    ClusterSettings { security, ..ClusterSettings::of(1) }
}

impl World {
    /// The cluster of [`secured`], breaking these promises.
    pub(crate) fn secured(defects: &[Defect]) -> Self {
        Self::with(ClusterSettings { defects: defects.iter().copied().collect(), ..secured() })
    }

    /// The cluster of [`secured`], whose sessions last so long.
    pub(crate) fn with_sessions_of(millis: u64) -> Self {
        let mut settings = secured();
        let limit = Duration::from_millis(millis);
        settings.security.sasl = settings.security.sasl.with_max_reauth(limit);
        Self::with(settings)
    }

    #[track_caller]
    pub(crate) fn connect_to(&mut self, node: i32, listener: Listener) -> ConnectionId {
        self.cluster.open(self.now, NodeId(node), listener, "127.0.0.1").unwrap()
    }

    /// A client that has said nothing yet where SASL is wanted.
    #[track_caller]
    pub(crate) fn stranger(&mut self) -> ConnectionId {
        self.connect_to(1, Listener::SaslPlain)
    }

    /// A client that has proven who it is.
    #[track_caller]
    pub(crate) fn logged_in(&mut self, name: &str) -> ConnectionId {
        let client = self.stranger();
        self.log_in(client, name);
        client
    }

    #[track_caller]
    pub(crate) fn log_in(&mut self, client: ConnectionId, name: &str) {
        assert_eq!(self.handshake(client, 1, "PLAIN").error_code, ErrorCode::NONE);
        let answer = self.token(client, NEWEST, &plain(name, &format!("{name}-secret")));
        assert_eq!(answer.unwrap().error_code, ErrorCode::NONE);
    }

    /// What is asked on a connection, and the answer if there is one at once.
    #[track_caller]
    pub(crate) fn put<'a, R: Request<'a>>(
        &mut self,
        client: ConnectionId,
        version: i16,
        request: &R,
    ) -> Option<R::Response<'static>> {
        self.send(client, version, request);
        self.answer::<R>(client, version)
    }

    #[track_caller]
    pub(crate) fn handshake(
        &mut self,
        client: ConnectionId,
        version: i16,
        mechanism: &str,
    ) -> SaslHandshakeResponse<'static> {
        let request = SaslHandshakeRequest { mechanism: mechanism.into() };
        self.put(client, version, &request).unwrap()
    }

    #[track_caller]
    pub(crate) fn token(
        &mut self,
        client: ConnectionId,
        version: i16,
        token: &[u8],
    ) -> Option<SaslAuthenticateResponse<'static>> {
        let request = SaslAuthenticateRequest { auth_bytes: token.into(), ..Default::default() };
        self.put(client, version, &request)
    }

    /// The answer to a request that was sent before, if it has come.
    #[track_caller]
    pub(crate) fn answer_of<'a, R: Request<'a>>(
        &mut self,
        client: ConnectionId,
        version: i16,
        _request: &R,
    ) -> Option<R::Response<'static>> {
        self.answer::<R>(client, version)
    }

    /// The answer to the last token, if it has come.
    #[track_caller]
    pub(crate) fn verdict(
        &mut self,
        client: ConnectionId,
    ) -> Option<SaslAuthenticateResponse<'static>> {
        self.answer::<SaslAuthenticateRequest<'_>>(client, NEWEST)
    }

    /// Under which name a client acts.
    pub(crate) fn principal(&self, client: ConnectionId) -> Option<Principal> {
        self.cluster.principal(client).cloned()
    }

    /// Plays SCRAM; the answer to the proof if there is one at once.
    #[track_caller]
    pub(crate) fn scram(
        &mut self,
        client: ConnectionId,
        mechanism: &str,
        (name, password): (&str, &str),
    ) -> Option<SaslAuthenticateResponse<'static>> {
        assert_eq!(self.handshake(client, 1, mechanism).error_code, ErrorCode::NONE);
        let bare = format!("n={name},r=hand");
        let first = self.token(client, NEWEST, format!("n,,{bare}").as_bytes());
        let challenge = first.unwrap().auth_bytes;
        let challenge = std::str::from_utf8(&challenge).unwrap();
        let proof = proof(mechanism == "SCRAM-SHA-512", password, &bare, challenge);
        self.token(client, NEWEST, proof.as_bytes())
    }

    /// Sends bytes as they are, in a frame.
    pub(crate) fn send_frame(&mut self, client: ConnectionId, body: &[u8]) {
        let length = i32::try_from(body.len()).unwrap().to_be_bytes();
        self.send_bytes(client, &[&length[..], body].concat());
    }

    pub(crate) fn send_bytes(&mut self, client: ConnectionId, bytes: &[u8]) {
        self.cluster.receive(self.now, client, Bytes::copy_from_slice(bytes));
        self.drain();
    }

    /// The next frame on a connection as it is.
    pub(crate) fn frame(&mut self, client: ConnectionId) -> Option<Bytes> {
        self.inbox.get_mut(&client)?.next_frame().unwrap()
    }
}

/// The only token of PLAIN.
pub(crate) fn plain(name: &str, password: &str) -> Vec<u8> {
    format!("\0{name}\0{password}").into_bytes()
}

/// The last message of SCRAM's client (RFC 5802 §3).
fn proof(is_long: bool, password: &str, bare: &str, challenge: &str) -> String {
    let mac = |key: &[u8], data: &[u8]| {
        if is_long { mac_512(key, data) } else { mac_256(key, data) }
    };
    let digest = |data: &[u8]| {
        if is_long { Sha512::digest(data).to_vec() } else { Sha256::digest(data).to_vec() }
    };
    let part = |at: usize| challenge.split(',').nth(at).unwrap().get(2..).unwrap();
    let mut salt = STANDARD.decode(part(1)).unwrap();
    salt.extend(1_u32.to_be_bytes());
    let rounds: u32 = part(2).parse().unwrap();
    let mut last = mac(password.as_bytes(), &salt);
    let mut salted = last.clone();
    for _ in 1..rounds {
        last = mac(password.as_bytes(), &last);
        salted.iter_mut().zip(&last).for_each(|(byte, other)| *byte ^= other);
    }
    let without_proof = format!("c=biws,r={}", part(0));
    let client_key = mac(&salted, b"Client Key");
    let said = format!("{bare},{challenge},{without_proof}");
    let signature = mac(&digest(&client_key), said.as_bytes());
    let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
    format!("{without_proof},p={}", STANDARD.encode(proof))
}

fn mac_256(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

fn mac_512(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).unwrap();
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
