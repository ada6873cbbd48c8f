//! The one piece of work that takes long: hashing a password thousands of times.

use std::fmt;

use super::credentials::ScramHash;
use super::scram::keys;
use crate::secret::Secret;

/// A password to hash, off the loop that moves bytes.
pub struct HashJob {
    pub(super) hash: ScramHash,
    pub(super) password: Secret,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
}

/// A hashed password, which is as good as the password itself. Who keeps it need not hash again for
/// the same salt.
#[derive(Clone)]
pub struct Salted(pub(super) Secret);

impl HashJob {
    /// Does the work.
    pub fn run(self) -> Salted {
        Salted(keys::stretched(self.hash, &self.password, &self.salt, self.iterations))
    }

    /// How often the password is hashed, which says how long it takes.
    pub const fn iterations(&self) -> u32 {
        self.iterations
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
