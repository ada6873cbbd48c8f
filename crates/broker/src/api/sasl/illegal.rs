//! How requests are told that they come in the midst of an authentication.

use std::borrow::Cow;

use klamm_protocol::api_versions::ApiVersionsResponse;
use klamm_protocol::find_coordinator::FindCoordinatorResponse;
use klamm_protocol::init_producer_id::InitProducerIdResponse;
use klamm_protocol::metadata::response::MetadataResponseTopic;
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_protocol::sasl_handshake::SaslHandshakeResponse;
use klamm_protocol::{ApiKey, message};
use klamm_wire::{Epoch, ErrorCode, NodeId, ProducerId, Reader};

use super::refuse;
use crate::api::{Call, Outcome};

const CODE: ErrorCode = ErrorCode::ILLEGAL_SASL_STATE;

/// Error 34 in the answer of the API, then the end. Of the APIs that no client begins with there
/// is the end alone.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other request has an answer here")]
pub(in crate::api) fn answer(call: &Call<'_>, api: ApiKey, mut body: Reader<'_>) -> Outcome {
    let answer = match api {
        ApiKey::Metadata => match message::read(&mut body, call.version()) {
            Ok(request) => call.answer(&metadata(&request)),
            Err(_) => return Outcome::Close,
        },
        ApiKey::ApiVersions => {
            call.answer(&ApiVersionsResponse { error_code: CODE, ..Default::default() })
        }
        ApiKey::SaslHandshake => {
            call.answer(&SaslHandshakeResponse { error_code: CODE, ..Default::default() })
        }
        ApiKey::InitProducerId => call.answer(&InitProducerIdResponse {
            error_code: CODE,
            producer_id: ProducerId(-1),
            producer_epoch: Epoch(-1),
            ..Default::default()
        }),
        ApiKey::FindCoordinator if call.version() < 4 => {
            call.answer(&FindCoordinatorResponse { error_code: CODE, ..Default::default() })
        }
        _ => return refuse(call.state, call.now, None),
    };
    refuse(call.state, call.now, Some(answer))
}

fn metadata(request: &MetadataRequest<'_>) -> MetadataResponse<'static> {
    let topics = request.topics.iter().flatten().map(|topic| MetadataResponseTopic {
        error_code: CODE,
        name: Some(Cow::Owned(topic.name.clone().unwrap_or_default().into_owned())),
        topic_id: topic.topic_id,
        topic_authorized_operations: i32::MIN,
        ..MetadataResponseTopic::default()
    });
    MetadataResponse {
        topics: topics.collect(),
        controller_id: NodeId::NONE,
        cluster_authorized_operations: i32::MIN,
        ..MetadataResponse::default()
    }
}
