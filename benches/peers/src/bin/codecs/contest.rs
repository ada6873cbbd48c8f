//! A codec at a level on some bytes, by both sides.

use klamm_records::{Codec, Compression};

use crate::c::{self, CSide};
use crate::data::Kind;
use crate::side::{Ours, Side};

/// The codecs and levels that are compared; `None` is the default.
const COMPRESSIONS: &[(Codec, Option<i32>)] = &[
    (Codec::Zstd, Some(-1)),
    (Codec::Zstd, Some(1)),
    (Codec::Zstd, Some(3)),
    (Codec::Zstd, Some(10)),
    (Codec::Lz4, None),
    (Codec::Snappy, None),
    (Codec::Gzip, Some(1)),
    (Codec::Gzip, None),
];
const LENGTHS: &[(usize, &str)] = &[(16 << 10, "16 KiB"), (64 << 10, "64 KiB"), (1 << 20, "1 MiB")];

/// What is compressed, and by whom.
pub(crate) struct Contest {
    pub(crate) codec: Codec,
    pub(crate) level: Option<i32>,
    kind: Kind,
    length: &'static str,
    pub(crate) input: Vec<u8>,
    pub(crate) ours: Ours,
    pub(crate) theirs: CSide,
}

impl Contest {
    fn new(
        (codec, level): (Codec, Option<i32>),
        kind: Kind,
        length: (usize, &'static str),
    ) -> Self {
        let compression =
            level.map_or(Ok(Compression::of(codec)), |level| Compression::with_level(codec, level));
        Self {
            codec,
            level,
            kind,
            length: length.1,
            input: kind.bytes(length.0),
            ours: Ours::new(compression.expect("a level of the codec")),
            theirs: c::side(codec, level),
        }
    }

    pub(crate) fn title(&self) -> String {
        let level = self.level.map_or(String::new(), |level| format!(" {level}"));
        format!("{}{level} | {} | {}", self.codec, self.kind.name(), self.length)
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Contest> {
    let mut contests = Vec::new();
    for compression in COMPRESSIONS {
        for kind in [Kind::Json, Kind::Log] {
            for length in LENGTHS {
                contests.push(Contest::new(*compression, kind, *length));
            }
        }
    }
    contests
}

/// Compresses and decompresses once, and holds what comes out against the input: the stream.
pub(crate) fn proven(side: &mut dyn Side, input: &[u8]) -> Vec<u8> {
    let mut output = vec![0; input.len() * 2 + 1_024];
    let len = side.compress(input, &mut output);
    output.truncate(len);
    let back = side.decompress(&output, input.len());
    assert!(back == input.len() && side.decompressed() == input, "another content came back");
    output
}
