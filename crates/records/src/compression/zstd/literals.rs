//! The literals of a block: as they are, one that is repeated, or in Huffman codes.

use super::huffman::{Codes, Description, Histogram};

/// Fewer literals than this take new codes for more than they bring.
const LEAST_FOR_CODES: usize = 32;
/// From this many literals on, codes stand in four streams.
const LEAST_FOR_FOUR: usize = 256;

const STORED: u32 = 0;
const REPEATED: u32 = 1;
const CODED: u32 = 2;
const CODED_AGAIN: u32 = 3;

/// The codes that a block may use again, and those that it may bring.
#[derive(Debug)]
pub(super) struct Literals {
    /// Those that the reader has, if it has any.
    kept: Box<Codes>,
    has_kept: bool,
    made: Box<Codes>,
    description: Description,
    /// Whether the section that was written last has brought the codes made.
    is_made_used: bool,
}

/// How the literals are written.
#[derive(Clone, Copy)]
enum Way {
    Stored,
    Repeated,
    CodedAgain,
    /// With new codes and their description.
    Coded,
}

impl Literals {
    pub(super) fn new() -> Self {
        let [kept, made] = [Box::new(Codes::new()), Box::new(Codes::new())];
        let description = Description::NONE;
        Self { kept, has_kept: false, made, description, is_made_used: false }
    }

    /// Forgets the codes: a frame cannot use those of another one.
    pub(super) const fn start_frame(&mut self) {
        self.has_kept = false;
    }

    /// Writes the section from `place` on: the place behind it, or `None` for lack of room.
    pub(super) fn write(
        &mut self,
        literals: &[u8],
        is_coded: bool,
        output: &mut [u8],
        place: usize,
    ) -> Option<usize> {
        self.is_made_used = false;
        let way = if is_coded { self.choose(literals) } else { Way::Stored };
        match way {
            Way::Stored => {
                let place = put_head(output, place, STORED, literals.len())?;
                put(output, place, literals)
            }
            Way::Repeated => {
                let place = put_head(output, place, REPEATED, literals.len())?;
                put(output, place, literals.get(..1)?)
            }
            Way::CodedAgain => write_coded(&self.kept, literals, &[], output, place),
            Way::Coded => {
                self.is_made_used = true;
                write_coded(&self.made, literals, self.description.as_bytes(), output, place)
            }
        }
    }

    /// The reader has the section that was written last.
    pub(super) const fn keep(&mut self) {
        if self.is_made_used {
            std::mem::swap(&mut self.kept, &mut self.made);
            self.has_kept = true;
            self.is_made_used = false;
        }
    }

    /// The shortest way, but no codes for hardly any gain: they take time to read.
    fn choose(&mut self, literals: &[u8]) -> Way {
        let len = literals.len();
        if len < LEAST_FOR_CODES && !(self.has_kept && len > 6) {
            return if is_repeated(literals) { Way::Repeated } else { Way::Stored };
        }
        let histogram = Histogram::of(literals);
        let most = histogram.most() as usize;
        if most == len {
            return Way::Repeated;
        }
        let allowed = len.saturating_sub((len >> 6) + 2);
        let again = if self.has_kept { self.kept.bits_for(&histogram) } else { None };
        let again = again.map(|bits| coded_len(len, bits));
        // Bytes that are as good as equally frequent are not worth the attempt.
        let fresh = if len >= LEAST_FOR_CODES && most > (len >> 7) + 4 {
            self.made.build(&histogram)
        } else {
            None
        };
        if let Some(description) = fresh {
            let bits = self.made.bits_for(&histogram).unwrap_or(u32::MAX);
            let fresh = coded_len(len, bits) + description.as_bytes().len();
            if fresh < allowed && again.is_none_or(|again| fresh < again) {
                self.description = description;
                return Way::Coded;
            }
        }
        if again.is_some_and(|again| again < allowed) { Way::CodedAgain } else { Way::Stored }
    }
}

/// Whether there are several literals, all of them the same.
fn is_repeated(literals: &[u8]) -> bool {
    match literals {
        [first, rest @ ..] if rest.len() > 1 => rest.iter().all(|literal| literal == first),
        _ => false,
    }
}

/// How long streams of so many literals and bits are, at most.
fn coded_len(literals: usize, bits: u32) -> usize {
    let (streams, lengths) = if literals < LEAST_FOR_FOUR { (1, 0) } else { (4, 6) };
    (bits as usize).div_ceil(8) + streams + lengths
}

/// Codes behind a head, which is written once the length is known.
fn write_coded(
    codes: &Codes,
    literals: &[u8],
    description: &[u8],
    output: &mut [u8],
    place: usize,
) -> Option<usize> {
    let len = literals.len();
    let is_one = len < LEAST_FOR_FOUR;
    let (format, bytes, width) = match len {
        0..1_024 => (u64::from(!is_one), 3, 10),
        1_024..16_384 => (2, 4, 14),
        _ => (3, 5, 18),
    };
    let start = place + bytes;
    let streams = put(output, start, description)?;
    let end = if is_one {
        codes.write_one(literals, output, streams)?
    } else {
        codes.write_four(literals, output, streams)?
    };
    let kind = if description.is_empty() { CODED_AGAIN } else { CODED };
    let lengths = len as u64 | ((end - start) as u64) << width;
    let head = u64::from(kind) | format << 2 | lengths << 4;
    output.get_mut(place..start)?.copy_from_slice(head.to_le_bytes().get(..bytes)?);
    Some(end)
}

/// The head of literals without codes.
fn put_head(output: &mut [u8], place: usize, kind: u32, len: usize) -> Option<usize> {
    let len = u32::try_from(len).ok()?;
    let (head, bytes) = match len {
        0..32 => (kind | len << 3, 1),
        32..4_096 => (kind | 1 << 2 | len << 4, 2),
        _ => (kind | 3 << 2 | len << 4, 3),
    };
    put(output, place, head.to_le_bytes().get(..bytes)?)
}

/// Copies bytes: the place behind them, or `None` for lack of room.
pub(super) fn put(output: &mut [u8], place: usize, bytes: &[u8]) -> Option<usize> {
    let end = place + bytes.len();
    output.get_mut(place..end)?.copy_from_slice(bytes);
    Some(end)
}
