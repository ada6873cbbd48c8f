//! Reading holds no more memory than it is allowed, and writing asks for none of its own.
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    fs, io,
    path::Path,
};

use klamm_records::compression::DecompressErrorKind;
use klamm_records::layout::Attributes;
use klamm_records::{
    BatchErrorKind, BatchHeader, BatchView, BufferPool, Checksum, Codec, Decompressors,
    EncodedBatch, Encoder, Header, Identity, OpenBatch, RawBatch, Stamp, checksum,
};
use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

thread_local! {
    /// What this thread has done.
    static SEEN: Cell<Seen> = const { Cell::new(Seen { held: 0, most: 0, times: 0 }) };
}

/// Bytes that a thread holds, the most it has held, and how often it has asked for some.
#[derive(Clone, Copy)]
struct Seen {
    held: isize,
    most: isize,
    times: usize,
}

/// Counts what the current thread holds. Memory that grows counts as new memory beside the old.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    let Seen { held, most, times } = SEEN.get();
    let held = held + bytes;
    SEEN.set(Seen { held, most: most.max(held), times: times + usize::from(bytes > 0) });
}

// SAFETY: every call is passed on to the system's allocator with the caller's arguments. The
// default `realloc` calls `alloc` and `dealloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(place, layout) }
    }
}

