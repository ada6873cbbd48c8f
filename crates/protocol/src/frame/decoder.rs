//! Cuts a stream of bytes into frames: incremental, limited in size, copying only at seams.

#![deny(clippy::arithmetic_side_effects)]

use std::collections::VecDeque;
use std::fmt;

use bytes::{Buf, Bytes};

use super::LENGTH_PREFIX;

/// The longest frame that a decoder accepts unless told otherwise: 16 MiB.
pub const DEFAULT_LIMIT: usize = 16 * 1024 * 1024;

/// A frame up to this length is gathered in a buffer of its full length at once.
const EAGER: usize = 64 * 1024;
/// Each byte that came justifies a buffer of this many for the frame that it belongs to.
const ROOM_PER_BYTE: usize = 8;

/// Cuts what a socket gives into frames.
///
/// [`push`](Self::push) takes the bytes as they come, in pieces of any size, and
/// [`next_frame`](Self::next_frame) hands out whole frames without their length.
///
/// A frame that lies within one piece is a slice of that piece: nothing is copied, and the piece's
/// memory lives as long as the frame. One that spans pieces is copied into a buffer that ends up
/// exactly as long as the frame. A claimed length is checked against the limit before anything is
/// allocated, and it alone allocates no more than 64 KiB: beyond that, the buffer grows with what
/// came, so that it never has more than eight times the bytes that it holds.
///
/// An error is final, because nobody can tell where the next frame begins: from then on every call
/// of [`next_frame`](Self::next_frame) answers with it, and what is pushed is dropped.
#[derive(Clone, Debug)]
pub struct FrameDecoder {
    limit: usize,
    /// Pushed and not yet looked at, in order; none is empty.
    pieces: VecDeque<Bytes>,
    state: State,
    /// The bytes in `pieces` and in `state`, the length of a frame begun included.
    buffered: usize,
}

/// Where in a frame the first of the pieces begins.
#[derive(Clone, Debug)]
enum State {
    /// In front of a length, all of which lies in the pieces.
    Length,
    /// In a frame of `length` bytes, of which those gathered have been taken from the pieces.
    /// `gathered.len() <= length <= limit`, with the limit that was set when it began.
    Body { length: usize, gathered: Vec<u8> },
    /// Nowhere: the stream is not one of frames.
    Failed(FrameError),
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self::with_limit(DEFAULT_LIMIT)
    }
}

impl FrameDecoder {
    /// A decoder of frames up to [`DEFAULT_LIMIT`].
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder of frames up to `limit` bytes, their length of four bytes not counted.
    pub fn with_limit(limit: usize) -> Self {
        Self { limit, pieces: VecDeque::new(), state: State::Length, buffered: 0 }
    }

    /// The length of the longest frame that is accepted.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Sets the length of the longest frame that is accepted, from the next frame on whose length
    /// was not looked at.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// The bytes that were pushed and not handed out in frames.
    ///
    /// Unless it is 0 when the stream ends, the stream ends inside a frame.
    pub fn buffered(&self) -> usize {
        self.buffered
    }

    /// Takes the next piece of the stream.
    pub fn push(&mut self, piece: Bytes) {
        if piece.is_empty() || matches!(self.state, State::Failed(_)) {
            return;
        }
        self.buffered = self.buffered.saturating_add(piece.len());
        self.pieces.push_back(piece);
    }

    /// The next frame, or `None` until more of it is pushed.
    ///
    /// # Errors
    /// When the stream claims a frame that is negative or longer than the limit; the same error
    /// again on every later call.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        loop {
            match &mut self.state {
                State::Failed(error) => return Err(*error),
                State::Length if self.buffered < LENGTH_PREFIX => return Ok(None),
                State::Length => {
                    let claimed = i32::from_be_bytes(take_prefix(&mut self.pieces));
                    self.begin(claimed);
                }
                State::Body { length, gathered } => {
                    let length = *length;
                    let came = self.buffered.saturating_sub(LENGTH_PREFIX);
                    let frame = take_body(&mut self.pieces, length, gathered, came);
                    if frame.is_some() {
                        self.buffered = came.saturating_sub(length);
                        self.state = State::Length;
                    }
                    return Ok(frame);
                }
            }
        }
    }

    /// Enters the frame of the claimed length, or fails.
    fn begin(&mut self, claimed: i32) {
        self.state = match usize::try_from(claimed) {
            Ok(length) if length <= self.limit => State::Body { length, gathered: Vec::new() },
            Ok(_) => State::Failed(FrameError::TooLong { length: claimed, limit: self.limit }),
            Err(_) => State::Failed(FrameError::NegativeLength(claimed)),
        };
        if matches!(self.state, State::Failed(_)) {
            self.pieces = VecDeque::new();
            self.buffered = 0;
        }
    }
}

/// Takes a length from the pieces, which hold at least that.
fn take_prefix(pieces: &mut VecDeque<Bytes>) -> [u8; LENGTH_PREFIX] {
    let mut prefix = [0; LENGTH_PREFIX];
    for byte in &mut prefix {
        if let Some(piece) = pieces.front_mut() {
            *byte = piece.first().copied().unwrap_or_default();
            consume(pieces, 1);
        }
    }
    prefix
}

