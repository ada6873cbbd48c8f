//! Huffman codes of literals: the tree from its weights, and the streams it wrote.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;
use super::bits::ReverseBits;
use super::fse::{Distribution, Limits, Table};

/// The longest code.
const MAX_BITS: u32 = 11;
/// The most symbols that have a weight of their own; the last one's follows from the others.
const MAX_WEIGHTS: usize = 255;
/// So many symbols are decoded between two refills: 5 · 11 ≤ 56.
const SYMBOLS_PER_REFILL: usize = 5;

/// What the next bits of a stream stand for.
#[derive(Debug, Clone, Copy, Default)]
struct Code {
    symbol: u8,
    bits: u8,
}

/// A table of all codes, by the next eleven bits.
#[derive(Debug, Clone)]
pub(super) struct Codes([Code; 1 << MAX_BITS]);

/// The weights of the symbols, in order: 0 for those that do not occur.
struct Weights {
    weights: [u8; MAX_WEIGHTS + 1],
    /// How many there are.
    len: usize,
}

impl Codes {
    /// Reads the description of a tree: the codes, and what follows it.
    pub(super) fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (weights, rest) = Weights::read(input)?;
        Ok((Self::build(&weights.completed()?)?, rest))
    }

    /// The length of each symbol's code; 0 for none.
    #[cfg(test)]
    pub(super) fn lengths(&self) -> [u8; 256] {
        let mut lengths = [0; 256];
        for Code { symbol, bits } in self.0 {
            lengths[usize::from(symbol)] = bits;
        }
        lengths
    }

    /// The longest codes come first, and among equals the lowest symbol.
    fn build(weights: &Weights) -> Result<Self, Fault> {
        let mut codes = [Code::default(); 1 << MAX_BITS];
        let height = weights.height()?;
        let spare = MAX_BITS.checked_sub(height).ok_or(TOO_HIGH)?;
        let mut slots = codes.as_mut_slice();
        for weight in 1..=height {
            let bits = u8::try_from(height.saturating_add(1).saturating_sub(weight));
            let bits = bits.unwrap_or(0);
            let span = 1_usize << weight.saturating_sub(1).saturating_add(spare);
            for symbol in weights.symbols_of(weight) {
                let (own, rest) = slots.split_at_mut_checked(span).ok_or(UNBALANCED)?;
                own.fill(Code { symbol, bits });
                slots = rest;
            }
        }
        if slots.is_empty() { Ok(Self(codes)) } else { Err(UNBALANCED) }
    }

    #[inline]
    fn decode(&self, bits: &mut ReverseBits<'_>) -> u8 {
        let place = (bits.container() >> (u64::BITS - MAX_BITS)) as usize;
        let Code { symbol, bits: count } = self.0.get(place).copied().unwrap_or_default();
        bits.skip(u32::from(count));
        symbol
    }

    /// Fills `output` with the symbols of one stream.
    pub(super) fn decode_one(&self, stream: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        let mut bits = ReverseBits::new(stream)?;
        self.finish(&mut bits, output)
    }

    /// What is left of a stream, which must end with the output.
    fn finish(&self, bits: &mut ReverseBits<'_>, output: &mut [u8]) -> Result<(), Fault> {
        for chunk in output.chunks_mut(SYMBOLS_PER_REFILL) {
            bits.refill();
            for symbol in chunk {
                *symbol = self.decode(bits);
            }
        }
        if bits.is_at_end() { Ok(()) } else { Err(Fault::Malformed("literals of another length")) }
    }

    /// Fills `output` with the symbols of four streams, a quarter each, which are read side by side
    /// because each symbol waits for the one before.
    pub(super) fn decode_four(&self, streams: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        let quarter = output.len().div_ceil(4);
        let [a, b, c, d] = four_streams(streams)?;
        let mut bits = (
            ReverseBits::new(a)?,
            ReverseBits::new(b)?,
            ReverseBits::new(c)?,
            ReverseBits::new(d)?,
        );
        let uneven = Fault::Malformed("too few literals for four streams");
        let (first, rest) = output.split_at_mut_checked(quarter).ok_or(uneven)?;
        let (second, rest) = rest.split_at_mut_checked(quarter).ok_or(uneven)?;
        let (third, fourth) = rest.split_at_mut_checked(quarter).ok_or(uneven)?;
        let together = fourth.len().div_euclid(SYMBOLS_PER_REFILL);
        let mut parts = (
            first.chunks_exact_mut(SYMBOLS_PER_REFILL),
            second.chunks_exact_mut(SYMBOLS_PER_REFILL),
            third.chunks_exact_mut(SYMBOLS_PER_REFILL),
            fourth.chunks_exact_mut(SYMBOLS_PER_REFILL),
        );
        for _ in 0..together {
            let chunks = (parts.0.next(), parts.1.next(), parts.2.next(), parts.3.next());
            let (Some(a), Some(b), Some(c), Some(d)) = chunks else { break };
            bits.0.refill();
            bits.1.refill();
            bits.2.refill();
            bits.3.refill();
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                *a = self.decode(&mut bits.0);
                *b = self.decode(&mut bits.1);
                *c = self.decode(&mut bits.2);
                *d = self.decode(&mut bits.3);
            }
        }
        let done = together.saturating_mul(SYMBOLS_PER_REFILL);
        self.finish(&mut bits.0, first.get_mut(done..).unwrap_or_default())?;
        self.finish(&mut bits.1, second.get_mut(done..).unwrap_or_default())?;
        self.finish(&mut bits.2, third.get_mut(done..).unwrap_or_default())?;
        self.finish(&mut bits.3, fourth.get_mut(done..).unwrap_or_default())
    }
}

