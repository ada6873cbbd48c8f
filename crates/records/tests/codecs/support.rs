//! Short ways to compress, to decompress and to make data.

use klamm_records::Codec;

#[cfg(test)]
pub(crate) use helpers::{compressed, decompressed, noise, read, text};

/// More than most tests need.
pub(crate) const CAP: usize = 1 << 20;
/// Those that compress.
pub(crate) const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

#[cfg(test)]
mod helpers {
    use klamm_records::compression::{DecompressError, DecompressErrorKind};
    use klamm_records::{Codec, Compression, Compressors, Decompressors};

    use super::CAP;

    /// A complete stream.
    pub(crate) fn compressed(compression: impl Into<Compression>, input: &[u8]) -> Vec<u8> {
        let mut output = vec![0; input.len() * 2 + 200];
        let len = Compressors::new().compress(compression.into(), input, &mut output).unwrap();
        output.truncate(len.unwrap());
        output
    }

    pub(crate) fn decompressed(
        codec: Codec,
        input: &[u8],
        cap: usize,
    ) -> Result<Vec<u8>, DecompressErrorKind> {
        let mut decompressors = Decompressors::new();
        let result = decompressors.decompress(codec, input, cap).map(<[u8]>::to_vec);
        result.map_err(|DecompressError { codec: named, kind }| {
            assert_eq!(named, codec);
            kind
        })
    }

    /// What a stream gives.
    pub(crate) fn read(codec: Codec, input: &[u8]) -> Result<Vec<u8>, DecompressErrorKind> {
        decompressed(codec, input, CAP)
    }

    /// Bytes that compress as records do.
    pub(crate) fn text(len: usize) -> Vec<u8> {
        let mut number = 7_u32;
        let mut text = Vec::new();
        while text.len() < len {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let line = format!("{{\"id\":{},\"state\":\"sent\"}}\n", number >> 16);
            text.extend_from_slice(line.as_bytes());
        }
        text.truncate(len);
        text
    }

    /// Bytes that do not compress.
    pub(crate) fn noise(len: usize) -> Vec<u8> {
        let mut number = 1_u64;
        let step = |_| {
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
            number.to_le_bytes()[3]
        };
        (0..len).map(step).collect()
    }
}
