//! The server's half of a nonce: as good as random to a client, and the same again from a seed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::hash::Hash;

/// Gives out nonces, no two alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonces {
    seed: u64,
    taken: u64,
}

impl Nonces {
    /// Those of this seed, from the first one on.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, taken: 0 }
    }

    /// The next nonce: printable, without a comma, of 144 bits.
    pub(super) fn take(&mut self) -> String {
        self.taken = self.taken.wrapping_add(1);
        let key = self.seed.to_be_bytes();
        let bits = Hash::Sha256.hmac(&key, &[b"nonce", &self.taken.to_be_bytes()]);
        STANDARD_NO_PAD.encode(bits.get(..18).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_differ_from_each_other_and_between_seeds() {
        let (mut one, mut other) = (Nonces::new(1), Nonces::new(2));
        let taken = [one.take(), one.take(), other.take(), other.take()];
        for (index, nonce) in taken.iter().enumerate() {
            assert_eq!(nonce.len(), 24);
            assert!(!taken[index + 1..].contains(nonce), "{nonce}");
        }
        assert_eq!(Nonces::new(1).take(), taken[0]);
    }
}