const TOO_HIGH: Fault = Fault::Malformed("a literal code of more than eleven bits");
const UNBALANCED: Fault = Fault::Malformed("literal codes that do not fill their tree");

/// Three lengths, and the streams one behind the other.
fn four_streams(input: &[u8]) -> Result<[&[u8]; 4], Fault> {
    let (lengths, streams) = input.split_first_chunk::<6>().ok_or(Fault::Truncated)?;
    let [a, b, c, d, e, f] = *lengths;
    let split = |streams, [low, high]: [u8; 2]| {
        let len = usize::from(u16::from_le_bytes([low, high]));
        <[u8]>::split_at_checked(streams, len).ok_or(Fault::Truncated)
    };
    let (first, streams) = split(streams, [a, b])?;
    let (second, streams) = split(streams, [c, d])?;
    let (third, fourth) = split(streams, [e, f])?;
    Ok([first, second, third, fourth])
}

impl Weights {
    fn read(input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (head, rest) = input.split_first().ok_or(Fault::Truncated)?;
        match head.checked_sub(127) {
            Some(count) if *head >= 128 => Self::read_plain(usize::from(count), rest),
            Some(_) | None => {
                let split = rest.split_at_checked(usize::from(*head));
                let (compressed, rest) = split.ok_or(Fault::Truncated)?;
                Ok((Self::read_compressed(compressed)?, rest))
            }
        }
    }

    /// Four bits each, the first of two in the higher ones.
    fn read_plain(count: usize, input: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (bytes, rest) = input.split_at_checked(count.div_ceil(2)).ok_or(Fault::Truncated)?;
        let mut weights = [0; MAX_WEIGHTS + 1];
        let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        for (weight, half) in weights.iter_mut().zip(halves).take(count) {
            *weight = half;
        }
        Ok((Self { weights, len: count }, rest))
    }

    /// Two states take turns, until the stream has no bits for the next one.
    fn read_compressed(input: &[u8]) -> Result<Self, Fault> {
        let limits = Limits { log: 6, symbol: 12 };
        let (distribution, stream) = Distribution::read(input, limits)?;
        let table = Table::build(&distribution)?;
        let mut bits = ReverseBits::new(stream)?;
        let mut found = Self { weights: [0; MAX_WEIGHTS + 1], len: 0 };
        let mut state = table.start(&mut bits);
        let mut other = table.start(&mut bits);
        if bits.is_overrun() {
            return Err(Fault::Truncated);
        }
        loop {
            found.push(table.symbol(state))?;
            bits.refill();
            state = table.next(state, &mut bits);
            if bits.is_overrun() {
                found.push(table.symbol(other))?;
                return Ok(found);
            }
            std::mem::swap(&mut state, &mut other);
        }
    }

    fn push(&mut self, weight: u8) -> Result<(), Fault> {
        let slot = self.weights.get_mut(self.len).filter(|_| self.len < MAX_WEIGHTS);
        *slot.ok_or(Fault::Malformed("more literal codes than there are bytes"))? = weight;
        self.len = self.len.saturating_add(1);
        Ok(())
    }

    fn all(&self) -> &[u8] {
        self.weights.get(..self.len).unwrap_or_default()
    }

    /// How much of the tree the weights take, in leaves of the longest code.
    fn leaves(&self) -> Result<u32, Fault> {
        self.all().iter().try_fold(0_u32, |sum, weight| match u32::from(*weight) {
            0 => Ok(sum),
            weight if weight <= MAX_BITS => {
                Ok(sum.saturating_add(1_u32 << weight.saturating_sub(1)))
            }
            _ => Err(TOO_HIGH),
        })
    }

    /// With the last symbol's weight, which is what the tree lacks.
    fn completed(mut self) -> Result<Self, Fault> {
        let leaves = self.leaves()?;
        let height = leaves.checked_ilog2().ok_or(UNBALANCED)?.saturating_add(1);
        if height > MAX_BITS {
            return Err(TOO_HIGH);
        }
        let missing = (1_u32 << height).saturating_sub(leaves);
        if !missing.is_power_of_two() {
            return Err(UNBALANCED);
        }
        let weight = u8::try_from(missing.ilog2().saturating_add(1)).unwrap_or(0);
        if let Some(slot) = self.weights.get_mut(self.len) {
            *slot = weight;
        }
        self.len = self.len.saturating_add(1);
        // The two longest codes differ in their last bit.
        if self.symbols_of(1).count() < 2 { Err(UNBALANCED) } else { Ok(self) }
    }

    /// The length of the longest code, once the weights are complete.
    fn height(&self) -> Result<u32, Fault> {
        self.leaves()?.checked_ilog2().ok_or(UNBALANCED)
    }

    fn symbols_of(&self, weight: u32) -> impl Iterator<Item = u8> {
        let all = (0..=u8::MAX).zip(self.all());
        all.filter(move |(_, own)| u32::from(**own) == weight).map(|(symbol, _)| symbol)
    }
}
