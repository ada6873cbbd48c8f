//! How often symbols occur, and how many states of a table each of them gets for that.

use super::SYMBOLS;

/// How often each symbol occurs.
#[derive(Debug, Clone)]
pub(in super::super) struct Counts {
    counts: [u32; SYMBOLS],
}

impl Counts {
    pub(in super::super) const fn new() -> Self {
        Self { counts: [0; SYMBOLS] }
    }

    /// Counts a symbol.
    #[inline]
    pub(in super::super) fn add(&mut self, symbol: u8) {
        if let Some(count) = self.counts.get_mut(usize::from(symbol & 63)) {
            *count += 1;
        }
    }

    /// The symbol that is the only one.
    pub(in super::super) fn only(&self) -> Option<u8> {
        let mut present = (0_u8..).zip(&self.counts).filter(|(_, count)| **count > 0);
        let (symbol, _) = present.next()?;
        present.next().is_none().then_some(symbol)
    }
}

/// The states of a table of 2ᵏ, shared out among the symbols.
#[derive(Debug, Clone)]
pub(in super::super) struct Distribution {
    /// −1 is one state that stands apart; all of them together are 2ᵏ.
    pub(super) points: [i16; SYMBOLS],
    pub(super) log: u32,
}

/// Points are computed with so many bits behind the point.
const FRACTION: u32 = 16;
/// A symbol of `n` points gets another one from this fraction on, that is from `1 / ln(1 + 1/n)`
/// points, where it saves more than the point is worth to a frequent symbol.
const ROUND_UP: [u64; 8] = [0, 29_011, 30_545, 31_218, 31_593, 31_830, 31_994, 32_113];
/// How many bits a share has before it is scaled.
const SHARE: u32 = 40;

impl Distribution {
    /// A distribution that is known beforehand.
    pub(in super::super) fn known(log: u32, first: &[i16]) -> Self {
        let mut points = [0; SYMBOLS];
        for (slot, known) in points.iter_mut().zip(first) {
            *slot = *known;
        }
        Self { points, log }
    }

    /// Shares out the states of a table that is no larger than `most_log` and as large as the
    /// counts deserve. There are two symbols at least.
    pub(in super::super) fn of(counts: &Counts, most_log: u32) -> Self {
        let total: u32 = counts.counts.iter().sum();
        let log = log_for(counts, total, most_log);
        let share = (1_u64 << SHARE) / u64::from(total.max(1));
        let mut points = [0; SYMBOLS];
        let mut left = 1_i32 << log;
        for (slot, count) in points.iter_mut().zip(&counts.counts) {
            if *count > 0 {
                *slot = rounded((u64::from(*count) * share) >> (SHARE - FRACTION - log));
                left -= i32::from(*slot);
            }
        }
        balance(&mut points, left);
        Self { points, log }
    }

    /// What each symbol costs, in 256ths of a bit; the most there is for those without a state.
    pub(super) fn costs(&self) -> [u16; SYMBOLS] {
        self.points.map(|points| match points.unsigned_abs() {
            0 => u16::MAX,
            points => cost(points, self.log),
        })
    }

    /// How many bits the counted symbols take.
    pub(in super::super) fn bits_for(&self, counts: &Counts) -> Option<u64> {
        bits_for(&self.costs(), counts)
    }
}

/// How many bits the counted symbols take at these costs, if each of them has one.
pub(super) fn bits_for(costs: &[u16; SYMBOLS], counts: &Counts) -> Option<u64> {
    let mut sum = 0;
    for (cost, count) in costs.iter().zip(&counts.counts) {
        if *cost == u16::MAX && *count > 0 {
            return None;
        }
        sum += u64::from(*count) * u64::from(*cost);
    }
    Some(sum >> 8)
}

/// More states than a quarter of the symbols would bring less than their description takes; fewer
/// than there are different symbols would not do.
fn log_for(counts: &Counts, total: u32, most_log: u32) -> u32 {
    let greatest = counts.counts.iter().rposition(|count| *count > 0).unwrap_or(0);
    let least_for_total = total.max(1).ilog2() + 1;
    let least_for_symbols = greatest.max(1).ilog2() + 2;
    let deserved = total.saturating_sub(1).max(1).ilog2().saturating_sub(2);
    deserved.max(least_for_total.min(least_for_symbols)).max(5).min(most_log)
}

/// Points with a fraction, to whole points.
fn rounded(exact: u64) -> i16 {
    let whole = exact >> FRACTION;
    let fraction = exact & ((1 << FRACTION) - 1);
    let limit = usize::try_from(whole).ok().and_then(|whole| ROUND_UP.get(whole));
    let up = u64::from(fraction >= limit.copied().unwrap_or(1 << (FRACTION - 1)));
    i16::try_from(whole + up).unwrap_or(i16::MAX).max(1)
}

/// Gives away the states that are left, or takes back those that are missing.
fn balance(points: &mut [i16; SYMBOLS], mut left: i32) {
    // Who has the most hardly feels it, unless that are too many.
    while left != 0 {
        let Some(most) = points.iter_mut().max() else { return };
        let change = left.max(-i32::from(*most / 4).max(1));
        *most = most.saturating_add(i16::try_from(change).unwrap_or(0));
        left -= change;
    }
}

/// `log − log₂(points)` in 256ths.
fn cost(points: u16, log: u32) -> u16 {
    let whole = u32::from(points).ilog2();
    let fraction = ((u32::from(points) << 16) >> whole) & 0xffff;
    // The logarithm between two powers of two lies above their connection by at most 0.0861, like
    // a parabola.
    let above = (fraction * ((1 << 16) - fraction)) >> 16;
    let logarithm = (whole << 8) + ((fraction + above * 11 / 32) >> 8);
    u16::try_from((log << 8).saturating_sub(logarithm)).unwrap_or(u16::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[u32]) -> Counts {
        let mut counts = Counts::new();
        counts.counts[..of.len()].copy_from_slice(of);
        counts
    }

    #[test]
    fn all_states_are_shared_out_and_nobody_goes_without() {
        let lone = |times: u32| [vec![1; 52], vec![times]].concat();
        let cases =
            [vec![1, 1], vec![43_690, 1], lone(1), lone(100), lone(43_000), (1..54).collect()];
        for of in cases {
            for most in [6, 8, 9] {
                let distribution = Distribution::of(&counts(&of), most);
                let sum: i16 = distribution.points.iter().sum();
                assert_eq!(sum, 1 << distribution.log, "{of:?}");
                for (points, count) in distribution.points.iter().zip(&of) {
                    assert_eq!(*points > 0, *count > 0, "{of:?}");
                }
                assert!((5..=most).contains(&distribution.log));
            }
        }
    }

    #[test]
    fn costs_are_those_of_the_logarithm() {
        for log in 5..=9 {
            for points in 1..1_u16 << log {
                let exact = f64::from(log) - f64::from(points).log2();
                let ours = f64::from(cost(points, log)) / 256.0;
                assert!((exact - ours).abs() < 0.02, "{points} of {log}: {ours}, {exact}");
            }
        }
    }

    #[test]
    fn one_symbol_is_told_from_more() {
        assert_eq!(counts(&[0, 0, 5]).only(), Some(2));
        assert_eq!(counts(&[0, 1, 5]).only(), None);
        assert_eq!(counts(&[]).only(), None);
    }
}
