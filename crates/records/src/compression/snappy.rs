//! Snappy blocks in the framing of the xerial library, and single blocks without any.
#![deny(clippy::arithmetic_side_effects)]

use snap::raw::{Decoder, Encoder, decompress_len, max_compress_len};

use super::compress::Compressor;
use super::decompress::{DecompressErrorKind, Decompressor};

const MAGIC: [u8; 8] = *b"\x82SNAPPY\0";
/// The version of the framing, and the oldest one that can read it.
const VERSIONS: [u8; 8] = [0, 0, 0, 1, 0, 0, 0, 1];
const HEADER_LEN: usize = 16;
/// How many bytes each block holds, uncompressed.
const BLOCK: usize = 32 * 1_024;
/// A block's length stands before it.
const LENGTH_LEN: usize = 4;
/// A copy of 64 bytes takes three.
const MOST_EXPANSION: usize = 22;

/// The tables of the encoder and a block that may not fit where it shall go.
pub(super) struct SnappyCompressor {
    encoder: Encoder,
    scratch: Vec<u8>,
}

impl Default for SnappyCompressor {
    fn default() -> Self {
        Self { encoder: Encoder::new(), scratch: Vec::new() }
    }
}

impl Compressor for SnappyCompressor {
    fn compress(
        &mut self,
        input: &[u8],
        _level: Option<i32>,
        output: &mut [u8],
    ) -> Result<Option<usize>, &'static str> {
        let whole = output.len();
        let Some((head, mut rest)) = output.split_at_mut_checked(HEADER_LEN) else {
            return Ok(None);
        };
        let (magic, versions) = head.split_at_mut(MAGIC.len());
        magic.copy_from_slice(&MAGIC);
        versions.copy_from_slice(&VERSIONS);
        for block in input.chunks(BLOCK) {
            match self.block(block, rest)? {
                Some(behind) => rest = behind,
                None => return Ok(None),
            }
        }
        Ok(Some(whole.saturating_sub(rest.len())))
    }
}

impl SnappyCompressor {
    /// Writes a block with its length: the room behind it, or `None` when it does not fit.
    fn block<'o>(
        &mut self,
        block: &[u8],
        output: &'o mut [u8],
    ) -> Result<Option<&'o mut [u8]>, &'static str> {
        const FAILED: &str = "a block was not compressed";
        let Some((length, body)) = output.split_first_chunk_mut::<LENGTH_LEN>() else {
            return Ok(None);
        };
        let most = max_compress_len(block.len());
        let len = if body.len() < most {
            if self.scratch.len() < most {
                self.scratch.resize(most, 0);
            }
            let len = self.encoder.compress(block, &mut self.scratch).map_err(|_| FAILED)?;
            let (Some(to), Some(from)) = (body.get_mut(..len), self.scratch.get(..len)) else {
                return Ok(None);
            };
            to.copy_from_slice(from);
            len
        } else {
            self.encoder.compress(block, body).map_err(|_| FAILED)?
        };
        *length = u32::try_from(len).map_err(|_| FAILED)?.to_be_bytes();
        Ok(body.get_mut(len..))
    }
}

/// The decoder, which keeps nothing.
pub(super) struct SnappyDecompressor {
    decoder: Decoder,
}

impl Default for SnappyDecompressor {
    fn default() -> Self {
        Self { decoder: Decoder::new() }
    }
}

impl Decompressor for SnappyDecompressor {
    fn expected(&self, input: &[u8]) -> usize {
        blocks(input).map_while(Result::ok).fold(0, |sum, (_, len)| sum.saturating_add(len))
    }

    fn decompress(
        &mut self,
        input: &[u8],
        output: &mut [u8],
    ) -> Result<Option<usize>, DecompressErrorKind> {
        if input.is_empty() {
            return Err(DecompressErrorKind::Truncated);
        }
        let whole = output.len();
        let mut rest = output;
        for block in blocks(input) {
            let (block, len) = block?;
            let Some((space, behind)) = rest.split_at_mut_checked(len) else {
                return Ok(None);
            };
            match self.decoder.decompress(block, space) {
                Ok(written) if written == len => rest = behind,
                Ok(_) | Err(_) => {
                    return Err(DecompressErrorKind::Malformed("an invalid snappy block"));
                }
            }
        }
        Ok(Some(whole.saturating_sub(rest.len())))
    }
}

/// A block and the length that it says it has when it is decompressed, which is within what a
/// block of its size can give.
type Block<'i> = Result<(&'i [u8], usize), DecompressErrorKind>;

/// The blocks of a stream, up to the first mistake.
fn blocks(input: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let framed = behind_magic(input);
    let mut rest = framed.unwrap_or(Ok(input));
    std::iter::from_fn(move || {
        let input = rest.ok()?;
        let found = if framed.is_some() { next_framed(input) } else { next_raw(input) };
        rest = found.and_then(|found| found.map(|(_, rest)| rest).ok_or(END));
        match found {
            Ok(found) => found.map(|(block, _)| measured(block)),
            Err(error) => Some(Err(error)),
        }
    })
    .chain(framed.and_then(Result::err).map(Err))
}

/// Stands for nothing wrong: it only ends the iteration.
const END: DecompressErrorKind = DecompressErrorKind::Truncated;

/// A part of the input and what stands behind it; `None` at the end.
type Split<'i> = Result<Option<(&'i [u8], &'i [u8])>, DecompressErrorKind>;

/// The whole input once.
fn next_raw(input: &[u8]) -> Split<'_> {
    Ok((!input.is_empty()).then_some((input, [].as_slice())))
}

/// The next block, behind any further header: streams may be joined.
fn next_framed(mut input: &[u8]) -> Split<'_> {
    while let Some(behind) = behind_magic(input) {
        let version = input.get(MAGIC.len()..).and_then(<[u8]>::first_chunk);
        input = behind?;
        if version.is_none_or(|version| i32::from_be_bytes(*version) < 1) {
            return Err(DecompressErrorKind::Malformed("a further snappy header of no version"));
        }
    }
    if input.is_empty() {
        return Ok(None);
    }
    let (length, rest) = input.split_first_chunk().ok_or(DecompressErrorKind::Truncated)?;
    let length = i32::from_be_bytes(*length);
    let length = usize::try_from(length).ok().filter(|length| *length > 0);
    let length = length.ok_or(DecompressErrorKind::Malformed("a block length below 1"))?;
    rest.split_at_checked(length).map(Some).ok_or(DecompressErrorKind::Truncated)
}

/// What stands behind the framing's header, if there is one. The versions of the first one are not
/// looked at, as Java does not: some writers have them in the other byte order.
fn behind_magic(input: &[u8]) -> Option<Result<&[u8], DecompressErrorKind>> {
    let behind = input.strip_prefix(&MAGIC)?;
    Some(behind.get(VERSIONS.len()..).ok_or(DecompressErrorKind::Truncated))
}

/// A block with its length, if it can have it.
fn measured(block: &[u8]) -> Block<'_> {
    let len = decompress_len(block);
    let len = len.map_err(|_| DecompressErrorKind::Malformed("a snappy block without length"))?;
    if len > block.len().saturating_mul(MOST_EXPANSION) {
        return Err(DecompressErrorKind::Malformed("a snappy block cannot give what it claims"));
    }
    Ok((block, len))
}
