//! The server's first message: its nonce, and how to hash the password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::server_final;
use crate::sasl::error::SaslError;
use crate::sasl::step::Fault;
use crate::secret::Secret;

/// Fewer make a password that was listened to too easy to guess (RFC 7677).
const FEWEST_ITERATIONS: u32 = 4_096;
/// More would let a server keep us busy.
const MOST_ITERATIONS: u32 = 1_000_000;
/// No more bytes of salt are taken.
const MOST_SALT: usize = 1_024;

/// The server's first message, whose text goes into every proof as it came.
#[derive(Debug)]
pub(in crate::sasl) struct ServerFirst {
    text: String,
    nonce: String,
    salt: Vec<u8>,
    iterations: u32,
}

impl ServerFirst {
    /// Reads an answer to our nonce; where it is a refusal, the words may not repeat the password.
    pub(super) fn read(text: &str, ours: &str, password: &Secret) -> Result<Self, Fault> {
        let mut attributes = text.split(',');
        let first = attributes.next().unwrap_or_default();
        if let Some(error) = server_final::refusal(first, password) {
            return Err(error);
        }
        if first.starts_with("m=") {
            return Err(Fault::misbehaved("it demands an extension that nobody knows"));
        }
        let nonce = nonce(first.strip_prefix("r="), ours)?;
        let salt = salt(attributes.next().and_then(|text| text.strip_prefix("s=")))?;
        let iterations = iterations(attributes.next().and_then(|text| text.strip_prefix("i=")))?;
        if !attributes.all(is_extension) {
            return Err(Fault::misbehaved("its first message ends in something else"));
        }
        Ok(Self { text: text.to_owned(), nonce: nonce.to_owned(), salt, iterations })
    }

    /// The message as it came.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Our nonce, with the server's behind it.
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What makes the hash of one password differ from server to server.
    pub(super) fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// How often to hash the password.
    pub(super) const fn iterations(&self) -> u32 {
        self.iterations
    }
}

fn nonce<'a>(text: Option<&'a str>, ours: &str) -> Result<&'a str, Fault> {
    let nonce = text.ok_or(Fault::misbehaved("its first message has no nonce"))?;
    match nonce.strip_prefix(ours) {
        None => Err(Fault::misbehaved("its nonce does not begin with ours")),
        Some("") => Err(Fault::misbehaved("its nonce is only ours")),
        Some(theirs) if theirs.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(nonce),
        Some(_) => Err(Fault::misbehaved("its nonce has characters that cannot be printed")),
    }
}

fn salt(text: Option<&str>) -> Result<Vec<u8>, Fault> {
    let text = text.ok_or(Fault::misbehaved("its first message has no salt"))?;
    let salt = STANDARD.decode(text).map_err(|_| Fault::misbehaved("its salt is not base64"))?;
    if salt.is_empty() {
        return Err(Fault::misbehaved("its salt is empty"));
    }
    if salt.len() > MOST_SALT {
        return Err(Fault::misbehaved("its salt is too long"));
    }
    Ok(salt)
}

fn iterations(text: Option<&str>) -> Result<u32, Fault> {
    let text = text.ok_or(Fault::misbehaved("its first message has no count of iterations"))?;
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::misbehaved("its count of iterations is no number"));
    }
    // What does not fit is more than the most.
    let iterations = text.parse().unwrap_or(u32::MAX);
    if iterations < FEWEST_ITERATIONS {
        return Err(out_of_bounds(&format!("{iterations}, fewer than {FEWEST_ITERATIONS}")));
    }
    if iterations > MOST_ITERATIONS {
        return Err(out_of_bounds(&format!("more than {MOST_ITERATIONS}")));
    }
    Ok(iterations)
}

fn out_of_bounds(count: &str) -> Fault {
    Fault::Broken(SaslError::Unsafe(format!("SCRAM iterations: {count}")))
}

/// Something that may be ignored: a name that means nothing yet, and a value (RFC 5802).
fn is_extension(text: &str) -> bool {
    let Some((name, value)) = text.split_once('=') else { return false };
    let mut letters = name.bytes();
    let one = matches!((letters.next(), letters.next()), (Some(letter), None)
        if letter.is_ascii_alphabetic() && !b"rsimacnpve".contains(&letter));
    one && !value.is_empty() && !value.contains('\0')
}
