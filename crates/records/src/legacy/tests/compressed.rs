//! Messages whose value is a compressed set, from their bytes to their records.

use super::{CAP, Parts, message, read};
use crate::compression::DecompressErrorKind::OverCap;
use crate::error::BatchErrorKind::{Decompression, NegativeLength};
use crate::{BatchError, Codec, Compression, Compressors, Decompressors};

/// The codecs of these formats.
fn codecs() -> impl Iterator<Item = Codec> {
    let codecs = [Codec::Gzip, Codec::Snappy, Codec::Lz4];
    codecs.into_iter().filter(|codec| codec.is_built_in())
}

/// Three messages, long enough to be worth compressing.
fn set(magic: i8) -> Vec<u8> {
    let value = [b'v'; 300];
    let messages = (0..3).map(|offset| Parts { value: Some(&value), ..message(magic, offset) });
    messages.flat_map(|message| message.bytes()).collect()
}

fn compressed(codec: Codec, set: &[u8]) -> Vec<u8> {
    let mut output = vec![0; CAP];
    let compression = Compression::of(codec);
    let len = Compressors::new().compress(compression, set, &mut output).unwrap().unwrap();
    output.truncate(len);
    output
}

/// A message around the set that `value` holds.
fn wrapper(magic: i8, codec: Codec, value: &[u8]) -> Vec<u8> {
    let attributes = codec.id().cast_signed();
    Parts { attributes, value: Some(value), ..message(magic, 2) }.bytes()
}

fn offsets(bytes: &[u8], cap: usize) -> Result<Vec<i64>, BatchError> {
    let mut decompressors = Decompressors::new();
    let records = read(bytes)?.records(&mut decompressors, cap)?;
    records.map(|record| record.map(|record| record.offset)).collect()
}

#[test]
fn what_each_codec_compressed_is_read_back() {
    for codec in codecs() {
        for magic in [0, 1] {
            let bytes = wrapper(magic, codec, &compressed(codec, &set(magic)));
            assert_eq!(offsets(&bytes, CAP), Ok(vec![0, 1, 2]), "{codec}");
            let base = read(&bytes).unwrap().base_offset(&mut Decompressors::new(), CAP);
            assert_eq!(base, Ok(0), "{codec}");
        }
    }
}

#[test]
fn no_more_is_decompressed_than_is_allowed() {
    for codec in codecs() {
        let set = set(1);
        let bytes = wrapper(1, codec, &compressed(codec, &set));
        let error = offsets(&bytes, set.len() - 1).unwrap_err();
        assert_eq!(error.kind(), Decompression(OverCap { cap: set.len() - 1 }), "{codec}");
        assert_eq!((error.field(), error.offset()), ("Message.value", 34), "{codec}");
        assert_eq!(offsets(&bytes, set.len()), Ok(vec![0, 1, 2]), "{codec}");
    }
}

#[test]
fn a_value_that_is_null_or_no_stream_is_refused() {
    for codec in codecs() {
        let null = Parts { value: None, attributes: codec.id().cast_signed(), ..message(1, 0) };
        let error = offsets(&null.bytes(), CAP).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (NegativeLength(-1), 30));
        for value in [b"".as_slice(), b"neither of the codecs"] {
            let bytes = wrapper(1, codec, value);
            assert!(offsets(&bytes, CAP).is_err(), "{codec}");
        }
    }
}

/// A frame with one block that is not compressed.
#[cfg(feature = "lz4")]
fn lz4_frame(descriptor_checksum: u8, block: &[u8]) -> Vec<u8> {
    let head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, descriptor_checksum];
    let length = u32::try_from(block.len()).unwrap() | 1 << 31;
    [&head, length.to_le_bytes().as_slice(), block, &[0; 4]].concat()
}

#[cfg(feature = "lz4")]
#[test]
fn only_in_magic_0_may_the_checksum_of_an_lz4_descriptor_cover_the_frames_magic() {
    let (right, with_magic) = (0x82, 0x1a);
    for (magic, checksum) in [(0, right), (0, with_magic), (1, right)] {
        let bytes = wrapper(magic, Codec::Lz4, &lz4_frame(checksum, &set(magic)));
        assert_eq!(offsets(&bytes, CAP), Ok(vec![0, 1, 2]), "{magic} {checksum:x}");
    }
    let bytes = wrapper(1, Codec::Lz4, &lz4_frame(with_magic, &set(1)));
    assert!(offsets(&bytes, CAP).is_err());
}