/// Takes the frame of `length` bytes from the pieces, behind those gathered; `None` while it is
/// not complete. `came` counts the bytes of both.
fn take_body(
    pieces: &mut VecDeque<Bytes>,
    length: usize,
    gathered: &mut Vec<u8>,
    came: usize,
) -> Option<Bytes> {
    if gathered.is_empty() && pieces.front().map_or(0, Bytes::len) >= length {
        let frame = pieces.front().map_or_else(Bytes::new, |piece| piece.slice(..length));
        consume(pieces, length);
        return Some(frame);
    }
    if gathered.capacity() < came.min(length) {
        let room = came.saturating_mul(ROOM_PER_BYTE).max(EAGER).min(length);
        gathered.reserve_exact(room.saturating_sub(gathered.len()));
    }
    while let Some(piece) = pieces.front() {
        let missing = length.saturating_sub(gathered.len());
        let part = piece.get(..missing).unwrap_or(piece);
        gathered.extend_from_slice(part);
        if part.len() == missing {
            consume(pieces, missing);
            return Some(Bytes::from(std::mem::take(gathered)));
        }
        pieces.pop_front();
    }
    None
}

/// Drops `count` bytes of the first piece, which has at least so many.
fn consume(pieces: &mut VecDeque<Bytes>, count: usize) {
    if let Some(piece) = pieces.front_mut() {
        piece.advance(count);
        if piece.is_empty() {
            pieces.pop_front();
        }
    }
}

/// Why a stream is not one of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameError {
    /// A frame of negative length is announced.
    NegativeLength(i32),
    /// A frame beyond the limit is announced.
    TooLong {
        /// The length that is announced.
        length: i32,
        /// The longest that is accepted.
        limit: usize,
    },
}

/// A protocol whose first bytes make no sense as the length of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Foreign {
    /// An HTTP request or response.
    Http,
    /// A TLS record: an alert as a server sends it to who speaks plaintext, or a handshake.
    Tls,
}

impl FrameError {
    /// The protocol that the peer seems to speak instead, judged by the claimed length.
    pub fn foreign(&self) -> Option<Foreign> {
        let (Self::NegativeLength(length) | Self::TooLong { length, .. }) = self;
        match &length.to_be_bytes() {
            b"HTTP" | b"GET " | b"HEAD" | b"POST" | b"PUT " | b"OPTI" | b"CONN" | b"DELE" => {
                Some(Foreign::Http)
            }
            [0x15 | 0x16, 3, 0..=4, _] => Some(Foreign::Tls),
            _ => None,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NegativeLength(length) => {
                write!(f, "the peer announced a frame of negative length: {length}")?;
            }
            Self::TooLong { length, limit } => {
                write!(f, "the peer announced a frame of {length} bytes, the limit is {limit}")?;
            }
        }
        match self.foreign() {
            Some(foreign) => write!(f, "; {foreign}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FrameError {}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "its bytes look like HTTP, so it is no Kafka listener: check the port",
            Self::Tls => "its bytes look like TLS, which is switched on at one end only",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(decoder: &FrameDecoder) -> usize {
        match &decoder.state {
            State::Body { gathered, .. } => gathered.capacity(),
            State::Length | State::Failed(_) => 0,
        }
    }

    #[test]
    fn a_length_alone_allocates_nothing() {
        let mut decoder = FrameDecoder::with_limit(usize::MAX);
        decoder.push(Bytes::copy_from_slice(&i32::MAX.to_be_bytes()));
        assert_eq!(decoder.next_frame(), Ok(None));
        assert_eq!((room(&decoder), decoder.buffered()), (0, 4));
    }

    #[test]
    fn the_buffer_grows_with_what_came() {
        let length = 4 << 20;
        let mut decoder = FrameDecoder::new();
        decoder.push(Bytes::copy_from_slice(&4_194_304_i32.to_be_bytes()));
        let mut grown = 0;
        for came in (64..=length).step_by(64) {
            decoder.push(Bytes::from_static(&[7; 64]));
            let before = room(&decoder);
            assert_eq!(decoder.next_frame().map(|frame| frame.is_some()), Ok(came == length));
            let after = room(&decoder);
            assert!(after <= (64 << 10).max(8 * came).min(length));
            grown += usize::from(after > before);
        }
        assert!(grown <= 3, "grown {grown} times");
        assert_eq!((room(&decoder), decoder.buffered()), (0, 0));
    }

    #[test]
    fn pieces_are_let_go_once_their_bytes_are_gathered() {
        let mut decoder = FrameDecoder::new();
        decoder.push(Bytes::from_static(&[0, 0]));
        decoder.push(Bytes::from_static(&[0, 9, 1, 2]));
        decoder.push(Bytes::from_static(&[3]));
        assert_eq!(decoder.next_frame(), Ok(None));
        assert_eq!((decoder.pieces.len(), room(&decoder), decoder.buffered()), (0, 9, 7));
    }

    #[test]
    fn an_error_lets_go_of_everything() {
        let mut decoder = FrameDecoder::with_limit(8);
        decoder.push(Bytes::from_static(&[0, 0, 0, 9, 1, 2]));
        assert!(decoder.next_frame().is_err());
        decoder.push(Bytes::from_static(&[0, 0, 0, 0]));
        assert_eq!((decoder.pieces.capacity(), decoder.buffered()), (0, 0));
    }
}
