//! Listens in on the saying of who we are, for what the machine of a connection keeps to itself.
//!
//! That is which mechanisms the broker offers, and for how long it will believe us.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_protocol::frame::{FrameDecoder, ResponseFrame};
use klamm_protocol::negotiate::{Conditions, Negotiated};
use klamm_protocol::sasl_authenticate::SaslAuthenticateResponse;
use klamm_protocol::sasl_handshake::SaslHandshakeResponse;

/// The longest frame that is listened to: those of a handshake are short.
const LONGEST: usize = 1 << 20;

/// The most mechanisms that are noted.
const MOST: usize = 32;

/// What was heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// The mechanisms, as the broker names them.
    pub(super) offered: Vec<String>,
    /// For how long the broker believes us; `None` for ever, or if it did not say.
    pub(super) lifetime: Option<Duration>,
}

/// Listens to what comes in, until requests can be sent or something is not understood.
pub(super) struct Tap {
    frames: Option<FrameDecoder>,
    next: Next,
    heard: Heard,
}

/// Which answer comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Versions,
    Handshake,
    Authenticate,
}

impl Tap {
    pub(super) fn new() -> Self {
        let frames = Some(FrameDecoder::with_limit(LONGEST));
        Self { frames, next: Next::Versions, heard: Heard::default() }
    }

    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    /// Stops listening.
    pub(super) fn close(&mut self) {
        self.frames = None;
    }

    /// Bytes came, and were given to the machine already: `versions` is what it knows.
    pub(super) fn listen(&mut self, bytes: &bytes::Bytes, versions: Option<&Negotiated>) {
        let Some(mut frames) = self.frames.take() else { return };
        frames.push(bytes.clone());
        while let Ok(next) = frames.next_frame() {
            let Some(bytes) = next else {
                self.frames = Some(frames);
                return;
            };
            if self.note(bytes, versions).is_none() {
                return;
            }
        }
    }

    /// Notes what an answer says; `None` if it is not understood.
    fn note(&mut self, bytes: bytes::Bytes, versions: Option<&Negotiated>) -> Option<()> {
        let Some(versions) = versions else {
            // An answer that says to ask for versions again.
            return Some(());
        };
        let frame = |key| -> Option<ResponseFrame> {
            let version = versions.version(key, Conditions::NONE).ok()?;
            Some(ResponseFrame { key, version, bytes })
        };
        match self.next {
            Next::Versions => self.next = Next::Handshake,
            Next::Handshake => {
                let frame = frame(ApiKey::SaslHandshake)?;
                let answer = frame.decode::<SaslHandshakeResponse<'_>>().ok()?;
                let offered = answer.body.mechanisms.iter().take(MOST);
                self.heard.offered = offered.map(ToString::to_string).collect();
                self.next = Next::Authenticate;
            }
            Next::Authenticate => {
                let frame = frame(ApiKey::SaslAuthenticate)?;
                let answer = frame.decode::<SaslAuthenticateResponse<'_>>().ok()?;
                let millis = u64::try_from(answer.body.session_lifetime_ms).ok()?;
                self.heard.lifetime = (millis > 0).then(|| Duration::from_millis(millis));
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use klamm_protocol::VersionRange;
    use klamm_protocol::api_versions::ApiVersionsResponse;
    use klamm_protocol::frame::encode_response;
    use klamm_protocol::negotiate::{FinalizedFeatures, Offer};

    use super::*;

    fn negotiated() -> Negotiated {
        let keys = [ApiKey::SaslHandshake, ApiKey::SaslAuthenticate];
        let versions: BTreeMap<i16, VersionRange> =
            keys.iter().map(|key| (key.code(), VersionRange::new(0, 1))).collect();
        let features = FinalizedFeatures::default();
        Negotiated::from(Offer { versions, features, throttle_time_ms: 0 })
    }

    fn conversation() -> Vec<u8> {
        let mechanisms = vec!["PLAIN".into(), "SCRAM-SHA-256".into()];
        let handshake = SaslHandshakeResponse { mechanisms, ..SaslHandshakeResponse::default() };
        let authenticate = SaslAuthenticateResponse {
            session_lifetime_ms: 5000,
            ..SaslAuthenticateResponse::default()
        };
        let frames = [
            encode_response(&ApiVersionsResponse::default(), 0, 1).unwrap().to_vec(),
            encode_response(&handshake, 1, 2).unwrap().to_vec(),
            encode_response(&SaslAuthenticateResponse::default(), 1, 3).unwrap().to_vec(),
            encode_response(&authenticate, 1, 4).unwrap().to_vec(),
        ];
        frames.concat()
    }

    fn heard(pieces: &[&[u8]]) -> Heard {
        let (mut tap, versions) = (Tap::new(), negotiated());
        for piece in pieces {
            tap.listen(&Bytes::copy_from_slice(piece), Some(&versions));
        }
        tap.heard().clone()
    }

    #[test]
    fn the_offer_and_the_lifetime_are_heard_however_the_bytes_come() {
        let (whole, wanted) = (conversation(), Some(Duration::from_secs(5)));
        for at in 0..=whole.len() {
            let (first, second) = whole.split_at(at);
            let heard = heard(&[first, second]);
            assert_eq!(heard.offered, ["PLAIN", "SCRAM-SHA-256"], "{at}");
            assert_eq!(heard.lifetime, wanted, "{at}");
        }
    }

    #[test]
    fn what_is_not_understood_ends_the_listening() {
        let nonsense = [0xff; 12];
        assert_eq!(heard(&[&nonsense, &conversation()]), Heard::default());
        let mut cut = conversation();
        cut.truncate(30);
        assert_eq!(heard(&[&cut, &nonsense]).lifetime, None);
    }
}
