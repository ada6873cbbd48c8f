//! The users of a broker: what it keeps of their passwords, and whom it believes tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use klamm_wire::WallMillis;
use subtle::ConstantTimeEq;

use super::bearer::{Authenticated, TokenCheck};
use super::hash::Hash;
use super::{Mechanism, check_unsecured};

/// How often a password is hashed for SCRAM: at least 4,096 times, as Kafka wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iterations(u32);

impl Iterations {
    /// The fewest that there may be, and the default.
    pub const MIN: Self = Self(4_096);

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Iterations {
    fn default() -> Self {
        Self::MIN
    }
}

/// Fewer iterations than [`Iterations::MIN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFewIterations(u32);

impl fmt::Display for TooFewIterations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} iterations are too few: clients and brokers refuse less than 4096", self.0)
    }
}

impl std::error::Error for TooFewIterations {}

impl TryFrom<u32> for Iterations {
    type Error = TooFewIterations;

    fn try_from(count: u32) -> Result<Self, Self::Error> {
        if count < Self::MIN.0 { Err(TooFewIterations(count)) } else { Ok(Self(count)) }
    }
}

/// Bytes that no output shows.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in a time that does not depend on where the difference is.
    pub(super) fn is(&self, other: &[u8]) -> bool {
        self.0.ct_eq(other).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// What a server keeps of a password for SCRAM (RFC 5802 §3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ScramKeys {
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
    pub(super) stored_key: Secret,
    pub(super) server_key: Secret,
    /// Whether the proof is not looked at.
    pub(super) takes_any_proof: bool,
}

impl ScramKeys {
    fn derive(hash: Hash, password: &str, salt: Vec<u8>, iterations: u32) -> Self {
        let salted = hash.salted(password.as_bytes(), &salt, iterations);
        let stored_key = hash.digest(&hash.hmac(&salted, &[b"Client Key"]));
        let server_key = hash.hmac(&salted, &[b"Server Key"]);
        Self {
            salt,
            iterations,
            stored_key: Secret(stored_key),
            server_key: Secret(server_key),
            takes_any_proof: false,
        }
    }

    /// The keys of a vector, with a salt that no seed would give.
    #[cfg(test)]
    pub(super) fn of_vector(hash: Hash, password: &str, salt: &[u8]) -> Self {
        Self::derive(hash, password, salt.to_vec(), 4_096)
    }
}

#[derive(Debug, Clone)]
struct User {
    password: Secret,
    sha_256: ScramKeys,
    sha_512: ScramKeys,
}

/// Users with their passwords, and the check of bearer tokens.
///
/// Passwords are not kept, only what is derived from them. Salts follow from the seed: the same
/// users from the same seed have the same keys.
#[derive(Clone)]
pub struct Credentials {
    seed: u64,
    iterations: Iterations,
    users: BTreeMap<String, User>,
    bearer: TokenCheck,
    challenges_strangers: bool,
    believes_all: bool,
}

impl Credentials {
    /// No users yet, and tokens are believed as [`check_unsecured`] says.
    #[must_use]
    pub fn new(seed: u64, iterations: Iterations) -> Self {
        let (users, bearer) = (BTreeMap::new(), Arc::new(check_unsecured));
        let (challenges_strangers, believes_all) = (false, false);
        Self { seed, iterations, users, bearer, challenges_strangers, believes_all }
    }

    /// The same with one more user, or with another password for one that is there.
    #[must_use]
    pub fn with_user(mut self, name: &str, password: &str) -> Self {
        let keys = |hash, mechanism: Mechanism| {
            let salt = self.derived("salt", mechanism, name);
            ScramKeys::derive(hash, password, salt, self.iterations.get())
        };
        let user = User {
            password: self.password(password),
            sha_256: keys(Hash::Sha256, Mechanism::ScramSha256),
            sha_512: keys(Hash::Sha512, Mechanism::ScramSha512),
        };
        self.users.insert(name.to_owned(), user);
        self
    }

    /// Tokens are believed as this function says. It is told the token and the time.
    ///
    /// An error is the `status` that the client is told, `invalid_token` for one.
    #[must_use]
    pub fn with_token_check(
        self,
        check: impl Fn(&str, WallMillis) -> Result<Authenticated, String> + Send + Sync + 'static,
    ) -> Self {
        Self { bearer: Arc::new(check), ..self }
    }

    /// SCRAM challenges users who do not exist and fails them at their proof.
    ///
    /// Kafka fails them at once, so whether a user exists shows in the number of round trips.
    #[must_use]
    pub fn challenging_strangers(self) -> Self {
        Self { challenges_strangers: true, ..self }
    }

    /// Any password is right for a user that exists.
    pub(super) fn believing_any_password(self) -> Self {
        Self { believes_all: true, ..self }
    }

    /// Whether this is the user's password; strangers take as long as users.
    pub(super) fn is_password(&self, name: &str, password: &str) -> bool {
        let given = self.password(password);
        let kept = self.users.get(name).map(|user| &user.password);
        // A stranger's password is compared with what nothing hashes to.
        let nobody = Secret(vec![0; given.bytes().len()]);
        let is_right = kept.unwrap_or(&nobody).is(given.bytes());
        (is_right || self.believes_all) && kept.is_some()
    }

    /// The user's keys, or those that nobody has, or none.
    pub(super) fn scram(&self, mechanism: Mechanism, name: &str) -> Option<ScramKeys> {
        let known = self.users.get(name).and_then(|user| match mechanism {
            Mechanism::ScramSha256 => Some(user.sha_256.clone()),
            Mechanism::ScramSha512 => Some(user.sha_512.clone()),
            Mechanism::Plain | Mechanism::OAuthBearer => None,
        });
        let known = known.map(|keys| ScramKeys { takes_any_proof: self.believes_all, ..keys });
        known.or_else(|| self.challenges_strangers.then(|| self.nobody(mechanism, name)))
    }

    pub(super) fn check_token(
        &self,
        token: &str,
        now: WallMillis,
    ) -> Result<Authenticated, String> {
        (self.bearer)(token, now)
    }

    /// Keys with the salt that the user would have, and of which no password is known.
    fn nobody(&self, mechanism: Mechanism, name: &str) -> ScramKeys {
        let stored_key = Secret(self.derived("stored key", mechanism, name));
        let server_key = Secret(self.derived("server key", mechanism, name));
        let salt = self.derived("salt", mechanism, name);
        let iterations = self.iterations.get();
        ScramKeys { salt, iterations, stored_key, server_key, takes_any_proof: false }
    }

    /// Half a hash that follows from the seed, the purpose, the mechanism and the name.
    fn derived(&self, what: &str, mechanism: Mechanism, name: &str) -> Vec<u8> {
        let parts = [what, mechanism.name(), name].map(str::as_bytes);
        let mut derived = Hash::Sha256.hmac(&self.seed.to_be_bytes(), &parts);
        derived.truncate(16);
        derived
    }

    /// Passwords of any length as something of one length, so that comparing tells no length.
    fn password(&self, password: &str) -> Secret {
        let seed = self.seed.to_be_bytes();
        Secret(Hash::Sha256.hmac(&seed, &[b"password", password.as_bytes()]))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("users", &self.users.keys())
            .field("iterations", &self.iterations)
            .field("challenges_strangers", &self.challenges_strangers)
            .finish_non_exhaustive()
    }
}
