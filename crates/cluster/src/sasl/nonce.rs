//! Numbers that nobody may guess, drawn from a key that the shell hands in once.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use super::credentials::ScramHash;
use super::scram::keys;

/// How many bytes of a hash make a nonce.
const NONCE_BYTES: usize = 24;

/// A nonce: printable, never repeated, without a comma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(pub(crate) String);

/// A source of nonces: the same key gives the same ones, and who lacks the key cannot guess them.
///
/// A clone draws what the original draws, as machines that are compared or replayed must; two
/// conversations never share one source by cloning it, but each [`fork`](Self::fork) their own.
#[derive(Clone)]
pub struct Nonces {
    key: [u8; 32],
    drawn: u64,
}

impl Nonces {
    /// The nonces of a key, which must come from the system's source of randomness.
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key, drawn: 0 }
    }

    /// The next one.
    pub fn draw(&mut self) -> Nonce {
        let drawn = self.next(b"nonce");
        Nonce(STANDARD_NO_PAD.encode(drawn.get(..NONCE_BYTES).unwrap_or(&drawn)))
    }

    /// A source of its own, from which nothing can be told of this one or of any other fork.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self::new(self.next(b"fork"))
    }

    /// What the key makes of the counter, and of what it is for.
    fn next(&mut self, purpose: &[u8]) -> [u8; 32] {
        self.drawn = self.drawn.wrapping_add(1);
        let parts: [&[u8]; 2] = [purpose, &self.drawn.to_be_bytes()];
        let made = keys::hmac(ScramHash::Sha256, &self.key, &parts);
        let mut next = [0; 32];
        next.iter_mut().zip(made.reveal()).for_each(|(to, from)| *to = *from);
        next
    }
}

impl Drop for Nonces {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl ZeroizeOnDrop for Nonces {}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces(****)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nonces_are_printable_without_a_comma_and_never_repeat() {
        let mut nonces = Nonces::new([7; 32]);
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            let mut fork = nonces.fork();
            for nonce in [nonces.draw().0, fork.draw().0, fork.draw().0] {
                assert_eq!(nonce.len(), 32);
                assert!(nonce.bytes().all(|byte| byte.is_ascii_graphic() && byte != b','));
                assert!(seen.insert(nonce));
            }
        }
    }

    #[test]
    fn the_same_key_draws_the_same_nonces() {
        let draw = |key| {
            let mut nonces = Nonces::new([key; 32]);
            (nonces.draw(), nonces.fork().draw(), nonces.draw())
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn a_nonce_is_the_hmac_of_a_counter() {
        // Python: base64.b64encode(hmac.digest(bytes(range(32)), b"nonce" + bytes(7) + b"\1",
        // "sha256")[:24])
        let mut nonces = Nonces::new(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        assert_eq!(nonces.draw().0, "yCnlnhCcUqXJr08Id6bIixVqTkzkAccD");
    }
}
