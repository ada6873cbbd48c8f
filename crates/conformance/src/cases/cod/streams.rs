//! Streams of unusual shapes that other implementations write.

use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::batch::{Batch, Item, Patch, compressed};
use crate::case::Outcome;
use crate::cases::bat::raw::send;
use crate::log::Log;
use crate::requests::CODE;
use crate::run::Run;

/// The primes of XXH32, the checksum within LZ4 frames.
const PRIMES: [u32; 5] = [0x9e37_79b1, 0x85eb_ca77, 0xc2b2_ae3d, 0x27d4_eb2f, 0x1656_67b1];
/// The head of a snappy stream with blocks.
const SNAPPY_HEAD: usize = 16;

/// Batches of two records, and the payload that their streams hold.
fn two() -> (Batch, Vec<u8>) {
    let batch = Batch::items(vec![Item::value(b"one"), Item::value(b"two")]);
    let payload = batch.payload();
    (batch, payload)
}

/// Sends each stream to a partition of its own, and records what became of it.
fn record_all(run: &mut Run, codec: Codec, streams: &[(String, Vec<u8>)]) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    for (what, stream) in streams {
        let topic = run.topic(what, 1)?;
        let batch = Patch::over(&two().0.codec(codec).header(), stream).bytes();
        let answer = send(run, &topic, version, (what, &batch))?;
        let log = run.log(&topic, 0);
        let values = log.as_ref().map_or_else(|stop| vec![format!("{stop:?}")], Log::values);
        run.expect.remark(format!("{what}: {:?} {values:?}", answer.code(CODE)));
    }
    Ok(())
}

pub(super) fn raw_snappy(run: &mut Run) -> Outcome {
    let (_, payload) = two();
    let framed = compressed(Codec::Snappy, &payload)?;
    let raw = framed.get(SNAPPY_HEAD + 4..).unwrap_or_default().to_vec();
    let first = compressed(Codec::Snappy, payload.get(..5).unwrap_or_default())?;
    let rest = compressed(Codec::Snappy, payload.get(5..).unwrap_or_default())?;
    let blocks = [&first[..], rest.get(SNAPPY_HEAD..).unwrap_or_default()].concat();
    let streams = [("raw", raw), ("two-blocks", blocks), ("two-streams", [first, rest].concat())];
    record_all(run, Codec::Snappy, &streams.map(|(what, bytes)| (what.to_owned(), bytes)))
}

pub(super) fn gzip_members(run: &mut Run) -> Outcome {
    let (_, payload) = two();
    let part =
        |from: usize, to: usize| compressed(Codec::Gzip, payload.get(from..to).unwrap_or_default());
    let whole = part(0, payload.len())?;
    let two = [part(0, 5)?, part(5, payload.len())?].concat();
    let empty = [whole.clone(), part(0, 0)?].concat();
    let trailing = [&whole[..], &[0; 9]].concat();
    let mut bad_sum = whole.clone();
    if let Some(byte) = bad_sum.iter_mut().rev().nth(7) {
        *byte ^= 1;
    }
    let mut bad_length = whole.clone();
    if let Some(byte) = bad_length.last_mut() {
        *byte ^= 1;
    }
    let cut = whole.get(..whole.len().saturating_sub(8)).unwrap_or_default().to_vec();
    let streams = [
        ("two", two),
        ("and-an-empty-one", empty),
        ("and-zeros", trailing),
        ("wrong-checksum", bad_sum),
        ("wrong-length", bad_length),
        ("no-trailer", cut),
    ];
    record_all(run, Codec::Gzip, &streams.map(|(what, bytes)| (what.to_owned(), bytes)))
}

/// What an LZ4 frame says of itself.
#[derive(Clone, Copy, Default)]
struct Lz4 {
    flags: u8,
    /// The block size's code.
    size: u8,
    wrong_sum: bool,
    no_end: bool,
}

