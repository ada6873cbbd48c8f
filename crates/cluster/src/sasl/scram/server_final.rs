//! The server's last message: the proof that it knows the password too, or why it says no.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::sasl::step::{Fault, Move};
use crate::sasl::words;
use crate::secret::Secret;

/// The signature that only a server can make that knows the password.
pub(in crate::sasl) struct Expected(Secret);

impl Expected {
    pub(super) const fn new(signature: Secret) -> Self {
        Self(signature)
    }

    /// Reads the message; the words of a refusal may not repeat the password.
    pub(super) fn verify(self, text: &str, password: &Secret) -> Result<Move, Fault> {
        if text.is_empty() {
            return Err(Fault::misbehaved("it did not show that it knows the password"));
        }
        // What follows a comma are extensions, none of which is known here.
        let first = text.split(',').next().unwrap_or_default();
        if let Some(refusal) = refusal(first, password) {
            return Err(refusal);
        }
        let signature = first.strip_prefix("v=").and_then(|text| STANDARD.decode(text).ok());
        let signature = signature.ok_or(Fault::misbehaved("its last message has no signature"))?;
        // Comparing takes as long for unequal bytes as for equal ones.
        if Secret::new(signature) == self.0 {
            Ok(Move::Done)
        } else {
            Err(Fault::misbehaved("its signature is not that of one who knows the password"))
        }
    }
}

/// The server's no, if the attribute is one.
pub(super) fn refusal(attribute: &str, password: &Secret) -> Option<Fault> {
    let error = attribute.strip_prefix("e=")?;
    Some(Fault::Refused(words::of_peer(error.as_bytes(), password)))
}
