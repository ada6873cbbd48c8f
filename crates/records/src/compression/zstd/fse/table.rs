//! Tables that turn symbols into bits and states.

use super::super::bits::BitWriter;
use super::distribution::bits_for;
use super::{Counts, Distribution, MAX_STATES, SYMBOLS};

/// What a symbol does to the state.
#[derive(Debug, Clone, Copy, Default)]
struct Symbol {
    /// Added to the state, the number of bits that leave it stands above the lowest 16 bits.
    bits: u32,
    /// Added to what is left of the state, the place of the next one in the table.
    place: u32,
}

/// A table for symbols from the last to the first.
#[derive(Debug, Clone)]
pub(in super::super) struct Table {
    symbols: [Symbol; SYMBOLS],
    /// The states of each symbol, in ascending order, one symbol after the other. They are
    /// numbered from their count on.
    states: [u16; MAX_STATES],
    log: u32,
    /// In 256ths of a bit.
    costs: [u16; SYMBOLS],
}

/// So many of the lowest bits.
static MASKS: [u32; 16] = {
    let mut masks = [0; 16];
    let mut width = 1;
    while width < 16 {
        #[expect(clippy::indexing_slicing, reason = "it is evaluated while compiling")]
        {
            masks[width] = masks[width - 1] << 1 | 1;
        }
        width += 1;
    }
    masks
};

/// A state of a table: what the reader needs to tell the symbol that was written last.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct State(u32);

impl Default for Table {
    /// A table for nothing.
    fn default() -> Self {
        Self {
            symbols: [Symbol::default(); SYMBOLS],
            states: [0; MAX_STATES],
            log: 0,
            costs: [u16::MAX; SYMBOLS],
        }
    }
}

impl Table {
    /// A table for symbols that are distributed in this way.
    pub(in super::super) fn new(distribution: &Distribution) -> Self {
        let mut table = Self::default();
        table.build(distribution);
        table
    }

    /// Becomes a table for symbols that are distributed in this way.
    pub(in super::super) fn build(&mut self, distribution: &Distribution) {
        let Distribution { points, log } = distribution;
        self.log = *log;
        self.costs = distribution.costs();
        let first = self.number(points);
        self.place(&spread(points, *log), first);
    }

    /// Becomes a table of one state, which takes no bits.
    pub(in super::super) fn build_of_one(&mut self) {
        self.log = 0;
        self.costs = [u16::MAX; SYMBOLS];
        self.symbols = [Symbol::default(); SYMBOLS];
        self.states = [0; MAX_STATES];
    }

    /// Says what each symbol does to the state: where its states begin in the table.
    fn number(&mut self, points: &[i16; SYMBOLS]) -> [u16; SYMBOLS] {
        let mut first = [0; SYMBOLS];
        let mut sum = 0_u16;
        let slots = self.symbols.iter_mut().zip(&mut first);
        for ((symbol, first), points) in slots.zip(points) {
            let points = points.unsigned_abs();
            *first = sum;
            let count = u32::from(points.max(1));
            // States from `count << most` on give away so many bits, those below one less.
            let most = self.log - (count - 1).checked_ilog2().unwrap_or(0);
            symbol.bits = (most << 16).wrapping_sub(count << most);
            symbol.place = u32::from(sum).wrapping_sub(count);
            sum = sum.saturating_add(points);
        }
        first
    }

    /// Gives each symbol its states.
    fn place(&mut self, spread: &[u8; MAX_STATES], mut next: [u16; SYMBOLS]) {
        let size = 1_u16 << self.log;
        for (state, symbol) in (size..).zip(spread.iter().take(usize::from(size))) {
            let Some(next) = next.get_mut(usize::from(symbol & 63)) else { continue };
            if let Some(slot) = self.states.get_mut(usize::from(*next) & (MAX_STATES - 1)) {
                *slot = state;
            }
            *next = next.wrapping_add(1);
        }
    }

    /// How many bits the counted symbols take, if the table has all of them.
    pub(in super::super) fn bits_for(&self, counts: &Counts) -> Option<u64> {
        bits_for(&self.costs, counts)
    }

    /// The state after the symbol that is read last: one that takes as many bits as any to leave.
    pub(in super::super) fn start(&self, symbol: u8) -> State {
        let Symbol { bits, place } = self.symbol(symbol);
        let most = (bits + (1 << 15)) >> 16;
        let count = ((most << 16).wrapping_sub(bits)) >> most;
        self.state(count.wrapping_add(place))
    }

    /// Writes what leads back from the symbol to the state.
    #[inline]
    pub(in super::super) fn write(&self, symbol: u8, state: &mut State, bits: &mut BitWriter<'_>) {
        let Symbol { bits: more, place } = self.symbol(symbol);
        let width = state.0.wrapping_add(more) >> 16;
        let low = state.0 & MASKS.get(width as usize & 15).copied().unwrap_or(0);
        bits.add(u64::from(low), width);
        *state = self.state(state.0.wrapping_shr(width).wrapping_add(place));
    }

    /// Writes the state that reading begins with.
    pub(in super::super) fn end(&self, state: State, bits: &mut BitWriter<'_>) {
        let mask = !u32::MAX.wrapping_shl(self.log);
        bits.add(u64::from(state.0 & mask), self.log);
        bits.flush();
    }

    #[inline]
    fn symbol(&self, symbol: u8) -> Symbol {
        self.symbols.get(usize::from(symbol & 63)).copied().unwrap_or_default()
    }

    #[inline]
    fn state(&self, place: u32) -> State {
        // The mask changes nothing: it tells the compiler that the state is there.
        let place = place as usize & (MAX_STATES - 1);
        State(self.states.get(place).copied().map_or(0, u32::from))
    }
}

/// The symbol of each state: as many of each as it has points, far from one another.
fn spread(points: &[i16; SYMBOLS], log: u32) -> [u8; MAX_STATES] {
    let size = 1_usize << log;
    let (mask, step) = (size - 1, (size >> 1) + (size >> 3) + 3);
    let mut spread = [0; MAX_STATES];
    let mut common = size;
    for (symbol, _) in (0..).zip(points).filter(|(_, points)| **points == -1) {
        common = common.saturating_sub(1);
        put(&mut spread, common, symbol);
    }
    let mut place = 0;
    for (symbol, points) in (0..).zip(points) {
        for _ in 0..*points {
            put(&mut spread, place, symbol);
            place = (place + step) & mask;
            while place >= common && common > 0 {
                place = (place + step) & mask;
            }
        }
    }
    spread
}

#[inline]
fn put(spread: &mut [u8; MAX_STATES], place: usize, symbol: u8) {
    if let Some(slot) = spread.get_mut(place & (MAX_STATES - 1)) {
        *slot = symbol;
    }
}
