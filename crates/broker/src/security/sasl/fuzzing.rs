//! What the fuzz targets call; the crate's own tests call the same function.

use std::sync::OnceLock;

use klamm_wire::WallMillis;

use super::{Credentials, Iterations, Mechanism, Nonces, Sasl, Step};

/// Feeds tokens to a session until it ends; whatever they are, it ends or asks for more.
pub fn feed(mechanism: Mechanism, tokens: &[Vec<u8>]) {
    // Deriving keys takes thousands of hashes, which would be all that a fuzzer does.
    static SASL: OnceLock<Sasl> = OnceLock::new();
    let sasl = SASL.get_or_init(|| {
        let users = Credentials::new(1, Iterations::MIN).with_user("alice", "secret");
        Sasl::new(users.challenging_strangers())
    });
    let mut going = sasl.begin(mechanism.name(), None, &mut Nonces::new(1));
    for token in tokens {
        let Some(session) = going.take() else { return };
        assert_eq!(session.mechanism(), mechanism);
        match session.receive(token, sasl, WallMillis(1_000)) {
            Step::Challenge { session, .. } => going = Some(session),
            Step::Done { established, .. } => assert_eq!(established.mechanism, mechanism),
            Step::Failed { text } => assert!(!text.is_empty()),
            Step::Closed { why } => assert_eq!(why, "", "only re-authentication is cut off"),
        }
    }
}
