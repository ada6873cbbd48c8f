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
    let range = call.state.settings.persona.versions(ApiKey::ApiVersions);
    let api_keys = range.map(|range| advertised(ApiKey::ApiVersions, range));
    let response = ApiVersionsResponse {
        error_code: ErrorCode::UNSUPPORTED_VERSION,
        api_keys: api_keys.into_iter().collect(),
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
    let persona = call.state.settings.persona;
    let known = ApiKey::all().filter_map(|api| persona.versions(api).map(|range| (api, range)));
    let mut response = ApiVersionsResponse {
        api_keys: known.map(|(api, range)| advertised(api, range)).collect(),
        ..ApiVersionsResponse::default()
    };
    if call.version() >= FIRST_WITH_SOFTWARE {
        add_features(call, &mut response);
    }
    response
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
    let level = call.state.settings.transaction_version;
    for (name, max) in call.state.settings.persona.features() {
        // Before version 4 no feature is shown whose smallest level is 0 (KAFKA-17011).
        if call.version() >= 4 || *name == "metadata.version" {
            response.supported_features.push(SupportedFeatureKey {
                name: Cow::Borrowed(name),
                min_version: i16::from(*name == "metadata.version"),
                max_version: *max,
                ..SupportedFeatureKey::default()
            });
        }
        let level = if *name == TRANSACTION_VERSION { level } else { *max };
        if level > 0 {
            response.finalized_features.push(FinalizedFeatureKey {
                name: Cow::Borrowed(name),
                max_version_level: level,
                min_version_level: level,
                ..FinalizedFeatureKey::default()
            });
        }
    }
    response.finalized_features_epoch = 1;
}

/// Letters and digits, with dots and hyphens between them (KIP-511).
fn is_software_name(name: &str) -> bool {
    let is_outer = |byte: &u8| byte.is_ascii_alphanumeric();
    let is_inner = |byte: &u8| is_outer(byte) || matches!(byte, b'.' | b'-');
    let bytes = name.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.iter().all(is_inner) && ends.iter().all(|end| end.is_some_and(is_outer))
}
