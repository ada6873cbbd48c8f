//! What the codecs hold, and what they allocate once they are warm.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// What this thread holds and the most it has held, in bytes; and how often it has asked.
    static HELD: Cell<(isize, isize, usize)> = const { Cell::new((0, 0, 0)) };
}

/// Counts what the current thread holds; the numbers are those that were asked for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    HELD.with(|held| {
        let (before, most, calls) = held.get();
        let now = before + bytes;
        held.set((now, now.max(most), calls + usize::from(bytes > 0)));
    });
}

// SAFETY: every call is passed on to the system's allocator with the caller's arguments.
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

#[cfg(test)]
mod tests {
    use klamm_records::compression::DecompressErrorKind::OverCap;
    use klamm_records::{Codec, Compressors, Decompressors};

    use super::HELD;
    use crate::support::{CODECS, compressed, noise, text};

    /// The most memory that `run` holds at once, beyond what was held before.
    fn most_held<T>(run: impl FnOnce() -> T) -> usize {
        let (before, _, calls) = HELD.get();
        HELD.set((before, before, calls));
        let result = run();
        let most = HELD.get().1;
        drop(result);
        most.abs_diff(before)
    }

    fn allocations(run: impl FnOnce()) -> usize {
        let before = HELD.get().2;
        run();
        HELD.get().2 - before
    }

    /// What stands beside the output and the window: the tables of the codec.
    const BESIDE: usize = 64 * 1_024;

    /// The window that a codec keeps beside the output. Zstd's is the output, but the literals of a
    /// block are not, and they are no longer than its window.
    fn window(codec: Codec) -> usize {
        match codec {
            Codec::None | Codec::Snappy | Codec::Lz4 => 0,
            Codec::Gzip => 32 * 1_024,
            Codec::Zstd => 128 * 1_024,
        }
    }

    fn check_bound(codec: Codec, stream: &[u8], cap: usize) {
        let most = most_held(|| {
            let mut decompressors = Decompressors::new();
            let _ = decompressors.decompress(codec, stream, cap);
            decompressors
        });
        assert!(most <= cap + window(codec) + BESIDE, "{codec}: {most} bytes, the cap is {cap}");
    }

    #[test]
    fn a_warm_compressor_allocates_nothing() {
        for codec in CODECS {
            let mut compressors = Compressors::new();
            let inputs = [text(16_000), text(70_000), noise(40_000), text(131_072), text(900)];
            let mut output = vec![0; 200_000];
            let mut round = || {
                for input in &inputs {
                    compressors.compress(codec.into(), input, &mut output).unwrap();
                }
            };
            round();
            assert_eq!(allocations(&mut round), 0, "{codec}");
        }
    }

    // What the C library allocates is not counted.
    #[cfg(not(feature = "zstd-c"))]
    #[test]
    fn a_warm_zstd_compressor_allocates_nothing_for_several_blocks() {
        for level in [-1, 1, 3, 9, 12] {
            let mut compressors = Compressors::new();
            let compression = klamm_records::Compression::with_level(Codec::Zstd, level).unwrap();
            let (input, mut output) = (text(300_000), vec![0; 300_000]);
            let mut round = || {
                compressors.compress(compression, &input, &mut output).unwrap().unwrap();
            };
            round();
            assert_eq!(allocations(round), 0, "{level}");
        }
    }

    #[cfg(not(feature = "zstd-c"))]
    #[test]
    fn what_a_large_input_made_zstd_take_is_given_back_after_many_small_ones() {
        let (large, small) = (text(8 << 20), text(10_000));
        let mut output = vec![0; large.len()];
        let mut compressors = Compressors::new();
        let before = HELD.get().0;
        let mut compress = |input: &[u8]| {
            compressors.compress(Codec::Zstd.into(), input, &mut output).unwrap().unwrap();
            HELD.get().0.abs_diff(before)
        };
        let most = compress(&large);
        assert_eq!(compress(&small), most);
        let least = (0..130).map(|_| compress(&small)).last().unwrap();
        assert!(least < most / 2 && least < 512 * 1_024, "{least} of {most}");
    }

