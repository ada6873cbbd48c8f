//! The one piece of work that takes long: hashing a password thousands of times.

use std::fmt;

/// A password to hash, off the loop that moves bytes.
pub struct HashJob {}

/// A hashed password.
pub struct Salted {}

impl HashJob {
    /// Does the work.
    pub fn run(self) -> Salted {
        Salted {}
    }
}

impl fmt::Debug for HashJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashJob(****)")
    }
}

impl fmt::Debug for Salted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salted(****)")
    }
}
