//! The first exchange of a connection: asking for versions, and what the answer leads to.

#![deny(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use klamm_wire::{DecodeError, ErrorCode};

use super::features::FinalizedFeatures;
use super::table::{UnsupportedVersion, supported};
use crate::api::ApiKey;
use crate::api_versions::ApiVersionsResponse;
use crate::frame::{Decoded, decode_response, decode_response_header};
use crate::message::VersionRange;

/// An ApiVersions request that is to be sent, at [`version`](Self::version).
///
/// A broker that is too old for the version says so, and is asked once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    version: i16,
    is_retry: bool,
}

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The broker said what it speaks.
    Offer(Offer),
    /// The broker does not know the version: ask again.
    Again(Ask),
}

/// What a broker says it speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Offer {
    /// The versions of each API by its key, those that the specs do not know included.
    ///
    /// A minimum is a claim: brokers offer Produce from 0 on and refuse 0 to 2.
    pub versions: BTreeMap<i16, VersionRange>,
    /// The features that the cluster has agreed on.
    pub features: FinalizedFeatures,
    /// How long the broker wants this client to be quiet, in milliseconds.
    pub throttle_time_ms: i32,
}

impl Default for Ask {
    fn default() -> Self {
        Self::first()
    }
}

impl Ask {
    /// The first request of a connection, at the newest version that we speak.
    pub fn first() -> Self {
        let newest = supported(ApiKey::ApiVersions).map_or(0, |range| range.max);
        Self { version: newest, is_retry: false }
    }

    /// A request that everybody understands, for a broker that hangs up on newer ones instead of
    /// saying that it does not know them.
    pub const fn oldest() -> Self {
        Self { version: 0, is_retry: true }
    }

    /// The version to ask at.
    pub fn version(self) -> i16 {
        self.version
    }

    /// Reads the answer, a frame without its length.
    ///
    /// The error code is looked at before anything else, because an answer of
    /// [`ErrorCode::UNSUPPORTED_VERSION`] has the layout of version 0, whatever was asked.
    ///
    /// # Errors
    /// When the broker refuses, speaks no version of ours, does not know the second version
    /// either, or sends no such answer.
    pub fn answered(self, frame: &Bytes) -> Result<Answer, NegotiationError> {
        let (_, mut body) = decode_response_header(frame, ApiKey::ApiVersions, self.version)?;
        match ErrorCode(body.i16("ApiVersionsResponse.error_code")?) {
            ErrorCode::NONE => Ok(Answer::Offer(Offer::read(frame, self.version)?)),
            ErrorCode::UNSUPPORTED_VERSION => self.refused(frame).map(Answer::Again),
            code => Err(NegotiationError::Refused(code)),
        }
    }

    /// What to ask after the answer that the version is not known.
    fn refused(self, frame: &Bytes) -> Result<Self, NegotiationError> {
        if self.is_retry {
            return Err(NegotiationError::RefusedTwice { version: self.version });
        }
        let theirs = offered_range(frame);
        let older = supported(ApiKey::ApiVersions)
            .map(|ours| VersionRange::new(ours.min, ours.max.min(self.version.saturating_sub(1))));
        match older.and_then(|older| older.intersect(theirs)) {
            Some(common) => Ok(Self { version: common.max, is_retry: true }),
            None => Err(NegotiationError::NoCommonVersion(UnsupportedVersion::of(
                ApiKey::ApiVersions,
                older,
                Some(theirs),
            ))),
        }
    }
}

/// The versions of ApiVersions that a broker names when it refuses one.
///
/// Brokers before 2.4 name none. Version 0 is then the one to ask at, as it is when the rest of
/// the refusal cannot be read: every broker has it, and its answer will tell.
fn offered_range(frame: &Bytes) -> VersionRange {
    let refusal = decode_response::<ApiVersionsResponse<'_>>(frame, 0);
    let keys = refusal.map(|refusal| refusal.body.api_keys).unwrap_or_default();
    let own = keys.iter().find(|api| api.api_key == ApiKey::ApiVersions.code());
    own.map_or(VersionRange::new(0, 0), |api| VersionRange::new(api.min_version, api.max_version))
}

impl Offer {
    fn read(frame: &Bytes, version: i16) -> Result<Self, DecodeError> {
        let Decoded { body, .. } = decode_response::<ApiVersionsResponse<'_>>(frame, version)?;
        let range = |min, max| VersionRange::new(min, max);
        let versions = body
            .api_keys
            .iter()
            .map(|api| (api.api_key, range(api.min_version, api.max_version)))
            .collect();
        let features = FinalizedFeatures::from(&body);
        Ok(Self { versions, features, throttle_time_ms: body.throttle_time_ms })
    }
}

/// Why a connection cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiationError {
    /// The answer is malformed.
    Malformed(DecodeError),
    /// The broker answered with an error that no other version cures.
    Refused(ErrorCode),
    /// The broker refused the version that it had offered.
    RefusedTwice {
        /// That version.
        version: i16,
    },
    /// The broker speaks no version of ApiVersions that we speak.
    NoCommonVersion(UnsupportedVersion),
}

impl From<DecodeError> for NegotiationError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for NegotiationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Refused(code) => {
                write!(f, "the broker refused to say which versions it speaks: {code}")
            }
            Self::RefusedTwice { version } => {
                write!(f, "the broker refused ApiVersions at version {version}, its own offer")
            }
            Self::NoCommonVersion(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NegotiationError {}
