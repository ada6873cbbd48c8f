//! A broker of a few lines: reads requests, answers as the world says.

use std::collections::BTreeMap;

use bytes::Bytes;
use klamm_protocol::api_versions::{ApiVersionsResponse, response::ApiVersion};
use klamm_protocol::find_coordinator::FindCoordinatorResponse;
use klamm_protocol::frame::{
    EncodeFrameError, FrameDecoder, decode_request_header, encode_response,
};
use klamm_protocol::init_producer_id::InitProducerIdResponse;
use klamm_protocol::message::read;
use klamm_protocol::metadata::{
    MetadataRequest, MetadataResponse,
    response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
};
use klamm_protocol::sasl_authenticate::SaslAuthenticateResponse;
use klamm_protocol::sasl_handshake::SaslHandshakeResponse;
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, ProducerId};

/// What a server does with its next request of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// Never answers.
    Silence,
    /// Closes instead of answering.
    HangUp,
    /// Sends bytes that are no answer.
    Garbage,
    /// Answers, and sends bytes that are no answer right behind.
    Babble,
    /// Answers, and asks for so many milliseconds of silence where the answer has a place for that.
    Throttle(i32),
    /// Answers under a wrong number.
    WrongNumber,
    /// Says this code where the answer has a place for one.
    Code(i16),
}

/// The cluster as its servers see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Picture {
    /// The brokers: host and port.
    pub(super) brokers: BTreeMap<i32, (String, u16)>,
    /// The leaders of each topic's partitions.
    pub(super) topics: BTreeMap<String, Vec<i32>>,
    /// Who coordinates everything.
    pub(super) coordinator: i32,
    /// For how long a server believes who a client is; 0 for ever.
    pub(super) session_ms: i64,
    /// How often its features have changed.
    pub(super) features: i64,
}

/// One connection as its server sees it.
#[derive(Debug, Default)]
pub(super) struct Peer {
    decoder: FrameDecoder,
    /// Answers come in order, so who is silent once is silent for good.
    is_silent: bool,
}

/// What comes of the bytes that a server read.
pub(super) enum Reaction {
    Answer(Bytes),
    HangUp,
}

impl Peer {
    /// Reads bytes, and reacts to each whole request.
    pub(super) fn read(
        &mut self,
        bytes: Bytes,
        picture: &Picture,
        habits: &mut BTreeMap<ApiKey, Habit>,
    ) -> Vec<(ApiKey, Option<Reaction>)> {
        self.decoder.push(bytes);
        let mut reactions = Vec::new();
        while let Ok(Some(frame)) = self.decoder.next_frame() {
            let (header, _) = decode_request_header(&frame).unwrap();
            let key = ApiKey::from_code(header.request_api_key).unwrap();
            let habit = habits.get(&key).copied();
            self.is_silent |= habit == Some(Habit::Silence);
            let reaction = react(&frame, picture, habit).filter(|_| !self.is_silent);
            reactions.push((key, reaction));
        }
        reactions
    }
}

fn react(frame: &Bytes, picture: &Picture, habit: Option<Habit>) -> Option<Reaction> {
    let (header, mut body) = decode_request_header(frame).unwrap();
    let key = ApiKey::from_code(header.request_api_key).unwrap();
    let (version, number) = (header.request_api_version, header.correlation_id);
    let mut code = 0;
    let number = match habit {
        Some(Habit::Silence) => return None,
        Some(Habit::HangUp) => return Some(Reaction::HangUp),
        Some(Habit::Garbage) => {
            let mut garbage = number.to_be_bytes().to_vec();
            garbage.push(0xff);
            return Some(Reaction::Answer(framed(&garbage)));
        }
        Some(Habit::WrongNumber) => number + 1,
        Some(Habit::Code(said)) => {
            code = said;
            number
        }
        Some(Habit::Babble | Habit::Throttle(_)) | None => number,
    };
    let throttle_time_ms = if let Some(Habit::Throttle(ms)) = habit { ms } else { 0 };
    let segments = match key {
        ApiKey::Produce => return None,
        ApiKey::Metadata => {
            let request: MetadataRequest<'_> = read(&mut body, version).unwrap();
            let answer = metadata(picture, &request, code);
            encode_response(&MetadataResponse { throttle_time_ms, ..answer }, version, number)
        }
        ApiKey::ApiVersions => {
            let answer = ApiVersionsResponse { throttle_time_ms, ..versions(picture) };
            encode_response(&answer, version, number)
        }
        other => answer(other, (version, number), ErrorCode(code), picture),
    };
    let mut answer = segments.unwrap().to_vec();
    if habit == Some(Habit::Babble) {
        answer.extend_from_slice(&framed(&[0xff; 8]));
    }
    Some(Reaction::Answer(Bytes::from(answer)))
}

