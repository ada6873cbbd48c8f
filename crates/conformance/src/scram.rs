//! The client's side of SCRAM-SHA-256, with room for what a client must not do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// How long a block of SHA-256 is.
const BLOCK: usize = 64;
/// The header of a client that knows no channel binding.
pub const NO_BINDING: &str = "n,,";

/// A hash.
pub type Hash = [u8; 32];

/// What a client says, and how it errs.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The user, with `=2C` for a comma and `=3D` for an equals sign.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// The header about channel binding, which is [`NO_BINDING`] in a good client.
    pub binding: &'a str,
    /// Whether the last message has another nonce than the server's.
    pub wrong_nonce: bool,
    /// Whether the last message has a wrong proof.
    pub wrong_proof: bool,
}

impl<'a> Client<'a> {
    /// A client that does everything right.
    #[must_use]
    pub const fn new(user: &'a str, password: &'a str) -> Self {
        let binding = NO_BINDING;
        Self { user, password, binding, wrong_nonce: false, wrong_proof: false }
    }

    /// The first message.
    #[must_use]
    pub fn first(&self, nonce: &str) -> String {
        format!("{}{}", self.binding, self.first_bare(nonce))
    }

    fn first_bare(&self, nonce: &str) -> String {
        format!("n={},r={nonce}", self.user)
    }

    /// The last message, or nothing if the server's is none.
    #[must_use]
    pub fn last(&self, nonce: &str, server: &str) -> Option<String> {
        let part = |name: &str| server.split(',').find_map(|part| part.strip_prefix(name));
        let salt = STANDARD.decode(part("s=")?).ok()?;
        let rounds: u32 = part("i=")?.parse().ok()?;
        let spoiled = if self.wrong_nonce { "x" } else { "" };
        let bare = format!("c={},r={}{spoiled}", STANDARD.encode(self.binding), part("r=")?);
        let text = format!("{},{server},{bare}", self.first_bare(nonce));
        let key = hmac(&salted(self.password, &salt, rounds), b"Client Key");
        let signature = hmac(&Sha256::digest(key).into(), text.as_bytes());
        let mut proof = xor(key, signature);
        if self.wrong_proof {
            proof = xor(proof, [1; 32]);
        }
        Some(format!("{bare},p={}", STANDARD.encode(proof)))
    }
}

/// The password after so many rounds of salt.
#[must_use]
pub fn salted(password: &str, salt: &[u8], rounds: u32) -> Hash {
    let password = password.as_bytes();
    let mut last = hmac_of(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = last;
    for _ in 1..rounds {
        last = hmac_of(password, &last);
        sum = xor(sum, last);
    }
    sum
}

fn hmac(key: &Hash, text: &[u8]) -> Hash {
    hmac_of(key, text)
}

fn hmac_of(key: &[u8], text: &[u8]) -> Hash {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        let short: Hash = Sha256::digest(key).into();
        block.iter_mut().zip(short).for_each(|(to, from)| *to = from);
    } else {
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

fn xor(mut left: Hash, right: Hash) -> Hash {
    left.iter_mut().zip(right).for_each(|(to, from)| *to ^= from);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7677_comes_out() {
        let client = Client::new("user", "pencil");
        let nonce = "rOprNGfwEbeRWgbNEkqO";
        let server = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                      s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let last = client.last(nonce, server).unwrap();
        assert!(last.ends_with(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), "{last}");
    }
}
