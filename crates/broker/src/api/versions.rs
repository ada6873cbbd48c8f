//! ApiVersions: which versions this broker speaks.

use std::borrow::Cow;

use klamm_protocol::api_versions::response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use klamm_protocol::api_versions::{ApiVersionsRequest, ApiVersionsResponse};
use klamm_protocol::{ApiKey, VersionRange};
use klamm_wire::ErrorCode;

use super::{Call, Outcome, ReplyTo};
use crate::defects::Defect;
use crate::personas::{Persona, Refusal};

/// The first version whose requests name the client's software.
const FIRST_WITH_SOFTWARE: i16 = 3;
/// The feature that says which generation of transactions is spoken.
const TRANSACTION_VERSION: &str = "transaction.version";

pub(super) fn serve(call: &mut Call<'_>, request: &ApiVersionsRequest<'_>) -> Outcome {
    let names = [&request.client_software_name, &request.client_software_version];
    let is_named = names.iter().all(|name| is_software_name(name));
    if call.version() >= FIRST_WITH_SOFTWARE && !is_named {
        let error_code = ErrorCode::INVALID_REQUEST;
        return call.answer(&ApiVersionsResponse { error_code, ..ApiVersionsResponse::default() });
    }
    if let Err(error_code) = call.state.faults.verdict() {
        return call.answer(&ApiVersionsResponse { error_code, ..ApiVersionsResponse::default() });
    }
    call.session.sasl.versions_told();
    let response = response(call);
    answer(call, &response)
}

/// The answer to a version that this broker does not know, in the layout of version 0.
pub(super) fn refuse(call: &Call<'_>) -> Outcome {
    if call.has(Defect::ClosesOnUnknownApiVersions) {
        return Outcome::Close;
    }
    let persona = call.state.settings.persona;
    let api_keys = match persona.habits().refusal {
        Refusal::OwnRange => {
            let range = persona.versions(ApiKey::ApiVersions);
            range.into_iter().map(|range| advertised(ApiKey::ApiVersions, range)).collect()
        }
        Refusal::AllRanges => all_ranges(persona),
        Refusal::Bare => Vec::new(),
        Refusal::Close => return Outcome::Close,
    };
    let response = ApiVersionsResponse {
        error_code: ErrorCode::UNSUPPORTED_VERSION,
        api_keys,
        ..ApiVersionsResponse::default()
    };
    ReplyTo { version: 0, ..call.reply }.answer(&response)
}

fn answer(call: &Call<'_>, response: &ApiVersionsResponse<'_>) -> Outcome {
    let outcome = call.answer(response);
    let has_tags = call.version() >= FIRST_WITH_SOFTWARE;
    if let Outcome::Answer(frame) = &outcome
        && has_tags
        && call.has(Defect::TaggedApiVersionsHeader)
    {
        return Outcome::Answer(crate::faults::with_tags(frame));
    }
    outcome
}

fn response(call: &Call<'_>) -> ApiVersionsResponse<'static> {
    let mut response = ApiVersionsResponse {
        api_keys: all_ranges(call.state.settings.persona),
        ..ApiVersionsResponse::default()
    };
    if call.version() >= FIRST_WITH_SOFTWARE {
        add_features(call, &mut response);
    }
    response
}

fn all_ranges(persona: Persona) -> Vec<ApiVersion<'static>> {
    let known = ApiKey::all().filter_map(|api| persona.versions(api).map(|range| (api, range)));
    known.map(|(api, range)| advertised(api, range)).collect()
}

fn advertised(api: ApiKey, range: VersionRange) -> ApiVersion<'static> {
    ApiVersion {
        api_key: api.code(),
        min_version: range.min,
        max_version: range.max,
        ..ApiVersion::default()
    }
}

fn add_features(call: &Call<'_>, response: &mut ApiVersionsResponse<'static>) {
    let features = call.state.settings.persona.features();
    for feature in features.all {
        let name = Cow::Borrowed(feature.name);
        // Before version 4 no feature is shown whose smallest level is 0 (KAFKA-17011).
        if call.version() >= 4 || feature.min > 0 {
            response.supported_features.push(SupportedFeatureKey {
                name: name.clone(),
                min_version: feature.min,
                max_version: feature.max,
                ..SupportedFeatureKey::default()
            });
        }
        let is_generation = feature.name == TRANSACTION_VERSION;
        let chosen = call.state.settings.transaction_version;
        let level = if is_generation { chosen } else { feature.finalized };
        if level > 0 {
            response.finalized_features.push(FinalizedFeatureKey {
                name,
                max_version_level: level,
                min_version_level: level,
                ..FinalizedFeatureKey::default()
            });
        }
    }
    response.finalized_features_epoch = features.epoch;
}

/// Letters and digits, with dots and hyphens between them (KIP-511).
fn is_software_name(name: &str) -> bool {
    let is_outer = |byte: &u8| byte.is_ascii_alphanumeric();
    let is_inner = |byte: &u8| is_outer(byte) || matches!(byte, b'.' | b'-');
    let bytes = name.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.iter().all(is_inner) && ends.iter().all(|end| end.is_some_and(is_outer))
}
