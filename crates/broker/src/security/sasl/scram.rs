//! SCRAM: the client proves that it knows the password, and the server that it knew it before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::credentials::ScramKeys;
use super::hash::{Hash, xor};
use super::message::{ClientFinal, ClientFirst};
use super::session::Refusal;
use super::{Credentials, Mechanism};
use crate::security::Principal;

/// Between the two messages of the client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Challenged {
    hash: Hash,
    keys: ScramKeys,
    name: String,
    /// The header of the client's first message.
    header: String,
    /// Both halves of the nonce.
    nonce: String,
    /// What proof and signature are made over, but for its last part.
    said: String,
}

impl Challenged {
    /// Judges the first message, and gives the challenge with what has to be remembered.
    pub(super) fn begin(
        mechanism: Mechanism,
        nonce: &str,
        token: &[u8],
        users: &Credentials,
    ) -> Result<(Vec<u8>, Self), Refusal> {
        let first = ClientFirst::read(token).ok_or(Refusal::Credentials)?;
        if first.by_token {
            return Err(Refusal::Credentials);
        }
        let keys = users.scram(mechanism, &first.name).ok_or(Refusal::Credentials)?;
        // Kafka compares with what was sent, so that a name with a comma never equals itself.
        if first.acting.is_some_and(|acting| acting != first.name) {
            return Err(Refusal::other_authorization_id());
        }
        let challenged = Self::new(hash_of(mechanism), keys, &first, nonce);
        Ok((challenged.server_first().into_bytes(), challenged))
    }

    pub(super) fn new(hash: Hash, keys: ScramKeys, first: &ClientFirst<'_>, nonce: &str) -> Self {
        let mut challenged = Self {
            hash,
            keys,
            name: first.name.clone(),
            header: first.header.to_owned(),
            nonce: format!("{}{nonce}", first.nonce),
            said: String::new(),
        };
        challenged.said = format!("{},{}", first.bare, challenged.server_first());
        challenged
    }

    pub(super) fn server_first(&self) -> String {
        let salt = STANDARD.encode(&self.keys.salt);
        format!("r={},s={salt},i={}", self.nonce, self.keys.iterations)
    }

    /// Judges the proof, and gives the server's signature with who the client is.
    pub(super) fn finish(self, token: &[u8]) -> Result<(Vec<u8>, Principal), Refusal> {
        let last = ClientFinal::read(token).ok_or(Refusal::Credentials)?;
        if last.nonce != self.nonce || last.binding != self.header.as_bytes() {
            return Err(Refusal::Credentials);
        }
        let said = [self.said.as_bytes(), b",", last.without_proof.as_bytes()];
        let signature = self.hash.hmac(self.keys.stored_key.bytes(), &said);
        let client_key = xor(&last.proof, &signature);
        // A proof of another length would be cut to the signature's, or leave it too short.
        let is_whole = last.proof.len() == signature.len();
        let is_proven = is_whole && self.keys.stored_key.is(&self.hash.digest(&client_key));
        if !is_proven && !self.keys.takes_any_proof {
            return Err(Refusal::Credentials);
        }
        let signature = self.hash.hmac(self.keys.server_key.bytes(), &said);
        let token = format!("v={}", STANDARD.encode(signature)).into_bytes();
        Ok((token, Principal::user(self.name)))
    }
}

/// SHA-256 for everything that is not the other SCRAM.
fn hash_of(mechanism: Mechanism) -> Hash {
    match mechanism {
        Mechanism::ScramSha512 => Hash::Sha512,
        Mechanism::ScramSha256 | Mechanism::Plain | Mechanism::OAuthBearer => Hash::Sha256,
    }
}