/// The answer of an API that tells little.
fn answer(
    key: ApiKey,
    (version, number): (i16, i32),
    error_code: ErrorCode,
    picture: &Picture,
) -> Result<Segments, EncodeFrameError> {
    if key == ApiKey::FindCoordinator {
        return encode_response(&coordinator(picture, error_code), version, number);
    }
    if key == ApiKey::InitProducerId {
        let producer_id = ProducerId(7);
        let answer = InitProducerIdResponse { error_code, producer_id, ..Default::default() };
        return encode_response(&answer, version, number);
    }
    if key == ApiKey::SaslHandshake {
        let mechanisms = vec!["PLAIN".into()];
        let answer = SaslHandshakeResponse { error_code, mechanisms };
        return encode_response(&answer, version, number);
    }
    if key == ApiKey::SaslAuthenticate {
        let session_lifetime_ms = picture.session_ms;
        let answer =
            SaslAuthenticateResponse { error_code, session_lifetime_ms, ..Default::default() };
        return encode_response(&answer, version, number);
    }
    assert_eq!(key, ApiKey::ApiVersions, "no answer is written for it");
    encode_response(&versions(picture), version, number)
}

fn coordinator(picture: &Picture, error_code: ErrorCode) -> FindCoordinatorResponse<'static> {
    let Some((host, port)) = picture.brokers.get(&picture.coordinator) else {
        let error_code = ErrorCode::COORDINATOR_NOT_AVAILABLE;
        return FindCoordinatorResponse { error_code, ..Default::default() };
    };
    FindCoordinatorResponse {
        error_code,
        node_id: NodeId(picture.coordinator),
        host: host.clone().into(),
        port: i32::from(*port),
        ..Default::default()
    }
}

fn framed(body: &[u8]) -> Bytes {
    let mut frame = i32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    Bytes::from(frame)
}

/// Single look-ups of coordinators alone, and everything else that is asked for here.
fn versions(picture: &Picture) -> ApiVersionsResponse<'static> {
    let keys = [
        (ApiKey::Produce, 3, 11),
        (ApiKey::Metadata, 0, 13),
        (ApiKey::FindCoordinator, 0, 3),
        (ApiKey::ApiVersions, 0, 4),
        (ApiKey::InitProducerId, 0, 4),
        (ApiKey::SaslHandshake, 0, 1),
        (ApiKey::SaslAuthenticate, 0, 2),
    ];
    let api = |(key, min_version, max_version): (ApiKey, i16, i16)| ApiVersion {
        api_key: key.code(),
        min_version,
        max_version,
        ..Default::default()
    };
    ApiVersionsResponse {
        api_keys: keys.into_iter().map(api).collect(),
        finalized_features_epoch: picture.features,
        ..Default::default()
    }
}

fn metadata(
    picture: &Picture,
    request: &MetadataRequest<'_>,
    code: i16,
) -> MetadataResponse<'static> {
    let brokers = picture.brokers.iter().map(|(id, (host, port))| MetadataResponseBroker {
        node_id: NodeId(*id),
        host: host.clone().into(),
        port: i32::from(*port),
        ..Default::default()
    });
    let asked = request.topics.iter().flatten().filter_map(|topic| topic.name.as_ref());
    let topics = asked.map(|name| topic(picture, name, code));
    let for_all = if code == ErrorCode::REBOOTSTRAP_REQUIRED.0 { code } else { 0 };
    MetadataResponse {
        error_code: ErrorCode(for_all),
        brokers: brokers.collect(),
        controller_id: NodeId(picture.brokers.keys().next().copied().unwrap_or(-1)),
        topics: topics.collect(),
        ..Default::default()
    }
}

fn topic(picture: &Picture, name: &str, code: i16) -> MetadataResponseTopic<'static> {
    let name_of = Some(name.to_owned().into());
    let Some(leaders) = picture.topics.get(name).filter(|_| code == 0) else {
        let error_code = ErrorCode(if code == 0 { 3 } else { code });
        return MetadataResponseTopic { error_code, name: name_of, ..Default::default() };
    };
    let partition = |(index, leader): (i32, &i32)| MetadataResponsePartition {
        partition_index: PartitionIndex(index),
        leader_id: NodeId(*leader),
        leader_epoch: 1,
        ..Default::default()
    };
    let partitions = (0..).zip(leaders).map(partition).collect();
    MetadataResponseTopic { name: name_of, partitions, ..Default::default() }
}
