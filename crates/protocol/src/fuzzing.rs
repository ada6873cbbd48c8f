//! What the fuzz targets call; the crate's own tests replay the corpora with the same functions.
//!
//! A function here returns whatever its input is, or a property of this crate does not hold.

use bytes::Bytes;
use klamm_wire::{DecodeError, DecodeErrorKind, Reader};

use crate::catalogue::{self, AnyMessage, Entry};
use crate::frame::{FrameDecoder, FrameError, LENGTH_PREFIX};

/// Decodes a body as the message and the version that the first two bytes choose.
///
/// It does not matter whether `records` share the input or are copied from it, and every error
/// points into the input.
pub fn decode_any(data: &[u8]) {
    let Some((entry, version, body)) = choose(data) else { return };
    let frame = Bytes::copy_from_slice(body);
    let shared = consumed(entry, version, Reader::over(&frame), body.len());
    let copied = consumed(entry, version, Reader::new(body), body.len());
    let exceeded = |error: DecodeError| error.kind() == DecodeErrorKind::BudgetExceeded;
    let [one, other] = [shared.err(), copied.err()].map(|error| error.is_some_and(exceeded));
    // A copy draws on the budget, so that the two may differ in this one error.
    if !one && !other {
        assert_eq!(shared, copied, "{} version {version}", entry.name);
    }
}

/// Writes whatever can be decoded, and decodes and writes that once more.
///
/// What was read may be written in a shorter form, without overlong numbers and without tagged
/// fields that equal their default; that form then stays the same.
pub fn round_trip(data: &[u8]) {
    let Some((entry, version, body)) = choose(data) else { return };
    let frame = Bytes::copy_from_slice(body);
    let mut reader = Reader::over(&frame);
    let Ok(message) = entry.read(&mut reader, version) else { return };
    let written = written(entry, version, message.as_ref());
    assert!(written.len() <= reader.offset(), "{} version {version} grew", entry.name);

    let mut reader = Reader::over(&written);
    let again = entry.read(&mut reader, version);
    let again = again.unwrap_or_else(|error| fail(entry, version, &error));
    assert_eq!(reader.remaining(), 0, "{} version {version}", entry.name);
    assert_eq!(self::written(entry, version, again.as_ref()), written);
}

/// Cuts a stream into frames: fed at once and in pieces, it is the same frames and the same error,
/// and those that a reading of the whole stream finds.
///
/// The first byte chooses the limit and how many of the next bytes say how long the pieces are.
pub fn frames(data: &[u8]) {
    let Some((&[choice], rest)) = data.split_first_chunk() else { return };
    let (cuts, stream) = rest.split_at(rest.len().min(usize::from(choice >> 2)));
    let limit = match choice & 3 {
        0 => 0,
        1 => 16,
        2 => 1024,
        _ => 128 * 1024,
    };
    let expected = expected_frames(stream, limit);
    let stream = Bytes::copy_from_slice(stream);
    assert_eq!(cut_frames([stream.clone()], limit), expected);
    assert_eq!(cut_frames(pieces(stream, cuts), limit), expected);
}

/// The message, the version and the body that an input stands for; one version beyond the newest
/// is among the choices.
fn choose(data: &[u8]) -> Option<(&'static Entry, i16, &[u8])> {
    let (&[entry, version], body) = data.split_first_chunk()?;
    let entries = catalogue::all();
    let entry = entries.get(usize::from(entry).checked_rem(entries.len())?)?;
    let choices = entry.versions.max - entry.versions.min + 2;
    Some((entry, entry.versions.min + i16::from(version) % choices, body))
}

/// How many bytes the message takes.
fn consumed(
    entry: &Entry,
    version: i16,
    mut reader: Reader<'_>,
    len: usize,
) -> Result<usize, DecodeError> {
    let read = entry.read(&mut reader, version).map(drop);
    if let Err(error) = read {
        assert!(error.offset() <= len, "{} version {version}: {error}", entry.name);
        return Err(error);
    }
    assert_eq!(reader.offset() + reader.remaining(), len);
    Ok(reader.offset())
}

/// The bytes of a message that was decoded, which can always be written at its version.
fn written(entry: &Entry, version: i16, message: &dyn AnyMessage) -> Bytes {
    let size = message.size(version).unwrap_or_else(|error| fail(entry, version, &error));
    let segments = message.encode(version).unwrap_or_else(|error| fail(entry, version, &error));
    assert_eq!(size, segments.len(), "{} version {version}", entry.name);
    Bytes::from(segments.to_vec())
}

#[expect(clippy::panic, reason = "this is how a fuzz target reports")]
fn fail(entry: &Entry, version: i16, error: &dyn std::error::Error) -> ! {
    panic!("{} version {version}: {error}", entry.name)
}

/// All frames of a stream, the error in it, and what is left when there is none.
type Cut = (Vec<Bytes>, Result<usize, FrameError>);

fn cut_frames(pieces: impl IntoIterator<Item = Bytes>, limit: usize) -> Cut {
    let mut decoder = FrameDecoder::with_limit(limit);
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next_frame(), Err(error));
                    assert_eq!(decoder.buffered(), 0);
                    return (frames, Err(error));
                }
            }
        }
    }
    (frames, Ok(decoder.buffered()))
}

/// The same by the shortest way: with the whole stream in hand.
fn expected_frames(mut stream: &[u8], limit: usize) -> Cut {
    let mut frames = Vec::new();
    while let Some((prefix, rest)) = stream.split_first_chunk::<LENGTH_PREFIX>() {
        let claimed = i32::from_be_bytes(*prefix);
        let Ok(length) = usize::try_from(claimed) else {
            return (frames, Err(FrameError::NegativeLength(claimed)));
        };
        if length > limit {
            return (frames, Err(FrameError::TooLong { length: claimed, limit }));
        }
        let Some((frame, rest)) = rest.split_at_checked(length) else { break };
        frames.push(Bytes::copy_from_slice(frame));
        stream = rest;
    }
    (frames, Ok(stream.len()))
}

/// The stream in pieces: each cut is a length, zero for an empty piece, and they are used in turn.
fn pieces(mut stream: Bytes, cuts: &[u8]) -> Vec<Bytes> {
    if cuts.iter().all(|cut| *cut == 0) {
        return vec![Bytes::new(), stream];
    }
    let mut pieces = Vec::new();
    for cut in cuts.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        pieces.push(stream.split_to(stream.len().min(usize::from(*cut))));
    }
    pieces
}
