//! The arithmetic of SCRAM: hashes, keyed hashes, and a password hashed many times.

use hmac::Hmac;
use hmac::digest::{Key, KeyInit, Mac};
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroize as _;

use crate::sasl::credentials::ScramHash;
use crate::secret::Secret;

/// The hash of some bytes.
pub(in crate::sasl) fn digest(hash: ScramHash, bytes: &[u8]) -> Secret {
    match hash {
        ScramHash::Sha256 => Secret::taken_from(&mut Sha256::digest(bytes)),
        ScramHash::Sha512 => Secret::taken_from(&mut Sha512::digest(bytes)),
    }
}

/// The keyed hash of some parts, one after the other.
pub(in crate::sasl) fn hmac(hash: ScramHash, key: &[u8], parts: &[&[u8]]) -> Secret {
    match hash {
        ScramHash::Sha256 => over(keyed::<Hmac<Sha256>>(hash, key), parts),
        ScramHash::Sha512 => over(keyed::<Hmac<Sha512>>(hash, key), parts),
    }
}

/// A password hashed many times: PBKDF2, of which SCRAM needs the first block alone.
pub(in crate::sasl) fn stretched(
    hash: ScramHash,
    password: &Secret,
    salt: &[u8],
    iterations: u32,
) -> Secret {
    let password = password.reveal();
    match hash {
        ScramHash::Sha256 => block(&keyed::<Hmac<Sha256>>(hash, password), salt, iterations),
        ScramHash::Sha512 => block(&keyed::<Hmac<Sha512>>(hash, password), salt, iterations),
    }
}

/// The bytes of two secrets of one length, one upon the other.
pub(in crate::sasl) fn xor(one: &Secret, other: &Secret) -> Secret {
    let pairs = one.reveal().iter().zip(other.reveal());
    Secret::new(pairs.map(|(one, other)| one ^ other).collect::<Vec<_>>())
}

/// A keyed hash that waits for its message. A key longer than a block is hashed first, which
/// leaves no key that could be of the wrong length.
fn keyed<M: KeyInit>(hash: ScramHash, key: &[u8]) -> M {
    let mut block = Key::<M>::default();
    let short = (key.len() > block.len()).then(|| digest(hash, key));
    let key = short.as_ref().map_or(key, Secret::reveal);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let keyed = M::new(&block);
    block.as_mut_slice().zeroize();
    keyed
}

fn over<M: Mac>(mut keyed: M, parts: &[&[u8]]) -> Secret {
    for part in parts {
        keyed.update(part);
    }
    Secret::taken_from(&mut keyed.finalize().into_bytes())
}

fn block<M: Mac + Clone>(keyed: &M, salt: &[u8], iterations: u32) -> Secret {
    let first = keyed.clone().chain_update(salt).chain_update(1_u32.to_be_bytes());
    let mut round = first.finalize().into_bytes();
    let mut sum = round.clone();
    for _ in 1..iterations {
        round = keyed.clone().chain_update(&round).finalize().into_bytes();
        sum.iter_mut().zip(&round).for_each(|(sum, byte)| *sum ^= byte);
    }
    round.as_mut_slice().zeroize();
    Secret::taken_from(&mut sum)
}
