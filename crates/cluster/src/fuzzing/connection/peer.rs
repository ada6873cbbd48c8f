//! A broker that answers as it should, so that every state is a few bytes away.

use std::collections::VecDeque;

use bytes::Bytes;
use klamm_protocol::api_versions::ApiVersionsResponse;
use klamm_protocol::api_versions::response::ApiVersion;
use klamm_protocol::frame::{FrameDecoder, decode_request_header, encode_response};
use klamm_protocol::init_producer_id::InitProducerIdResponse;
use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::sasl_authenticate::SaslAuthenticateResponse;
use klamm_protocol::sasl_handshake::SaslHandshakeResponse;
use klamm_protocol::{ApiKey, Response};

/// A broker that answers as it should.
pub(super) struct Peer {
    is_old: bool,
    decoder: FrameDecoder,
    /// API, version and number of what it was asked; `None` for a bare token.
    asked: VecDeque<Option<(ApiKey, i16, i32)>>,
    bare: bool,
}

impl Peer {
    pub(super) fn new(is_old: bool) -> Self {
        let (decoder, asked) = (FrameDecoder::new(), VecDeque::new());
        Self { is_old, decoder, asked, bare: false }
    }

    /// Takes bytes of ours.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.decoder.push(Bytes::copy_from_slice(bytes));
        while let Ok(Some(frame)) = self.decoder.next_frame() {
            if std::mem::take(&mut self.bare) {
                self.asked.push_back(None);
            } else if let Ok((header, _)) = decode_request_header(&frame)
                && let Some(key) = ApiKey::from_code(header.request_api_key)
            {
                self.bare = key == ApiKey::SaslHandshake && header.request_api_version == 0;
                let asked = (key, header.request_api_version, header.correlation_id);
                self.asked.push_back(Some(asked));
            }
        }
    }

    /// The answer to the oldest question, with its length.
    pub(super) fn answer(&mut self, about: u8) -> Option<Vec<u8>> {
        let Some((key, version, id)) = self.asked.pop_front()? else { return Some(vec![0; 4]) };
        let about = i32::from(about);
        if key == ApiKey::ApiVersions {
            let api_keys = self.offer();
            return said(&ApiVersionsResponse { api_keys, ..Default::default() }, version, id);
        }
        if key == ApiKey::SaslHandshake {
            return said(&SaslHandshakeResponse::default(), version, id);
        }
        if key == ApiKey::SaslAuthenticate {
            let session_lifetime_ms = i64::from(about) * 20;
            let response = SaslAuthenticateResponse { session_lifetime_ms, ..Default::default() };
            return said(&response, version, id);
        }
        if key == ApiKey::Produce {
            return said(&ProduceResponse::default(), version, id);
        }
        let throttle_time_ms = about / 16 * 100;
        said(&InitProducerIdResponse { throttle_time_ms, ..Default::default() }, version, id)
    }

    fn offer(&self) -> Vec<ApiVersion<'static>> {
        let range = |(key, max_version): (ApiKey, i16)| ApiVersion {
            api_key: key.code(),
            max_version,
            ..Default::default()
        };
        let all = [
            (ApiKey::Produce, 12),
            (ApiKey::InitProducerId, 5),
            (ApiKey::SaslHandshake, 1),
            (ApiKey::SaslAuthenticate, 2),
        ];
        all.into_iter().take(if self.is_old { 3 } else { 4 }).map(range).collect()
    }
}

fn said<R: Response<'static>>(response: &R, version: i16, id: i32) -> Option<Vec<u8>> {
    encode_response(response, version, id).ok().map(|frame| frame.to_vec())
}
