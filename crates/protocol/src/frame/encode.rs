//! Builds whole frames: length, header and body in one piece of work.

use std::borrow::Cow;
use std::fmt;

use klamm_wire::{EncodeError, Sizer, Writer};

use super::LENGTH_PREFIX;
use crate::header::{RequestHeader, ResponseHeader};
use crate::message::{Message, Request, Response};
use crate::segments::Segments;

/// The length of the longest frame that its prefix can announce.
pub const MAX_FRAME: usize = i32::MAX.cast_unsigned() as usize;

/// Encodes a request with its length and its header; `records` pass through uncopied.
///
/// # Errors
/// When `version` cannot carry the request, or the frame is longer than [`MAX_FRAME`].
pub fn encode_request<'a, R: Request<'a>>(
    request: &R,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
) -> Result<Segments, EncodeFrameError> {
    encode_request_within(MAX_FRAME, request, version, correlation_id, client_id)
}

/// As [`encode_request`], for a frame of at most `limit` bytes after its length.
///
/// # Errors
/// As [`encode_request`], and when the frame is longer than `limit`.
pub fn encode_request_within<'a, R: Request<'a>>(
    limit: usize,
    request: &R,
    version: i16,
    correlation_id: i32,
    client_id: Option<&str>,
) -> Result<Segments, EncodeFrameError> {
    let header = RequestHeader {
        request_api_key: R::KEY.code(),
        request_api_version: version,
        correlation_id,
        client_id: client_id.map(Cow::Borrowed),
        ..RequestHeader::default()
    };
    let header = At(&header, R::KEY.request_header_version(version));
    frame(&header, &At(request, version), limit)
}

/// Encodes a response with its length and its header; `records` pass through uncopied.
///
/// The answer that a broker gives to an ApiVersions request of a version it does not know is
/// encoded at version 0, whatever was asked.
///
/// # Errors
/// When `version` cannot carry the response, or the frame is longer than [`MAX_FRAME`].
pub fn encode_response<'a, R: Response<'a>>(
    response: &R,
    version: i16,
    correlation_id: i32,
) -> Result<Segments, EncodeFrameError> {
    encode_response_within(MAX_FRAME, response, version, correlation_id)
}

/// As [`encode_response`], for a frame of at most `limit` bytes after its length.
///
/// # Errors
/// As [`encode_response`], and when the frame is longer than `limit`.
pub fn encode_response_within<'a, R: Response<'a>>(
    limit: usize,
    response: &R,
    version: i16,
    correlation_id: i32,
) -> Result<Segments, EncodeFrameError> {
    let header = ResponseHeader { correlation_id, ..ResponseHeader::default() };
    let header = At(&header, R::KEY.response_header_version(version));
    frame(&header, &At(response, version), limit)
}

/// A message at a version.
struct At<'m, M>(&'m M, i16);

impl<'a, M: Message<'a>> At<'_, M> {
    fn measured(&self) -> Result<Sizer, EncodeError> {
        self.0.measured(self.1)
    }

    fn write(&self, w: &mut Writer) {
        self.0.write(w, self.1);
    }
}

fn frame<'h, 'b, H: Message<'h>, B: Message<'b>>(
    header: &At<'_, H>,
    body: &At<'_, B>,
    limit: usize,
) -> Result<Segments, EncodeFrameError> {
    let (before, behind) = (header.measured()?, body.measured()?);
    let length = before.total().saturating_add(behind.total());
    let too_long = EncodeFrameError::TooLong { length, limit: limit.min(MAX_FRAME) };
    let Ok(prefix) = i32::try_from(length) else { return Err(too_long) };
    if length > limit {
        return Err(too_long);
    }
    let copied = LENGTH_PREFIX + before.copied() + behind.copied();
    let mut writer = Writer::with_room(copied, behind.pieces());
    writer.i32(prefix);
    header.write(&mut writer);
    body.write(&mut writer);
    debug_assert_eq!(writer.len(), LENGTH_PREFIX + length, "{}", B::NAME);
    Ok(Segments::from(writer))
}

/// Why a frame cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeFrameError {
    /// The version cannot carry the value.
    Message(EncodeError),
    /// The frame is too long.
    TooLong {
        /// The bytes that it would have after its length.
        length: usize,
        /// The most that it may have.
        limit: usize,
    },
}

impl From<EncodeError> for EncodeFrameError {
    fn from(error: EncodeError) -> Self {
        Self::Message(error)
    }
}

impl fmt::Display for EncodeFrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(error) => error.fmt(f),
            Self::TooLong { length, limit } => {
                write!(f, "the caller's message takes {length} bytes, a frame at most {limit}")
            }
        }
    }
}

impl std::error::Error for EncodeFrameError {}
