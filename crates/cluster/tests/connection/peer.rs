//! A broker of a few lines: it reads our frames with the codec and answers by its script.

use std::borrow::Cow;
use std::collections::VecDeque;

use bytes::Bytes;
use klamm_protocol::api_versions::response::ApiVersion;
use klamm_protocol::frame::{FrameDecoder, decode_request_header, encode_response};
use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::sasl_authenticate::{SaslAuthenticateRequest, SaslAuthenticateResponse};
use klamm_protocol::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};
use klamm_protocol::{ApiKey, Response, message};
use klamm_protocol::{api_versions::ApiVersionsResponse, init_producer_id::InitProducerIdResponse};
use klamm_wire::ErrorCode;

use crate::scram::Server;

/// What a peer was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) key: ApiKey,
    pub(crate) version: i16,
    pub(crate) id: i32,
}

/// What is true of a peer.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// API, oldest and newest version.
    pub(crate) versions: Vec<(ApiKey, i16, i16)>,
    /// The mechanisms that it takes.
    pub(crate) mechanisms: Vec<&'static str>,
    /// What it says of a token, where it does not take it.
    pub(crate) refusal: Option<(ErrorCode, &'static str)>,
    /// For how long it believes who we are.
    pub(crate) lifetime_ms: i64,
    /// The silence that each of its answers asks for.
    pub(crate) throttle_ms: i32,
    /// Whether it answers what it should not.
    pub(crate) answers_all: bool,
    /// APIs that it does not answer.
    pub(crate) mute_on: Vec<ApiKey>,
}

impl Default for Script {
    fn default() -> Self {
        let versions = vec![
            (ApiKey::Produce, 0, 13),
            (ApiKey::Metadata, 0, 13),
            (ApiKey::SaslHandshake, 0, 1),
            (ApiKey::ApiVersions, 0, 4),
            (ApiKey::InitProducerId, 0, 5),
            (ApiKey::SaslAuthenticate, 0, 2),
        ];
        Self {
            versions,
            mechanisms: vec!["PLAIN", "SCRAM-SHA-256", "OAUTHBEARER"],
            refusal: None,
            lifetime_ms: 0,
            throttle_ms: 0,
            answers_all: false,
            mute_on: Vec::new(),
        }
    }
}

impl Script {
    /// The same with other versions of an API; none where `newest` is negative.
    pub(crate) fn with(mut self, key: ApiKey, newest: i16) -> Self {
        self.versions.retain(|(other, ..)| *other != key);
        if newest >= 0 {
            self.versions.push((key, 0, newest));
        }
        self
    }
}

/// A peer.
pub(crate) struct Peer {
    pub(crate) script: Script,
    pub(crate) asked: Vec<Asked>,
    /// The tokens that came.
    pub(crate) tokens: Vec<Vec<u8>>,
    decoder: FrameDecoder,
    bare: bool,
    scram: Option<Server>,
    answers: VecDeque<Vec<u8>>,
}

