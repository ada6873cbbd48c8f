//! Gzip members, RFC 1952: one is written, any number is read.
#![deny(clippy::arithmetic_side_effects)]

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};

use super::compress::Compressor;
use super::decompress::{DecompressErrorKind, Decompressor};
use crate::checksum::crc32;

/// Magic, deflate, no flags, no time, no hint, an unknown operating system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// CRC-32 and length of the content, both little endian.
const TRAILER_LEN: usize = 8;
/// Deflate's best: a match of 258 bytes for two bits.
const MOST_EXPANSION: usize = 1_032;
/// What is left behind a member is looked at only if it is longer than this, as Java does it.
const LEAST_NEXT_MEMBER: usize = 18;

const FLAG_HEADER_CRC: u8 = 1 << 1;
const FLAG_EXTRA: u8 = 1 << 2;
const FLAG_NAME: u8 = 1 << 3;
const FLAG_COMMENT: u8 = 1 << 4;
const RESERVED_FLAGS: u8 = 0b1110_0000;

/// The trailer of some content: its checksum, and its length modulo 2³².
fn trailer(content: &[u8]) -> [u8; TRAILER_LEN] {
    let [a, b, c, d] = crc32(content).to_le_bytes();
    let [e, f, g, h, ..] = u64::try_from(content.len()).unwrap_or_default().to_le_bytes();
    [a, b, c, d, e, f, g, h]
}

/// The deflate state of one level.
#[derive(Default)]
pub(super) struct GzipCompressor {
    state: Option<(Option<i32>, Compress)>,
}

impl GzipCompressor {
    /// A state without history; it is made anew only when the level changes.
    fn deflate(&mut self, level: Option<i32>) -> &mut Compress {
        let kept = self.state.take().filter(|(kept, _)| *kept == level);
        let state = match kept {
            Some((_, mut deflate)) => {
                deflate.reset();
                deflate
            }
            None => Compress::new(strength(level), false),
        };
        &mut self.state.insert((level, state)).1
    }
}

/// Levels −1 and 6 are the same.
fn strength(level: Option<i32>) -> flate2::Compression {
    level
        .and_then(|level| u32::try_from(level).ok())
        .map_or_else(flate2::Compression::default, flate2::Compression::new)
}

impl Compressor for GzipCompressor {
    fn compress(
        &mut self,
        input: &[u8],
        level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        let Some((header, body)) = output.split_first_chunk_mut::<{ HEADER.len() }>() else {
            return Ok(None);
        };
        *header = HEADER;
        let deflate = self.deflate(level);
        // The room of the trailer is offered as well: a stream is not known to have ended as long
        // as the room for it is just used up.
        match deflate.compress(input, body, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => {}
            Ok(Status::Ok | Status::BufError) => return Ok(None),
            Err(_) => return Err("deflate takes no input"),
        }
        let deflated = usize::try_from(deflate.total_out()).unwrap_or(usize::MAX);
        match body.get_mut(deflated..).and_then(<[u8]>::first_chunk_mut) {
            Some(place) => *place = trailer(input),
            None => return Ok(None),
        }
        Ok(Some(HEADER.len().saturating_add(deflated).saturating_add(TRAILER_LEN)))
    }
}

/// The inflate state.
pub(super) struct GzipDecompressor {
    inflate: Decompress,
}

impl Default for GzipDecompressor {
    fn default() -> Self {
        Self { inflate: Decompress::new(false) }
    }
}

impl Decompressor for GzipDecompressor {
    fn expected(&self, input: &[u8]) -> usize {
        let claimed = input.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
        let most = input.len().saturating_mul(MOST_EXPANSION);
        usize::try_from(claimed).unwrap_or(usize::MAX).min(most)
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        let mut deflated = behind_header(input)?;
        let mut written = 0_usize;
        loop {
            let space = output.get_mut(written..).unwrap_or_default();
            let Some((len, rest)) = self.member(deflated, space)? else {
                return Ok(None);
            };
            written = written.saturating_add(len);
            if rest.len() <= LEAST_NEXT_MEMBER {
                return Ok(Some(written));
            }
            // What does not begin like a member is not one: Java ignores it.
            match behind_header(rest) {
                Ok(next) => deflated = next,
                Err(_) => return Ok(Some(written)),
            }
        }
    }
}

impl GzipDecompressor {
    /// Inflates the member whose header was read, and checks its trailer: the length of the content
    /// and what stands behind the member, or `None` when there is no space for the content.
    fn member<'i>(
        &mut self,
        deflated: &'i [u8],
        space: &mut [u8],
    ) -> Result<Option<(usize, &'i [u8])>, DecompressErrorKind> {
        self.inflate.reset(false);
        let status = self.inflate.decompress(deflated, space, FlushDecompress::Finish);
        let status = status.map_err(|_| DecompressErrorKind::Malformed("invalid deflate data"))?;
        let read = usize::try_from(self.inflate.total_in()).unwrap_or(usize::MAX);
        let len = usize::try_from(self.inflate.total_out()).unwrap_or(usize::MAX);
        if status != Status::StreamEnd {
            // Out of space or out of input; a stream can be out of both at once, and is then
            // found to be truncated with more space.
            let out_of_space = len == space.len();
            return if out_of_space { Ok(None) } else { Err(DecompressErrorKind::Truncated) };
        }
        let content = space.get(..len).unwrap_or_default();
        let behind = deflated.get(read..).and_then(<[u8]>::split_first_chunk::<TRAILER_LEN>);
        let (found, rest) = behind.ok_or(DecompressErrorKind::Truncated)?;
        if *found != trailer(content) {
            return Err(DecompressErrorKind::Checksum);
        }
        Ok(Some((len, rest)))
    }
}

/// What stands behind the header of a member.
fn behind_header(input: &[u8]) -> Result<&[u8], DecompressErrorKind> {
    const TRUNCATED: DecompressErrorKind = DecompressErrorKind::Truncated;
    let (fixed, mut rest) = input.split_first_chunk::<{ HEADER.len() }>().ok_or(TRUNCATED)?;
    let [magic1, magic2, method, flags, ..] = *fixed;
    if [magic1, magic2] != [0x1f, 0x8b] {
        return Err(DecompressErrorKind::Malformed("no gzip header"));
    }
    if method != 8 {
        return Err(DecompressErrorKind::Unsupported("a gzip method other than deflate"));
    }
    if flags & RESERVED_FLAGS != 0 {
        return Err(DecompressErrorKind::Malformed("reserved flags of gzip are set"));
    }
    if flags & FLAG_EXTRA != 0 {
        let (len, behind) = rest.split_first_chunk().ok_or(TRUNCATED)?;
        rest = behind.get(usize::from(u16::from_le_bytes(*len))..).ok_or(TRUNCATED)?;
    }
    for text in [FLAG_NAME, FLAG_COMMENT] {
        if flags & text != 0 {
            rest = behind_text(rest).ok_or(TRUNCATED)?;
        }
    }
    if flags & FLAG_HEADER_CRC != 0 {
        let covered = input.len().saturating_sub(rest.len());
        let [low, high, ..] = crc32(input.get(..covered).unwrap_or_default()).to_le_bytes();
        let (crc, behind) = rest.split_first_chunk().ok_or(TRUNCATED)?;
        if *crc != [low, high] {
            return Err(DecompressErrorKind::Checksum);
        }
        rest = behind;
    }
    Ok(rest)
}

/// What stands behind a text that a zero byte ends.
fn behind_text(input: &[u8]) -> Option<&[u8]> {
    let end = input.iter().position(|byte| *byte == 0)?;
    input.get(end.checked_add(1)?..)
}
