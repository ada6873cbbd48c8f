//! The last message of ours: the proof that we know the password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::client_first::ClientFirst;
use super::keys;
use super::server_final::Expected;
use super::server_first::ServerFirst;
use crate::sasl::credentials::ScramHash;
use crate::sasl::job::Salted;
use crate::secret::Secret;

/// Room for the base64 form of the longest proof, so that it is written in one place.
const PROOF_TEXT: usize = 88;

/// The message, and what the server must answer to it.
pub(super) fn make(
    hash: ScramHash,
    salted: Salted,
    ours: &ClientFirst,
    theirs: &ServerFirst,
) -> (Secret, Expected) {
    // `biws` is the base64 form of the header `n,,`.
    let without_proof = format!("c=biws,r={}", theirs.nonce());
    let parts = [ours.bare(), ",", theirs.text(), ",", &without_proof].map(str::as_bytes);
    let Salted(salted) = salted;
    let client_key = keys::hmac(hash, salted.reveal(), &[b"Client Key"]);
    let stored_key = keys::digest(hash, client_key.reveal());
    let mut proof = keys::hmac(hash, stored_key.reveal(), &parts);
    proof = keys::xor(&proof, &client_key);
    let mut text = Zeroizing::new(String::with_capacity(PROOF_TEXT));
    STANDARD.encode_string(proof.reveal(), &mut text);
    let message = Secret::concat(&[without_proof.as_bytes(), b",p=", text.as_bytes()]);
    let server_key = keys::hmac(hash, salted.reveal(), &[b"Server Key"]);
    (message, Expected::new(keys::hmac(hash, server_key.reveal(), &parts)))
}