impl Peer {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            script,
            asked: Vec::new(),
            tokens: Vec::new(),
            decoder: FrameDecoder::new(),
            bare: false,
            scram: None,
            answers: VecDeque::new(),
        }
    }

    /// Takes bytes of ours; answers come out of [`answer`](Self::answer).
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.decoder.push(Bytes::copy_from_slice(bytes));
        while let Some(frame) = self.decoder.next_frame().unwrap() {
            if self.bare { self.bare_token(&frame) } else { self.request(&frame) }
        }
    }

    /// The next answer, with its length.
    pub(crate) fn answer(&mut self) -> Option<Vec<u8>> {
        self.answers.pop_front()
    }

    fn request(&mut self, frame: &Bytes) {
        let (header, mut body) = decode_request_header(frame).unwrap();
        let key = ApiKey::from_code(header.request_api_key).unwrap();
        let asked = Asked { key, version: header.request_api_version, id: header.correlation_id };
        self.asked.push(asked);
        if self.script.mute_on.contains(&key) {
            return;
        }
        match key {
            ApiKey::ApiVersions => self.versions(asked),
            ApiKey::SaslHandshake => {
                let request = message::read::<SaslHandshakeRequest<'_>>(&mut body, asked.version);
                self.mechanism(asked, &request.unwrap().mechanism);
            }
            ApiKey::SaslAuthenticate => {
                let request =
                    message::read::<SaslAuthenticateRequest<'_>>(&mut body, asked.version);
                self.token(asked, &request.unwrap().auth_bytes);
            }
            ApiKey::InitProducerId => {
                let throttle_time_ms = self.script.throttle_ms;
                self.say(asked, &InitProducerIdResponse { throttle_time_ms, ..Default::default() });
            }
            ApiKey::Metadata => {
                let throttle_time_ms = self.script.throttle_ms;
                self.say(asked, &MetadataResponse { throttle_time_ms, ..Default::default() });
            }
            ApiKey::Produce if self.script.answers_all => {
                self.say(asked, &ProduceResponse::default());
            }
            ApiKey::Produce => {}
            other => panic!("nobody asks this peer for {other}"),
        }
    }

    fn say<R: Response<'static>>(&mut self, asked: Asked, response: &R) {
        let frame = encode_response(response, asked.version, asked.id).unwrap();
        self.answers.push_back(frame.to_vec());
    }

    fn versions(&mut self, asked: Asked) {
        let range = self.script.versions.iter().find(|(key, ..)| *key == ApiKey::ApiVersions);
        let newest = range.map_or(0, |(.., newest)| *newest);
        let range = |(key, min_version, max_version): (ApiKey, i16, i16)| {
            let api_key = key.code();
            ApiVersion { api_key, min_version, max_version, ..Default::default() }
        };
        let api_keys = self.script.versions.iter().copied().map(range).collect();
        let throttle_time_ms = self.script.throttle_ms;
        let mut response = ApiVersionsResponse { api_keys, throttle_time_ms, ..Default::default() };
        let mut asked = asked;
        if asked.version > newest {
            response.error_code = ErrorCode::UNSUPPORTED_VERSION;
            asked.version = 0;
        }
        self.say(asked, &response);
    }

    fn mechanism(&mut self, asked: Asked, name: &str) {
        let takes = self.script.mechanisms.contains(&name);
        let mechanisms = self.script.mechanisms.iter().map(|name| Cow::Borrowed(*name)).collect();
        let error_code =
            if takes { ErrorCode::NONE } else { ErrorCode::UNSUPPORTED_SASL_MECHANISM };
        self.scram = name.starts_with("SCRAM").then(Server::default);
        self.bare = takes && asked.version == 0;
        self.say(asked, &SaslHandshakeResponse { error_code, mechanisms });
    }

    /// What it says to a token; the second is whether that was the last one.
    fn reply(&mut self, token: &[u8]) -> (Vec<u8>, bool) {
        self.tokens.push(token.to_vec());
        self.scram.as_mut().map_or((Vec::new(), true), |server| server.reply(token))
    }

    fn token(&mut self, asked: Asked, token: &[u8]) {
        let (reply, _) = self.reply(token);
        let mut response = SaslAuthenticateResponse {
            auth_bytes: Cow::Owned(reply),
            session_lifetime_ms: self.script.lifetime_ms,
            ..Default::default()
        };
        if let Some((code, words)) = self.script.refusal {
            response.error_code = code;
            response.error_message = Some(Cow::Borrowed(words));
        }
        self.say(asked, &response);
    }

    fn bare_token(&mut self, token: &[u8]) {
        let (reply, is_last) = self.reply(token);
        self.bare = !is_last;
        let len = i32::try_from(reply.len()).unwrap();
        self.answers.push_back([&len.to_be_bytes()[..], &reply].concat());
    }
}
