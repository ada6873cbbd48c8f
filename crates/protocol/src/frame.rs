//! Frames: a length of four bytes, a header, a body; cut out of a stream, built and read.
//!
//! A connection feeds a [`FrameDecoder`] with what its socket gives and passes whole frames
//! upward, as a [`ResponseFrame`] where it knows the request; who needs the answer decodes it.
//! What goes out is built by [`encode_request`] and [`encode_response`].

mod decoder;
mod encode;
mod parse;
mod response;

pub use decoder::{DEFAULT_LIMIT, Foreign, FrameDecoder, FrameError};
pub use encode::{
    EncodeFrameError, MAX_FRAME, encode_request, encode_request_within, encode_response,
    encode_response_within,
};
pub use parse::{
    DecodeFrameError, Decoded, decode_request_header, decode_response, decode_response_header,
};
pub use response::ResponseFrame;

/// The bytes of the length in front of a frame, which it does not count.
pub const LENGTH_PREFIX: usize = 4;