/// A frame of one uncompressed block.
fn lz4(frame: Lz4, payload: &[u8]) -> Vec<u8> {
    let mut descriptor = vec![frame.flags, frame.size << 4];
    if frame.flags & 0x08 != 0 {
        descriptor.extend(u64::try_from(payload.len()).unwrap_or_default().to_le_bytes());
    }
    if frame.flags & 0x01 != 0 {
        descriptor.extend(7_u32.to_le_bytes());
    }
    let [_, sum, ..] = xxh32(&descriptor).to_le_bytes();
    let mut out = 0x184d_2204_u32.to_le_bytes().to_vec();
    out.extend(descriptor);
    out.push(if frame.wrong_sum { !sum } else { sum });
    let length = u32::try_from(payload.len()).unwrap_or_default() | 0x8000_0000;
    out.extend(length.to_le_bytes());
    out.extend(payload);
    if frame.flags & 0x10 != 0 {
        out.extend(xxh32(payload).to_le_bytes());
    }
    if !frame.no_end {
        out.extend([0; 4]);
        if frame.flags & 0x04 != 0 {
            out.extend(xxh32(payload).to_le_bytes());
        }
    }
    out
}

pub(super) fn lz4_flags(run: &mut Run) -> Outcome {
    let (_, payload) = two();
    let mut streams = Vec::new();
    // Version 1 with independent blocks, and every other flag alone.
    for flags in [0x60, 0x70, 0x68, 0x64, 0x40, 0x61, 0x62, 0x7c, 0x20, 0xa0, 0xe0] {
        let frame = Lz4 { flags, size: 4, ..Lz4::default() };
        streams.push((format!("flags{flags:02x}"), lz4(frame, &payload)));
    }
    for size in [0, 3, 5, 7, 8, 12] {
        let frame = Lz4 { flags: 0x60, size, ..Lz4::default() };
        streams.push((format!("size{size}"), lz4(frame, &payload)));
    }
    let usual = Lz4 { flags: 0x60, size: 4, ..Lz4::default() };
    let wrong_sum = lz4(Lz4 { wrong_sum: true, ..usual }, &payload);
    let no_end = lz4(Lz4 { no_end: true, ..usual }, &payload);
    let (head, rest) = payload.split_at(5);
    let two = [lz4(usual, head), lz4(usual, rest)].concat();
    let skippable = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &lz4(usual, &payload)].concat();
    let more = [("wrong-sum", wrong_sum), ("no-end", no_end), ("two-frames", two)];
    streams.extend(more.map(|(what, bytes)| (what.to_owned(), bytes)));
    streams.push(("skippable".to_owned(), skippable));
    record_all(run, Codec::Lz4, &streams)
}

/// XXH32 with seed 0.
fn xxh32(bytes: &[u8]) -> u32 {
    let [p1, p2, p3, p4, p5] = PRIMES;
    let (stripes, mut rest) = bytes.as_chunks::<16>();
    let mut lanes = [p1.wrapping_add(p2), p2, 0, p1.wrapping_neg()];
    for stripe in stripes {
        for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<4>().0) {
            let input = u32::from_le_bytes(*word).wrapping_mul(p2);
            *lane = lane.wrapping_add(input).rotate_left(13).wrapping_mul(p1);
        }
    }
    let turned = lanes.iter().zip([1, 7, 12, 18]).map(|(lane, by)| lane.rotate_left(by));
    let mut sum = if stripes.is_empty() { p5 } else { turned.fold(0, u32::wrapping_add) };
    sum = sum.wrapping_add(u32::try_from(bytes.len()).unwrap_or_default());
    while let Some((word, tail)) = rest.split_first_chunk::<4>() {
        let input = u32::from_le_bytes(*word).wrapping_mul(p3);
        sum = sum.wrapping_add(input).rotate_left(17).wrapping_mul(p4);
        rest = tail;
    }
    for byte in rest {
        sum = sum.wrapping_add(u32::from(*byte).wrapping_mul(p5)).rotate_left(11).wrapping_mul(p1);
    }
    sum = (sum ^ (sum >> 15)).wrapping_mul(p2);
    sum = (sum ^ (sum >> 13)).wrapping_mul(p3);
    sum ^ (sum >> 16)
}

#[cfg(test)]
mod tests {
    use klamm_records::Decompressors;

    use super::*;

    #[test]
    fn a_frame_with_all_checksums_is_read() {
        let payload = b"long enough for a stripe of the checksum, and a bit more";
        let frame = lz4(Lz4 { flags: 0x7c, size: 4, ..Lz4::default() }, payload);
        assert_eq!(xxh32(b"abc"), 0x32d1_53ff);
        let read = Decompressors::new().decompress(Codec::Lz4, &frame, 1000).unwrap().to_vec();
        assert_eq!(read, payload);
    }
}
