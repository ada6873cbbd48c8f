//! Frames of independent LZ4 blocks.
#![deny(clippy::arithmetic_side_effects)]

mod block;
mod frame;
mod xxh32;

use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};

pub(crate) use self::frame::HeaderChecksum;
use self::frame::{
    BLOCK, Block, DESCRIPTOR, FrameHeader, LENGTH_LEN, MAGIC, STORED, descriptor_checksum,
};
use super::compress::Compressor;
use super::decompress::{DecompressErrorKind, Decompressor};

/// LZ4's best: one more byte of a match's length stands for 255 bytes.
const MOST_EXPANSION: usize = 255;
/// Blocks that are rarely full are expected to expand this much, or to this length.
const LIKELY_EXPANSION: usize = 8;
/// See [`LIKELY_EXPANSION`].
const SMALL: usize = 64 * 1_024;

const EMPTY_BLOCK: &str = "an lz4 block of nothing";

/// The table of matches, 16 KiB, and a block that may not fit where it shall go.
pub(super) struct Lz4Compressor {
    table: CompressTable,
    scratch: Vec<u8>,
}

impl Default for Lz4Compressor {
    fn default() -> Self {
        Self { table: CompressTable::large(), scratch: Vec::new() }
    }
}

impl Compressor for Lz4Compressor {
    fn compress(
        &mut self,
        input: &[u8],
        _level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        let whole = output.len();
        let [flags, block] = DESCRIPTOR;
        let [a, b, c, d] = MAGIC;
        let header = [a, b, c, d, flags, block, descriptor_checksum(&DESCRIPTOR)];
        let Some(mut rest) = put(output, &header) else {
            return Ok(None);
        };
        for block in input.chunks(BLOCK) {
            match self.block(block, rest) {
                Some(behind) => rest = behind,
                None => return Ok(None),
            }
        }
        let end_mark = [0; LENGTH_LEN];
        Ok(put(rest, &end_mark).map(|rest| whole.saturating_sub(rest.len())))
    }
}

impl Lz4Compressor {
    /// Writes a block with its length, stored if that is no longer: the room behind it, or `None`
    /// when it does not fit.
    fn block<'o>(&mut self, block: &[u8], output: &'o mut [u8]) -> Option<&'o mut [u8]> {
        let (length, body) = output.split_first_chunk_mut::<LENGTH_LEN>()?;
        let (len, stored) = match self.packed(block)? {
            packed if packed.len() < block.len() => {
                body.get_mut(..packed.len())?.copy_from_slice(packed);
                (packed.len(), 0)
            }
            _ => {
                body.get_mut(..block.len())?.copy_from_slice(block);
                (block.len(), STORED)
            }
        };
        *length = (u32::try_from(len).ok()? | stored).to_le_bytes();
        body.get_mut(len..)
    }

    /// The block compressed. The encoder takes no room that is not enough for the worst case.
    fn packed(&mut self, block: &[u8]) -> Option<&[u8]> {
        let most = get_maximum_output_size(block.len());
        if self.scratch.len() < most {
            self.scratch.resize(most, 0);
        }
        let len = compress_into_with_table(block, &mut self.scratch, &mut self.table).ok()?;
        self.scratch.get(..len)
    }
}

/// Writes some bytes to the front: the room behind them, if they fit.
fn put<'o>(output: &'o mut [u8], bytes: &[u8]) -> Option<&'o mut [u8]> {
    let (front, rest) = output.split_at_mut_checked(bytes.len())?;
    front.copy_from_slice(bytes);
    Some(rest)
}

/// A decoder, which keeps nothing.
#[derive(Debug, Default)]
pub(crate) struct Lz4Decompressor {
    header_checksum: HeaderChecksum,
}

impl Lz4Decompressor {
    /// A decoder that treats the header's checksum in this way.
    pub(crate) const fn new(header_checksum: HeaderChecksum) -> Self {
        Self { header_checksum }
    }
}

impl Decompressor for Lz4Decompressor {
    fn expected(&self, input: &[u8]) -> usize {
        let Ok((header, mut rest)) = FrameHeader::read(input, self.header_checksum) else {
            return 0;
        };
        let mut most = 0_usize;
        while let Ok(Some((block, behind))) = header.block(rest) {
            let expansion = if block.is_stored { 1 } else { MOST_EXPANSION };
            let len = block.bytes.len().saturating_mul(expansion).min(header.block_max);
            most = most.saturating_add(len);
            rest = behind;
        }
        let likely = input.len().saturating_mul(LIKELY_EXPANSION).max(SMALL);
        let claimed = header.content_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        claimed.unwrap_or(likely).min(most)
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        let (header, mut rest) = FrameHeader::read(input, self.header_checksum)?;
        let mut written = 0_usize;
        while let Some((block, behind)) = header.block(rest)? {
            block.check()?;
            let space = output.get_mut(written..).unwrap_or_default();
            match decode(block, header.block_max, space)? {
                Some(len) => written = written.saturating_add(len),
                None => return Ok(None),
            }
            rest = behind;
        }
        Ok(Some(written))
    }
}

/// Decompresses a block into the front of the space: the length it took, or `None` when it is too
/// long for the space. Too long for the frame is an error.
fn decode(
    block: Block<'_>,
    block_max: usize,
    space: &mut [u8],
) -> Result<Option<usize>, DecompressErrorKind> {
    if block.is_stored {
        let put = space.get_mut(..block.bytes.len()).map(|to| to.copy_from_slice(block.bytes));
        return Ok(put.map(|()| block.bytes.len()));
    }
    match block::decode(block.bytes, block_max, space)? {
        // Java takes such a block for the end of the stream, and sometimes for nothing.
        Some(0) => Err(DecompressErrorKind::Malformed(EMPTY_BLOCK)),
        decoded => Ok(decoded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compressed(input: &[u8], room: usize) -> Option<Vec<u8>> {
        let mut output = vec![0; room];
        let len = Lz4Compressor::default().compress(input, None, &mut output).unwrap()?;
        output.truncate(len);
        Some(output)
    }

    #[test]
    fn what_repeats_becomes_much_smaller_even_without_room_to_spare() {
        let input = vec![7; 100_000];
        let stream = compressed(&input, input.len() - 1).unwrap();
        assert!(stream.len() < 1000, "{}", stream.len());
        assert_eq!(compressed(&input, stream.len()).as_ref(), Some(&stream));
        assert_eq!(compressed(&input, stream.len() - 1), None);
        let mut output = vec![0; input.len()];
        let len = Lz4Decompressor::default().decompress(&stream, &mut output);
        assert_eq!((len, output == input), (Ok(Some(input.len())), true));
    }

    #[test]
    fn a_packed_block_of_nothing_is_refused() {
        let mut stream = compressed(b"", 64).unwrap();
        stream.truncate(stream.len() - LENGTH_LEN);
        stream.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let found = Lz4Decompressor::default().decompress(&stream, &mut [0; 64]);
        assert_eq!(found, Err(DecompressErrorKind::Malformed(EMPTY_BLOCK)));
    }
}
