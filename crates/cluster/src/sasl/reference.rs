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
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
    salt: Vec<u8>,
    iterations: u32,
}

/// The client's first message, the server's, and the client's last.
pub(crate) type Exchange<'a> = [&'a [u8]; 3];

impl Server {
    /// A server that was told a password in this form.
    pub(crate) fn enrol(hash: ScramHash, password: &[u8], salt: &[u8], iterations: u32) -> Self {
        let salted = stretch(hash, password, salt, iterations);
        let stored_key = digest(hash, &mac(hash, &salted, b"Client Key"));
        let server_key = mac(hash, &salted, b"Server Key");
        Self { hash, stored_key, server_key, salt: salt.to_vec(), iterations }
    }

    /// Answers a client's first message, with the server's part of the nonce.
    pub(crate) fn greeting(&self, client_first: &[u8], own_nonce: &str) -> Option<String> {
        let (_, theirs) = std::str::from_utf8(client_first).ok()?.split_once(",r=")?;
        let salt = STANDARD.encode(&self.salt);
        Some(format!("r={theirs}{own_nonce},s={salt},i={}", self.iterations))
    }

    /// The last message, if the client shows that it knows the password.
    pub(crate) fn judge(&self, exchange: Exchange<'_>) -> Option<String> {
        let [_, server_first, client_final] = exchange.map(std::str::from_utf8);
        let (nonce, _) = server_first.ok()?.split_once(',')?;
        let (without_proof, proof) = client_final.ok()?.split_once(",p=")?;
        let signature = mac(self.hash, &self.stored_key, said(exchange)?.as_bytes());
        let client_key = xor(&STANDARD.decode(proof).ok()?, &signature);
        let known = digest(self.hash, &client_key) == self.stored_key;
        let answered = without_proof == format!("c=biws,{nonce}");
        if known && answered { self.vouch(exchange) } else { None }
    }

    /// The last message, whatever the client shows.
    pub(crate) fn vouch(&self, exchange: Exchange<'_>) -> Option<String> {
        let signature = mac(self.hash, &self.server_key, said(exchange)?.as_bytes());
        Some(format!("v={}", STANDARD.encode(signature)))
    }
}

/// What a server that knows the password answers to a whole exchange, whoever began it.
pub(crate) fn answer(hash: ScramHash, password: &[u8], exchange: Exchange<'_>) -> Option<String> {
    let [_, server_first, _] = exchange.map(std::str::from_utf8);
    let mut attributes = server_first.ok()?.split(',');
    let salt = attributes.by_ref().find_map(|text| text.strip_prefix("s="))?;
    let iterations = attributes.find_map(|text| text.strip_prefix("i="))?.parse().ok()?;
    Server::enrol(hash, password, &STANDARD.decode(salt).ok()?, iterations).judge(exchange)
}

/// What both sides sign.
fn said([client_first, server_first, client_final]: Exchange<'_>) -> Option<String> {
    let bare = std::str::from_utf8(client_first).ok()?.strip_prefix("n,,")?;
    let server_first = std::str::from_utf8(server_first).ok()?;
    let (without_proof, _) = std::str::from_utf8(client_final).ok()?.split_once(",p=")?;
    Some(format!("{bare},{server_first},{without_proof}"))
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
