//! Decoding n bytes never holds more than 64 KiB + 32·n bytes, whatever the bytes claim.
//!
//! A counting allocator watches this thread while messages of the reference corpus are decoded:
//! as they are, cut short, and with lengths and counts overwritten by larger ones.

#![allow(unsafe_code, reason = "an allocator is unsafe to implement")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    let live = LIVE.get() + bytes;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[cfg(test)]
mod decoding {
    use std::io::Read as _;

    use bytes::Bytes;
    use klamm_protocol::catalogue::{self, Entry};
    use klamm_wire::{DecodeErrorKind, Reader};

    use super::{LIVE, PEAK};

    /// The most bytes that `work` held at one time, and what it answered.
    fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
        let before = LIVE.get();
        PEAK.set(before);
        let answer = work();
        (usize::try_from(PEAK.get() - before).unwrap_or(0), answer)
    }

    struct Vector {
        entry: &'static Entry,
        version: i16,
        bytes: Vec<u8>,
    }

    fn corpus() -> Vec<Vector> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/messages.jsonl.gz");
        let file = std::fs::File::open(path).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text.lines().map(vector).collect()
    }

    fn vector(line: &str) -> Vector {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let hex = line["hex"].as_str().unwrap();
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        Vector {
            entry: catalogue::by_name(line["message"].as_str().unwrap()).unwrap(),
            version: i16::try_from(line["version"].as_i64().unwrap()).unwrap(),
            bytes: (0..hex.len()).step_by(2).map(byte).collect(),
        }
    }

    /// Decodes, checks the bound, and says why it failed where it did.
    fn decode_within_bound(entry: &Entry, version: i16, bytes: Vec<u8>) -> Option<DecodeErrorKind> {
        let input = Bytes::from(bytes);
        let (peak, kind) = peak_of(|| {
            let mut reader = Reader::over(&input);
            entry.read(&mut reader, version).err().map(|error| error.kind())
        });
        // The box around the message is the catalogue's, not the decoder's.
        let bound = 64 * 1024 + 32 * input.len();
        assert!(peak <= bound, "{} v{version}: {peak} bytes for {}", entry.name, input.len());
        kind
    }

    /// A small generator: the test must not depend on chance.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
        }
    }

    #[test]
    fn no_reference_message_is_refused_or_holds_more_than_the_bound() {
        let corpus = corpus();
        assert!(corpus.len() > 2_000);
        for Vector { entry, version, bytes } in corpus {
            let refused = decode_within_bound(entry, version, bytes);
            assert_eq!(refused, None, "{} v{version}", entry.name);
        }
    }

    #[test]
    fn lying_lengths_and_cut_messages_stay_within_the_bound() {
        const LIES: &[&[u8]] = &[
            &[0x7f, 0xff, 0xff, 0xff],
            &[0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0x00, 0x0f, 0xff, 0xff],
            &[0xff, 0xff, 0x03],
            &[0x00, 0x00, 0x40, 0x00],
            &[0xff, 0x7f],
            &[0xff; 8],
        ];
        let mut dice = Dice(0x5eed);
        let mut refused = 0_usize;
        for Vector { entry, version, bytes } in corpus() {
            for _ in 0..12 {
                let mut damaged = bytes.clone();
                let lie = LIES[dice.roll(LIES.len())];
                let at = dice.roll(damaged.len());
                let end = damaged.len().min(at + lie.len());
                damaged[at..end].copy_from_slice(&lie[..end - at]);
                if dice.roll(4) == 0 {
                    damaged.truncate(dice.roll(bytes.len()));
                }
                refused += usize::from(decode_within_bound(entry, version, damaged).is_some());
            }
        }
        assert!(refused > 5_000, "the damage must be real: {refused}");
    }

    #[test]
    fn a_count_that_fills_the_rest_with_nothing_but_zeros_stays_within_the_bound() {
        for entry in catalogue::all() {
            for version in entry.versions.iter() {
                for count in [[0x00, 0x00, 0x1f, 0xff], [0xff, 0x3f, 0x00, 0x00]] {
                    for at in 0..24 {
                        let mut bytes = vec![0; 16 * 1024];
                        bytes[at..at + 4].copy_from_slice(&count);
                        decode_within_bound(entry, version, bytes);
                    }
                }
            }
        }
    }

    #[test]
    fn metadata_of_ten_thousand_topics_is_decoded() {
        use klamm_protocol::metadata::{MetadataResponse, response::*};
        use klamm_wire::{FixedArray, NodeId};
        let nodes = || FixedArray::from(vec![NodeId(1), NodeId(2), NodeId(3)]);
        let partition = MetadataResponsePartition {
            replica_nodes: nodes(),
            isr_nodes: nodes(),
            ..MetadataResponsePartition::default()
        };
        let topic = |at: usize| MetadataResponseTopic {
            name: Some(format!("topic-{at}").into()),
            partitions: vec![partition.clone(); 12],
            ..MetadataResponseTopic::default()
        };
        let many = MetadataResponse {
            topics: (0..10_000).map(topic).collect(),
            ..MetadataResponse::default()
        };
        let empty_names = MetadataResponse {
            topics: vec![MetadataResponseTopic::default(); 10_000],
            ..MetadataResponse::default()
        };
        let entry = catalogue::by_name("MetadataResponse").unwrap();
        for version in entry.versions.iter() {
            for response in [&many, &empty_names] {
                let mut response = response.clone();
                if version < 12 {
                    response.topics.iter_mut().for_each(|topic| {
                        topic.name.get_or_insert_default();
                    });
                }
                let bytes = klamm_protocol::encode(&response, version).unwrap().to_vec();
                assert_eq!(decode_within_bound(entry, version, bytes), None, "v{version}");
            }
        }
    }
}
