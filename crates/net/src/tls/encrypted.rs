//! Keys under a password: PBES2 of PKCS#5, with PBKDF2 or scrypt, as PKCS#8 holds them.

use klamm_cluster::Secret;
use pkcs8::EncryptedPrivateKeyInfo;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;

/// The most rounds that a key may ask for: some seconds of work.
const MOST_ROUNDS: u32 = 10_000_000;

/// The most memory that a key may ask for.
const MOST_MEMORY: u64 = 512 << 20;

/// The most work that a key may ask of scrypt, in blocks of 128 bytes: some seconds.
const MOST_BLOCKS: u64 = 1 << 26;

/// The key in the clear, or why there is none, in words.
pub(super) fn open(der: &[u8], password: &Secret) -> Result<Vec<u8>, String> {
    let info = EncryptedPrivateKeyInfo::try_from(der).map_err(|_| {
        "its key is encrypted in a way that is not known here; make PKCS#8 with PBKDF2 and AES of \
         it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"
            .to_owned()
    })?;
    if asks_too_much(&info.encryption_algorithm) {
        return Err("its key asks for more work or memory than a key may".to_owned());
    }
    // Without the right password the key comes out as noise, which has no form of a key.
    let key = info
        .decrypt(password.reveal())
        .map_err(|_| "its key does not open with `ssl.key.password`".to_owned())?;
    Ok(key.as_bytes().to_vec())
}

fn asks_too_much(scheme: &EncryptionScheme<'_>) -> bool {
    let Some(parameters) = scheme.pbes2() else { return false };
    match &parameters.kdf {
        Kdf::Pbkdf2(parameters) => parameters.iteration_count > MOST_ROUNDS,
        Kdf::Scrypt(parameters) => {
            let blocks = parameters.cost_parameter.saturating_mul(parameters.block_size.into());
            let work = blocks.saturating_mul(parameters.parallelization.into());
            blocks.saturating_mul(128) > MOST_MEMORY || work > MOST_BLOCKS
        }
        _ => true,
    }
}
