//! Reads whole frames: which header stands in front, and where the body begins.

#![deny(clippy::arithmetic_side_effects)]

use std::fmt;

use bytes::Bytes;
use klamm_wire::{DecodeError, Reader};

use crate::api::ApiKey;
use crate::header::{RequestHeader, ResponseHeader};
use crate::message::{Response, read};

/// A frame that was decoded to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<'a, M> {
    /// The header.
    pub header: ResponseHeader<'a>,
    /// The message.
    pub body: M,
    /// How many bytes follow the message. A peer that is ahead of the specs may send some; they
    /// mean nothing to us and are worth counting.
    pub trailing: usize,
}

/// Decodes the header of a request; the reader that comes with it stands at the body.
///
/// The API and the version, which stand first in every header, choose the header's version. A
/// version that the specs do not have is no error here: who serves ApiVersions must be able to
/// answer a client that is ahead.
///
/// # Errors
/// When the bytes are no such header, or name an API that does not exist or was removed.
pub fn decode_request_header(
    frame: &Bytes,
) -> Result<(RequestHeader<'_>, Reader<'_>), DecodeFrameError> {
    let mut start = Reader::new(frame);
    let key = start.i16("RequestHeader.request_api_key")?;
    let version = start.i16("RequestHeader.request_api_version")?;
    let correlation_id = start.i32("RequestHeader.correlation_id")?;
    let api = ApiKey::from_code(key).filter(|api| api.versions().is_some());
    let Some(api) = api else {
        return Err(DecodeFrameError::UnknownApi { key, version, correlation_id });
    };
    let mut reader = Reader::over(frame);
    let header = read(&mut reader, api.request_header_version(version))?;
    Ok((header, reader))
}

/// Decodes the header of the response to a request of `key` and `version`; the reader that comes
/// with it stands at the body.
///
/// # Errors
/// When the bytes are no such header.
pub fn decode_response_header(
    frame: &Bytes,
    key: ApiKey,
    version: i16,
) -> Result<(ResponseHeader<'_>, Reader<'_>), DecodeError> {
    let mut reader = Reader::over(frame);
    let header = read(&mut reader, key.response_header_version(version))?;
    Ok((header, reader))
}

/// Decodes the response to a request of `version`.
///
/// # Errors
/// When there is no such version, or the bytes are no such response.
pub fn decode_response<'a, R: Response<'a>>(
    frame: &'a Bytes,
    version: i16,
) -> Result<Decoded<'a, R>, DecodeError> {
    let (header, mut reader) = decode_response_header(frame, R::KEY, version)?;
    let body = read(&mut reader, version)?;
    Ok(Decoded { header, body, trailing: reader.remaining() })
}

/// Why a frame cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeFrameError {
    /// The bytes are malformed.
    Malformed(DecodeError),
    /// The request is one of an API that does not exist or was removed.
    UnknownApi {
        /// The key in the header.
        key: i16,
        /// The version in the header.
        version: i16,
        /// The number that an answer would carry.
        correlation_id: i32,
    },
    /// The caller asked for the response of another API than the frame holds.
    OtherApi {
        /// The API that the caller asked for.
        asked: ApiKey,
        /// The API of the frame.
        holds: ApiKey,
    },
}

impl From<DecodeError> for DecodeFrameError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for DecodeFrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::UnknownApi { key, version, correlation_id } => {
                write!(f, "the peer sent a request of an API that is not served: ")?;
                write!(f, "key {key}, version {version}, correlation id {correlation_id}")
            }
            Self::OtherApi { asked, holds } => {
                write!(f, "the caller asked for a response of {asked}, the frame holds {holds}")
            }
        }
    }
}

impl std::error::Error for DecodeFrameError {}
