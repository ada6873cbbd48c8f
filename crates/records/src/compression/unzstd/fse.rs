//! Tables of finite state entropy: read, built, and walked through.

#![deny(clippy::arithmetic_side_effects)]

use super::Fault;
use super::bits::{ForwardBits, ReverseBits};

/// The largest table: 2⁹ states.
const MAX_STATES: usize = 512;
/// The most symbols that any table tells apart.
pub(super) const MAX_SYMBOLS: usize = 53;

/// What a state stands for, and where it leads.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    symbol: u8,
    /// How many bits are added to the baseline for the next state.
    bits: u8,
    baseline: u16,
}

/// A table of states, as large as the largest one may be.
#[derive(Debug, Clone)]
pub(super) struct Table {
    states: [State; MAX_STATES],
    /// The logarithm of the number of states.
    log: u32,
}

/// How likely each symbol is: in points of all 2ᵏ, or −1 for less than one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Distribution {
    points: [i16; MAX_SYMBOLS],
    log: u32,
}

/// What a kind of table is limited to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The most bits of a state.
    pub(super) log: u32,
    /// The greatest symbol.
    pub(super) symbol: u8,
}

impl Distribution {
    /// A distribution that is known beforehand.
    pub(super) const fn known(log: u32, points: [i16; MAX_SYMBOLS]) -> Self {
        Self { points, log }
    }

    /// The points, and the logarithm of their sum.
    #[cfg(test)]
    pub(super) const fn parts(&self) -> (&[i16; MAX_SYMBOLS], u32) {
        (&self.points, self.log)
    }

    /// Reads a distribution: it, and what follows it.
    pub(super) fn read(input: &[u8], limits: Limits) -> Result<(Self, &[u8]), Fault> {
        let mut bits = ForwardBits::new(input);
        let log = bits.take(4).saturating_add(5);
        if log > limits.log {
            return Err(Fault::Malformed("an entropy table of too many states"));
        }
        let mut points = [0; MAX_SYMBOLS];
        let mut slots = points.iter_mut().take(usize::from(limits.symbol).saturating_add(1));
        let mut left = 1_u32 << log;
        while left > 0 {
            let slot =
                slots.next().ok_or(Fault::Malformed("an entropy table of too many symbols"))?;
            *slot = read_points(&mut bits, left);
            left = left.checked_sub(u32::from(slot.unsigned_abs())).ok_or(OVERFULL)?;
            if *slot == 0 {
                skip_zeros(&mut bits, &mut slots)?;
            }
        }
        let rest = bits.rest()?;
        Ok((Self { points, log }, rest))
    }
}

const OVERFULL: Fault = Fault::Malformed("an entropy table with more points than states");

/// One symbol's points, in as few bits as tell apart what can still come.
fn read_points(bits: &mut ForwardBits<'_>, left: u32) -> i16 {
    // One value stands for "less than one", so there is one more than `left` and zero.
    let values = left.saturating_add(1);
    let width = values.ilog2().saturating_add(1);
    let low_mask = (1_u32 << width.saturating_sub(1)).saturating_sub(1);
    let short = (1_u32 << width).saturating_sub(1).saturating_sub(values);
    let value = bits.peek(width);
    let low = value & low_mask;
    let value = if low < short {
        bits.skip(width.saturating_sub(1));
        low
    } else {
        bits.skip(width);
        if value > low_mask { value.saturating_sub(short) } else { value }
    };
    // At most 2⁹ + 1.
    i16::try_from(value).unwrap_or(i16::MAX).saturating_sub(1)
}

/// Behind a symbol without points stands how many more follow, by threes.
fn skip_zeros<'s>(
    bits: &mut ForwardBits<'_>,
    slots: &mut impl Iterator<Item = &'s mut i16>,
) -> Result<(), Fault> {
    loop {
        let zeros = bits.take(2);
        for _ in 0..zeros {
            slots.next().ok_or(Fault::Malformed("an entropy table of too many symbols"))?;
        }
        if zeros < 3 {
            return Ok(());
        }
    }
}

impl Table {
    /// A table of one state that stands for `symbol` for ever.
    pub(super) fn of_one(symbol: u8) -> Self {
        let mut states = [State::default(); MAX_STATES];
        let [first, ..] = &mut states;
        first.symbol = symbol;
        Self { states, log: 0 }
    }

    /// Spreads the symbols over the states.
    pub(super) fn build(distribution: &Distribution) -> Result<Self, Fault> {
        let Distribution { points, log } = distribution;
        let mut table = Self { states: [State::default(); MAX_STATES], log: *log };
        let size = 1_usize << log;
        let Some(states) = table.states.get_mut(..size) else { return Err(OVERFULL) };
        spread(states, points)?;
        number(states, points, *log);
        Ok(table)
    }

    /// The state that a stream begins with.
    #[inline]
    pub(super) fn start(&self, bits: &mut ReverseBits<'_>) -> usize {
        bits.take(self.log) as usize
    }

    #[inline]
    pub(super) fn symbol(&self, state: usize) -> u8 {
        self.state(state).symbol
    }

    /// The state that follows.
    #[inline]
    pub(super) fn next(&self, state: usize, bits: &mut ReverseBits<'_>) -> usize {
        let State { baseline, bits: count, .. } = self.state(state);
        usize::from(baseline).wrapping_add(bits.take(u32::from(count)) as usize)
    }

    #[inline]
    fn state(&self, state: usize) -> State {
        // The mask changes nothing: it tells the compiler that the state is there.
        self.states.get(state & (MAX_STATES - 1)).copied().unwrap_or_default()
    }
}

/// Writes each symbol into as many states as it has points, far from one another.
fn spread(states: &mut [State], points: &[i16; MAX_SYMBOLS]) -> Result<(), Fault> {
    let mask = states.len().saturating_sub(1);
    let step = (states.len() >> 1).wrapping_add(states.len() >> 3).wrapping_add(3);
    let mut from_above = states.iter_mut().rev();
    let mut rare = 0_usize;
    for (symbol, _) in (0..).zip(points).filter(|(_, points)| **points == -1) {
        from_above.next().ok_or(OVERFULL)?.symbol = symbol;
        rare = rare.saturating_add(1);
    }
    let common = states.len().saturating_sub(rare);
    let mut place = 0;
    for (symbol, points) in (0..).zip(points) {
        for _ in 0..*points {
            states.get_mut(place).ok_or(OVERFULL)?.symbol = symbol;
            place = place.wrapping_add(step) & mask;
            while place >= common && common > 0 {
                place = place.wrapping_add(step) & mask;
            }
        }
    }
    if place == 0 { Ok(()) } else { Err(OVERFULL) }
}

/// Gives each state the states that may follow it.
fn number(states: &mut [State], points: &[i16; MAX_SYMBOLS], log: u32) {
    let mut next = points.map(i16::unsigned_abs);
    let size = 1_u32 << log;
    for state in states {
        let Some(number) = next.get_mut(usize::from(state.symbol)) else { continue };
        let width = log.saturating_sub(u32::from(*number).checked_ilog2().unwrap_or(0));
        let baseline = (u32::from(*number) << width).saturating_sub(size);
        state.bits = u8::try_from(width).unwrap_or(0);
        state.baseline = u16::try_from(baseline).unwrap_or(0);
        *number = number.saturating_add(1);
    }
}