    #[test]
    fn a_warm_decompressor_allocates_nothing() {
        for codec in CODECS {
            let mut decompressors = Decompressors::new();
            let inputs = [text(16_000), text(70_000), noise(40_000), text(150_000), text(900)];
            let streams = inputs.map(|input| compressed(codec, &input));
            let mut round = || {
                for stream in &streams {
                    decompressors.decompress(codec, stream, 1 << 20).unwrap();
                }
            };
            round();
            assert_eq!(allocations(round), 0, "{codec}");
        }
    }

    #[test]
    fn no_stream_makes_a_decompressor_hold_more_than_its_cap_and_a_window() {
        for codec in CODECS {
            for input in [text(300_000), noise(200_000), vec![0; 300_000]] {
                let stream = compressed(codec, &input);
                for cap in [0, 1_000, 150_000, 250_000, 299_999, 300_000, 10 << 20] {
                    check_bound(codec, &stream, cap);
                }
                for len in (1..10).map(|n| stream.len() * n / 10) {
                    check_bound(codec, &stream[..len], 200_000);
                }
            }
        }
    }

    #[test]
    fn a_claim_allocates_no_more_than_the_stream_can_give() {
        let zstd = b"\x28\xb5\x2f\xfd\xa0\0\0\0\x04\x01\0\0".as_slice();
        let lz4 = b"\x04\x22\x4d\x18\x68\x40\0\0\0\0\0\x40\0\0\0\x2f\0\0\0\0".as_slice();
        let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\xff\xff\xff\x7f".as_slice();
        let snappy = b"\xff\xff\xff\xff\x07\x08abc".as_slice();
        let claims = [gzip, snappy, lz4, zstd];
        for (codec, stream) in CODECS.into_iter().zip(claims) {
            let most = most_held(|| {
                let mut decompressors = Decompressors::new();
                let _ = decompressors.decompress(codec, stream, 1 << 30);
                decompressors
            });
            assert!(most <= window(codec) + BESIDE, "{codec}: {most}");
        }
    }

    /// A gibibyte of zeros, or more, in a stream that is as short as the codec allows.
    fn bomb(codec: Codec) -> Vec<u8> {
        const BLOCK: usize = 1 << 22;
        match codec {
            Codec::None => Vec::new(),
            // Members of a mebibyte each.
            Codec::Gzip => compressed(codec, &vec![0; 1 << 20]).repeat(1 << 10),
            Codec::Snappy => {
                let one = compressed(codec, &vec![0; 1 << 15]);
                [&one[..16], &one[16..].repeat(1 << 15)].concat()
            }
            Codec::Lz4 => {
                let tail =
                    [&[0x1f, 0, 1, 0][..], &[255; BLOCK / 255 - 1], &[0, 0x50, 0, 0, 0, 0, 0]];
                let block = tail.concat();
                let len = u32::try_from(block.len()).unwrap().to_le_bytes();
                let blocks = [&len[..], &block].concat().repeat(260);
                [&b"\x04\x22\x4d\x18\x60\x70\x73"[..], &blocks, &[0; 4]].concat()
            }
            Codec::Zstd => {
                let blocks = [0x02, 0, 0x10, 0].repeat(1 << 13);
                [&b"\x28\xb5\x2f\xfd\0\x38"[..], &blocks, &[0x03, 0, 0x10, 0]].concat()
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        for codec in CODECS {
            let stream = bomb(codec);
            for cap in [1 << 16, 300_000] {
                let mut kind = None;
                let most = most_held(|| {
                    let mut decompressors = Decompressors::new();
                    kind = decompressors.decompress(codec, &stream, cap).err();
                    decompressors
                });
                assert_eq!(kind.map(|error| error.kind), Some(OverCap { cap }), "{codec}");
                assert!(most <= cap + window(codec) + BESIDE, "{codec}: {most}");
            }
        }
    }

    #[test]
    fn a_large_buffer_is_not_kept_for_small_streams() {
        let large = compressed(Codec::Lz4, &vec![7; 5 << 20]);
        let small = compressed(Codec::Lz4, &text(1_000));
        let mut decompressors = Decompressors::new();
        let before = HELD.get().0;
        decompressors.decompress(Codec::Lz4, &large, 8 << 20).unwrap();
        assert!(HELD.get().0.abs_diff(before) >= 5 << 20);
        decompressors.decompress(Codec::Lz4, &small, 8 << 20).unwrap();
        assert!(HELD.get().0.abs_diff(before) <= 1 << 17);
    }
}
