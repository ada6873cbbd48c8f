//! The server's side of SCRAM-SHA-256, for one user.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// The password of the only user.
pub(crate) const PASSWORD: &str = "pencil";

const SALT: &[u8] = b"salt of the peer";
const ITERATIONS: u32 = 4096;

/// A server in one conversation.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// The first message of the client without its head, and our answer.
    said: Option<(String, String)>,
}

impl Server {
    /// The answer to a message, and whether it is the last.
    pub(crate) fn reply(&mut self, message: &[u8]) -> (Vec<u8>, bool) {
        let message = std::str::from_utf8(message).unwrap();
        match self.said.take() {
            None => {
                let bare = message.splitn(3, ',').nth(2).unwrap();
                let nonce = bare.split(",r=").nth(1).unwrap();
                let salt = STANDARD.encode(SALT);
                let first = format!("r={nonce}SERVER,s={salt},i={ITERATIONS}");
                self.said = Some((bare.to_owned(), first.clone()));
                (first.into_bytes(), false)
            }
            Some((bare, first)) => {
                let (without_proof, proof) = message.split_once(",p=").unwrap();
                let words = format!("{bare},{first},{without_proof}");
                assert_eq!(STANDARD.decode(proof).unwrap(), client_proof(&words));
                let signature = mac(&mac(salted(), b"Server Key"), words.as_bytes());
                (format!("v={}", STANDARD.encode(signature)).into_bytes(), true)
            }
        }
    }
}

fn client_proof(words: &str) -> Vec<u8> {
    let key = mac(salted(), b"Client Key");
    let signature = mac(&Sha256::digest(&key), words.as_bytes());
    key.iter().zip(signature).map(|(key, signature)| key ^ signature).collect()
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn salted() -> &'static [u8] {
    static SALTED: OnceLock<Vec<u8>> = OnceLock::new();
    SALTED.get_or_init(|| {
        let mut block = mac(PASSWORD.as_bytes(), &[SALT, &[0, 0, 0, 1]].concat());
        let mut sum = block.clone();
        for _ in 1..ITERATIONS {
            block = mac(PASSWORD.as_bytes(), &block);
            sum.iter_mut().zip(&block).for_each(|(sum, byte)| *sum ^= byte);
        }
        sum
    })
}
