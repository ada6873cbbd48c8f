//! A whole response on its way from the connection to who asked for it.

use bytes::Bytes;
use klamm_wire::{DecodeError, Reader};

use super::parse::{DecodeFrameError, Decoded, decode_response};
use crate::api::ApiKey;
use crate::message::Response;

/// The frame of a response, and what one must know of the request to decode it.
///
/// State machines pass this upward instead of decoded messages, which borrow from their frame and
/// must not outlive the call that decoded them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResponseFrame {
    /// The API of the request.
    pub key: ApiKey,
    /// The version of the request.
    pub version: i16,
    /// The frame without its length: header and body.
    pub bytes: Bytes,
}

impl ResponseFrame {
    /// The number of the request that this answers.
    ///
    /// # Errors
    /// When the frame is too short for it.
    pub fn correlation_id(&self) -> Result<i32, DecodeError> {
        Reader::new(&self.bytes).i32("ResponseHeader.correlation_id")
    }

    /// Decodes the frame.
    ///
    /// # Errors
    /// When the frame holds the response of another API, or is malformed.
    pub fn decode<'a, R: Response<'a>>(&'a self) -> Result<Decoded<'a, R>, DecodeFrameError> {
        if R::KEY != self.key {
            return Err(DecodeFrameError::OtherApi { asked: R::KEY, holds: self.key });
        }
        Ok(decode_response(&self.bytes, self.version)?)
    }
}
