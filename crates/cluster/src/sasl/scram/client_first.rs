//! The first message: our name and our nonce.

use crate::sasl::nonce::Nonce;

/// No channel binding, and nobody else to act for.
pub(super) const GS2_HEADER: &[u8] = b"n,,";

/// The first message, whose text goes into every proof.
pub(in crate::sasl) struct ClientFirst {
    bare: String,
    nonce: String,
}

impl ClientFirst {
    /// The message for a name; `=` and `,` have forms that do not end it.
    pub(super) fn new(username: &str, nonce: Nonce) -> Self {
        let name = username.replace('=', "=3D").replace(',', "=2C");
        let Nonce(nonce) = nonce;
        Self { bare: format!("n={name},r={nonce}"), nonce }
    }

    /// The message without its header.
    pub(super) fn bare(&self) -> &str {
        &self.bare
    }

    /// Our nonce.
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }
}
