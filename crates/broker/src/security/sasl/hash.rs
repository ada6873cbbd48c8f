//! The two hash functions of SCRAM, and what is built on them.

use hmac::digest::Digest;
use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::crypto_common::{Key, KeyInit};
use hmac::{Mac, SimpleHmac};
use sha2::{Sha256, Sha512};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    /// `H(bytes)` of RFC 5802.
    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// `HMAC(key, parts)`, over the parts one after the other.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha256 => authenticate(keyed::<Sha256>(key), parts),
            Self::Sha512 => authenticate(keyed::<Sha512>(key), parts),
        }
    }

    /// `Hi(password, salt, iterations)`: the salted password.
    pub(super) fn salted(self, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        match self {
            Self::Sha256 => stretch(&keyed::<Sha256>(password), salt, iterations),
            Self::Sha512 => stretch(&keyed::<Sha512>(password), salt, iterations),
        }
    }
}

/// A key of any length, brought to the length of a block as HMAC says.
fn keyed<D: Digest + BlockSizeUser + Clone>(key: &[u8]) -> SimpleHmac<D> {
    let mut block = Key::<SimpleHmac<D>>::default();
    let digest = (key.len() > block.len()).then(|| D::digest(key));
    let key = digest.as_ref().map_or(key, |digest| digest.as_slice());
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    <SimpleHmac<D> as KeyInit>::new(&block)
}

fn authenticate(mut mac: impl Mac, parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The first block of PBKDF2; SCRAM needs no second one.
fn stretch(keyed: &(impl Mac + Clone), salt: &[u8], iterations: u32) -> Vec<u8> {
    let mut last = authenticate(keyed.clone(), &[salt, &1u32.to_be_bytes()]);
    let mut sum = last.clone();
    for _ in 1..iterations {
        last = authenticate(keyed.clone(), &[&last]);
        sum = xor(&sum, &last);
    }
    sum
}

/// Byte by byte; the shorter one decides how far.
pub(super) fn xor(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_gives_what_rfc_4231_lists() {
        let short = Hash::Sha256.hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
        let long = Hash::Sha256.hmac(&[0xaa; 131], &[text]);
        assert_eq!(hex(&long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        let wide = Hash::Sha512.hmac(b"Jefe", &[b"what do ya want for nothing?"]);
        assert!(
            hex(&wide).starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea")
        );
    }

    #[test]
    fn a_password_is_stretched_as_in_rfc_7677() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("the salt");
        let salted = Hash::Sha256.salted(b"pencil", &salt, 4096);
        let client_key = Hash::Sha256.hmac(&salted, &[b"Client Key"]);
        let server_key = Hash::Sha256.hmac(&salted, &[b"Server Key"]);
        assert_eq!(
            STANDARD.encode(Hash::Sha256.digest(&client_key)),
            "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        );
        assert_eq!(STANDARD.encode(server_key), "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    }
}
