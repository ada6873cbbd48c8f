//! The frame around LZ4 blocks: what Java's reader takes is taken, what it refuses is refused.
#![deny(clippy::arithmetic_side_effects)]

use super::super::decompress::DecompressErrorKind;
use super::xxh32::xxh32;

/// The number that a frame begins with, in the order of its bytes.
pub(super) const MAGIC: [u8; 4] = 0x184d_2204_u32.to_le_bytes();
/// Version 1, independent blocks; blocks of at most 64 KiB.
pub(super) const DESCRIPTOR: [u8; 2] = [0x60, 0x40];
/// How many bytes a block that we write holds, uncompressed.
pub(super) const BLOCK: usize = 64 * 1_024;
/// Marks a block that is stored as it is.
pub(super) const STORED: u32 = 1 << 31;
/// A block's length stands before it, and a length of 0 stands at the end.
pub(super) const LENGTH_LEN: usize = 4;
const CHECKSUM_LEN: usize = 4;

/// What to make of the checksum in the header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum HeaderChecksum {
    /// It must be right.
    #[default]
    Verified,
    /// It is not looked at: what was written for batches of magic 0 covers the frame's magic number
    /// as well, and Java ignores it there.
    Ignored,
}

/// The checksum of a descriptor: the second byte of its XXH32.
pub(super) fn descriptor_checksum(descriptor: &[u8]) -> u8 {
    let [_, second, ..] = xxh32(descriptor).to_le_bytes();
    second
}

/// The header of a frame, checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameHeader {
    /// What the blocks give at most, each.
    pub(super) block_max: usize,
    /// How many bytes come out, by the writer's claim, which Java never looks at.
    pub(super) content_size: Option<u64>,
    has_block_checksums: bool,
    has_content_checksum: bool,
}

/// The bits of the first byte of a descriptor.
mod flag {
    pub(super) const RESERVED_OR_DICTIONARY: u8 = 0b11;
    pub(super) const CONTENT_CHECKSUM: u8 = 1 << 2;
    pub(super) const CONTENT_SIZE: u8 = 1 << 3;
    pub(super) const BLOCK_CHECKSUMS: u8 = 1 << 4;
    pub(super) const INDEPENDENT: u8 = 1 << 5;
    pub(super) const VERSION: u8 = 0b11 << 6;
    pub(super) const VERSION_1: u8 = 1 << 6;
}

impl FrameHeader {
    /// Reads a header, and what stands behind it.
    pub(super) fn read(
        input: &[u8],
        checksum: HeaderChecksum,
    ) -> Result<(Self, &[u8]), DecompressErrorKind> {
        const TRUNCATED: DecompressErrorKind = DecompressErrorKind::Truncated;
        let (magic, descriptor) = input.split_first_chunk().ok_or(TRUNCATED)?;
        if *magic != MAGIC {
            return Err(DecompressErrorKind::Malformed("no lz4 frame"));
        }
        let ([flags, block], mut rest) = descriptor.split_first_chunk().ok_or(TRUNCATED)?;
        check_flags(*flags)?;
        let block_max = block_max(*block)?;
        let mut content_size = None;
        if flags & flag::CONTENT_SIZE != 0 {
            let (size, behind) = rest.split_first_chunk().ok_or(TRUNCATED)?;
            content_size = Some(u64::from_le_bytes(*size));
            rest = behind;
        }
        let covered = descriptor.len().saturating_sub(rest.len());
        let covered = descriptor.get(..covered).unwrap_or_default();
        let (found, rest) = rest.split_first().ok_or(TRUNCATED)?;
        if checksum == HeaderChecksum::Verified && *found != descriptor_checksum(covered) {
            return Err(DecompressErrorKind::Checksum);
        }
        let has_block_checksums = flags & flag::BLOCK_CHECKSUMS != 0;
        let has_content_checksum = flags & flag::CONTENT_CHECKSUM != 0;
        Ok((Self { block_max, content_size, has_block_checksums, has_content_checksum }, rest))
    }

    /// The next block and what stands behind it, or `None` at the end mark.
    pub(super) fn block<'i>(
        &self,
        input: &'i [u8],
    ) -> Result<Option<(Block<'i>, &'i [u8])>, DecompressErrorKind> {
        const TRUNCATED: DecompressErrorKind = DecompressErrorKind::Truncated;
        let (length, rest) = input.split_first_chunk().ok_or(TRUNCATED)?;
        let length = u32::from_le_bytes(*length);
        let is_stored = length & STORED != 0;
        let length = usize::try_from(length & !STORED).unwrap_or(usize::MAX);
        if length == 0 {
            // The content's checksum must be there, but nobody looks at it; nor at what follows.
            let is_complete = !self.has_content_checksum || rest.len() >= CHECKSUM_LEN;
            return if is_complete { Ok(None) } else { Err(TRUNCATED) };
        }
        if length > self.block_max {
            return Err(DecompressErrorKind::Malformed("a block above the frame's block size"));
        }
        let (bytes, mut rest) = rest.split_at_checked(length).ok_or(TRUNCATED)?;
        let mut checksum = None;
        if self.has_block_checksums {
            let (sum, behind) = rest.split_first_chunk().ok_or(TRUNCATED)?;
            checksum = Some(u32::from_le_bytes(*sum));
            rest = behind;
        }
        Ok(Some((Block { bytes, is_stored, checksum }, rest)))
    }
}

/// A block as it stands in a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'i> {
    pub(super) bytes: &'i [u8],
    pub(super) is_stored: bool,
    checksum: Option<u32>,
}

impl Block<'_> {
    /// Compares the checksum, if there is one.
    pub(super) fn check(&self) -> Result<(), DecompressErrorKind> {
        match self.checksum {
            Some(checksum) if checksum != xxh32(self.bytes) => Err(DecompressErrorKind::Checksum),
            Some(_) | None => Ok(()),
        }
    }
}

fn check_flags(flags: u8) -> Result<(), DecompressErrorKind> {
    if flags & flag::RESERVED_OR_DICTIONARY != 0 {
        return Err(DecompressErrorKind::Unsupported("a dictionary or a reserved flag of lz4"));
    }
    if flags & flag::INDEPENDENT == 0 {
        return Err(DecompressErrorKind::Unsupported("lz4 blocks that depend on each other"));
    }
    if flags & flag::VERSION != flag::VERSION_1 {
        return Err(DecompressErrorKind::Unsupported("an lz4 frame of another version than 1"));
    }
    Ok(())
}

/// The largest block, by the second byte of a descriptor.
fn block_max(byte: u8) -> Result<usize, DecompressErrorKind> {
    match byte {
        0x40 => Ok(64 * 1_024),
        0x50 => Ok(256 * 1_024),
        0x60 => Ok(1_024 * 1_024),
        0x70 => Ok(4 * 1_024 * 1_024),
        0..=0x3f | 0x80..=0xff => {
            Err(DecompressErrorKind::Unsupported("an lz4 block size that is not defined"))
        }
        0x41..=0x4f | 0x51..=0x5f | 0x61..=0x6f | 0x71..=0x7f => {
            Err(DecompressErrorKind::Unsupported("a reserved bit of lz4"))
        }
    }
}