/// The most memory that `run` holds at once, and how often it asks for some.
fn watch<T>(run: impl FnOnce() -> T) -> (usize, usize, T) {
    let before = Seen { most: SEEN.get().held, ..SEEN.get() };
    SEEN.set(before);
    let result = run();
    let after = SEEN.get();
    (after.most.abs_diff(before.held), after.times - before.times, result)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a decoder keeps beside its output: gzip what matches refer to, Zstandard the literals
    /// of a block. To the others the output is all they need.
    const fn window(codec: Codec) -> usize {
        match codec {
            Codec::None | Codec::Snappy | Codec::Lz4 => 0,
            Codec::Gzip => 32 << 10,
            Codec::Zstd => 128 << 10,
        }
    }

    const SLACK: usize = 64 << 10;
    const COMPRESSED: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

    fn append(batch: &mut OpenBatch, n: i64, value: &[u8]) {
        let headers = [Header::new("trace", b"0123456789abcdef"), Header { key: "h", value: None }];
        batch.append(WallMillis(1_000 + n % 7), Some(b"key"), Some(value), &headers).unwrap();
    }

    /// A batch with so many records of 200 bytes, which differ a little.
    fn raw(pool: &BufferPool, count: i64) -> RawBatch {
        let mut value = [b'v'; 200];
        let room = usize::try_from(count).unwrap() * 256;
        let mut batch = OpenBatch::new(pool.take(room), usize::MAX);
        for n in 0..count {
            value[..8].copy_from_slice(&n.to_be_bytes());
            append(&mut batch, n, &value);
        }
        batch.close().unwrap()
    }

    fn encode(encoder: &mut Encoder, pool: &BufferPool, count: i64, codec: Codec) -> EncodedBatch {
        encoder.encode(raw(pool, count), codec.into(), pool).unwrap()
    }

    /// How many records a batch gives, or what is wrong.
    fn read(
        bytes: &[u8],
        decompressors: &mut Decompressors,
        cap: usize,
    ) -> Result<usize, BatchErrorKind> {
        let (batch, _) = BatchView::read(bytes, Checksum::Checked).map_err(|error| error.kind())?;
        let mut records = batch.records(decompressors, cap).map_err(|error| error.kind())?;
        let count = records.try_fold(0, |count, record| {
            let mut headers = record?.headers;
            assert!(headers.len() <= 2 && headers.all(|header| header.name().is_ok()));
            Ok(count + 1)
        });
        count.map_err(|error: klamm_records::BatchError| error.kind())
    }

    #[test]
    fn a_reader_holds_the_cap_and_one_window_whatever_a_batch_gives() {
        let pool = BufferPool::new(0);
        for codec in COMPRESSED {
            let batch = encode(&mut Encoder::new(), &pool, 1_200, codec);
            assert_eq!(batch.codec(), codec);
            let whole = batch.uncompressed_size();
            let bytes = batch.stamp(Stamp::Plain).into_segments().concat();
            for cap in [whole, 2 * whole, whole / 2, 10_000, 0] {
                let reading = || read(&bytes, &mut Decompressors::new(), cap);
                let (held, _, outcome) = watch(reading);
                let allowed = cap + window(codec) + SLACK;
                assert!(held <= allowed, "{codec}: {held} of {allowed} at {cap}");
                let over = Err(DecompressErrorKind::OverCap { cap }.into());
                assert_eq!(outcome, if cap < whole { over } else { Ok(1_200) }, "{codec}");
            }
        }
    }

    #[test]
    fn a_reader_holds_no_more_for_any_stream_that_a_fuzzer_has_met() -> io::Result<()> {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for codec in COMPRESSED {
            for stream in fs::read_dir(corpora.join(format!("decompress_{codec}")))? {
                let bytes = batch_around(codec, &fs::read(stream?.path())?);
                for cap in [0, 1_000, 100_000, 1 << 21] {
                    let (held, ..) = watch(|| read(&bytes, &mut Decompressors::new(), cap));
                    let allowed = cap + window(codec) + SLACK;
                    assert!(held <= allowed, "{codec}: {held} of {allowed} at {cap}");
                }
            }
        }
        Ok(())
    }

    /// A batch that claims one record.
    fn batch_around(codec: Codec, stream: &[u8]) -> Vec<u8> {
        let header = BatchHeader {
            base_offset: 0,
            leader_epoch: -1,
            attributes: Attributes::of(codec),
            last_offset_delta: 0,
            base_timestamp: 0,
            max_timestamp: 0,
            producer_id: ProducerId::NONE,
            producer_epoch: Epoch::NONE,
            base_sequence: Sequence::NONE,
            count: 1,
        };
        [&header.to_bytes(stream.len(), checksum::crc32c(stream)), stream].concat()
    }

    #[test]
    fn a_second_batch_is_read_in_the_memory_of_the_first() {
        let pool = BufferPool::new(0);
        for codec in COMPRESSED {
            let batch = encode(&mut Encoder::new(), &pool, 500, codec);
            let bytes = batch.stamp(Stamp::Plain).into_segments().concat();
            let mut decompressors = Decompressors::new();
            assert_eq!(read(&bytes, &mut decompressors, 1 << 20), Ok(500));
            let (held, _, outcome) = watch(|| read(&bytes, &mut decompressors, 1 << 20));
            assert_eq!(outcome, Ok(500));
            assert!(held <= SLACK, "{codec}: {held}");
        }
    }

    #[test]
    fn reading_an_uncompressed_batch_allocates_nothing() {
        let pool = BufferPool::new(0);
        let batch = encode(&mut Encoder::new(), &pool, 100, Codec::None);
        let bytes = batch.stamp(Stamp::Plain).into_segments().concat();
        let mut decompressors = Decompressors::new();
        let (_, times, outcome) = watch(|| read(&bytes, &mut decompressors, 0));
        assert_eq!((times, outcome), (0, Ok(100)));
    }

    #[test]
    fn appending_allocates_nothing_while_the_room_lasts() {
        let pool = BufferPool::new(0);
        let mut batch = OpenBatch::new(pool.take(1 << 18), usize::MAX);
        let (_, times, ()) = watch(|| (0..1_000).for_each(|n| append(&mut batch, n, &[7; 200])));
        assert_eq!((times, batch.count()), (0, 1_000));
        let refused = || {
            while batch.append(WallMillis(0), None, Some(&[7; 500]), &[]).is_ok() {}
            batch.append(WallMillis(-2), None, None, &[]).is_err()
        };
        let (_, times, refused) = watch(refused);
        assert_eq!((times, refused), (0, true));
    }

    #[test]
    fn a_whole_batch_in_pooled_buffers_allocates_what_is_shared_and_no_more() {
        let pool = BufferPool::new(1 << 20);
        for codec in Codec::ALL {
            let mut encoder = Encoder::new();
            let mut cycle = || {
                let batch = encode(&mut encoder, &pool, 100, codec);
                let identity = Identity {
                    producer_id: ProducerId(1),
                    epoch: Epoch(0),
                    base_sequence: Sequence(0),
                };
                batch.stamp(Stamp::Idempotent(identity)).into_segments().map(|part| part.len())
            };
            let [header, _] = [cycle(), cycle()].map(|[header, _]| header);
            let (_, times, lengths) = watch(cycle);
            // What shares the payload, and the header's bytes.
            assert_eq!((times, lengths[0]), (2, header), "{codec}");
        }
    }
}
