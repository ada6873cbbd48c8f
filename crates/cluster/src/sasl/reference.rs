//! A server's side of SCRAM with arithmetic of its own, to hold the client against.
//!
//! Nothing here is shared with the client but the hash functions: HMAC is written out over them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::credentials::ScramHash;

/// What a server keeps of one user, as Kafka's does: no password.
pub(crate) struct Server {
    pub(crate) hash: ScramHash,
    pub(crate) stored_key: Vec<u8>,
    pub(crate) server_key: Vec<u8>,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: u32,
}

/// A server that has said how to hash the password.
pub(crate) struct Greeted<'a> {
    server: &'a Server,
    bare: String,
    nonce: String,
    /// Its first message.
    pub(crate) message: String,
}

impl Server {
    /// A server that was told a password in this form.
    pub(crate) fn enrol(hash: ScramHash, password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let salted = stretch(hash, password, salt, iterations);
        let stored_key = digest(hash, &mac(hash, &salted, b"Client Key"));
        let server_key = mac(hash, &salted, b"Server Key");
        Self { hash, stored_key, server_key, salt: salt.to_vec(), iterations }
    }

    /// Answers a client's first message, with the server's part of the nonce.
    pub(crate) fn greet(&self, client_first: &[u8], own_nonce: &str) -> Option<Greeted<'_>> {
        let bare = std::str::from_utf8(client_first).ok()?.strip_prefix("n,,")?.to_owned();
        let (_, theirs) = bare.split_once(",r=")?;
        let nonce = format!("{theirs}{own_nonce}");
        let message = format!("r={nonce},s={},i={}", STANDARD.encode(&self.salt), self.iterations);
        Some(Greeted { server: self, bare, nonce, message })
    }
}

impl Greeted<'_> {
    /// The name that the client gave, in the form that was sent.
    pub(crate) fn sent_name(&self) -> Option<&str> {
        Some(self.bare.strip_prefix("n=")?.split_once(',')?.0)
    }

    /// The last message, if the client shows that it knows the password.
    pub(crate) fn judge(&self, client_final: &[u8]) -> Option<String> {
        let (without_proof, proof) = std::str::from_utf8(client_final).ok()?.split_once(",p=")?;
        let said = self.said(without_proof);
        let Server { hash, stored_key, .. } = self.server;
        let signature = mac(*hash, stored_key, said.as_bytes());
        let client_key = xor(&STANDARD.decode(proof).ok()?, &signature);
        let known = digest(*hash, &client_key) == *stored_key;
        let bound = without_proof == format!("c=biws,r={}", self.nonce);
        if known && bound { self.vouch(client_final) } else { None }
    }

    /// The last message, whatever the client shows.
    pub(crate) fn vouch(&self, client_final: &[u8]) -> Option<String> {
        let (without_proof, _) = std::str::from_utf8(client_final).ok()?.split_once(",p=")?;
        let Server { hash, server_key, .. } = self.server;
        let signature = mac(*hash, server_key, self.said(without_proof).as_bytes());
        Some(format!("v={}", STANDARD.encode(signature)))
    }

    fn said(&self, without_proof: &str) -> String {
        format!("{},{},{without_proof}", self.bare, self.message)
    }
}

/// What a server that knows the password must answer to a whole exchange, whatever it was.
pub(crate) fn answer(
    hash: ScramHash,
    password: &[u8],
    [client_first, server_first, client_final]: [&[u8]; 3],
) -> Option<String> {
    let [server_first, client_final] = [server_first, client_final].map(std::str::from_utf8);
    let mut attributes = server_first.ok()?.split(',');
    let salt = attributes.by_ref().find_map(|text| text.strip_prefix("s="))?;
    let iterations = attributes.find_map(|text| text.strip_prefix("i="))?.parse().ok()?;
    let server = Server::enrol(hash, password, &STANDARD.decode(salt).ok()?, iterations);
    let bare = std::str::from_utf8(client_first).ok()?.strip_prefix("n,,")?;
    let (without_proof, _) = client_final.ok()?.split_once(",p=")?;
    let said = format!("{bare},{},{without_proof}", server_first.ok()?);
    Some(format!("v={}", STANDARD.encode(mac(hash, &server.server_key, said.as_bytes()))))
}

fn digest(hash: ScramHash, bytes: &[u8]) -> Vec<u8> {
    match hash {
        ScramHash::Sha256 => Sha256::digest(bytes).to_vec(),
        ScramHash::Sha512 => Sha512::digest(bytes).to_vec(),
    }
}

/// RFC 2104, step by step.
fn mac(hash: ScramHash, key: &[u8], message: &[u8]) -> Vec<u8> {
    let block = match hash {
        ScramHash::Sha256 => 64,
        ScramHash::Sha512 => 128,
    };
    let mut padded = if key.len() > block { digest(hash, key) } else { key.to_vec() };
    padded.resize(block, 0);
    let with = |pad: u8| padded.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let inner = digest(hash, &[&with(0x36), message].concat());
    digest(hash, &[with(0x5c), inner].concat())
}

fn stretch(hash: ScramHash, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
    let mut last = mac(hash, password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last.clone();
    for _ in 1..iterations {
        last = mac(hash, password, &last);
        sum = xor(&sum, &last);
    }
    sum
}

fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(one, other)| one ^ other).collect()
}
