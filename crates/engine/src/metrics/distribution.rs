//! Many values in little memory: how often which came, within two percent.
//!
//! Values below 64 are counted each by itself. Above, every power of two is cut into 32 equal
//! parts, and a value stands for the middle of its part: at most 1/64 away from what it was. There
//! are 1920 parts in all, of which only those up to the largest value take memory: 8 KiB for
//! latencies up to two minutes, in nanoseconds.

use std::time::Duration;

#[cfg(test)]
mod tests;

/// As many parts as a power of two is cut into.
const PARTS: u64 = 1 << PARTS_LOG2;
const PARTS_LOG2: u32 = 5;
/// Values below it are counted each by itself.
const EXACT: u64 = 2 * PARTS;

/// Values and how often they came: percentiles within two percent, the rest exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    tally: Tally,
    /// Only meaningful if there are values.
    min: u64,
    /// How many values fell into each part, up to the last one that has any.
    counts: Vec<u64>,
}

/// How many values, their sum, and the largest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// All together.
    pub sum: u64,
    /// The largest; 0 if there are none.
    pub max: u64,
}

impl Distribution {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.min = if self.tally.count == 0 { value } else { self.min.min(value) };
        self.tally.record(value);
        let part = part_of(value);
        if self.counts.len() <= part {
            self.counts.resize(part.saturating_add(1), 0);
        }
        if let Some(count) = self.counts.get_mut(part) {
            *count = count.saturating_add(1);
        }
    }

    /// Counts a time, in nanoseconds.
    pub(crate) fn record_time(&mut self, time: Duration) {
        self.record(nanos(time));
    }

    /// How many values, their sum, and the largest.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.tally.count
    }

    /// The smallest value; 0 if there are none.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The largest value; 0 if there are none.
    pub fn max(&self) -> u64 {
        self.tally.max
    }

    /// All values together, divided by their number; nothing if there are none.
    pub fn mean(&self) -> Option<f64> {
        self.tally.mean()
    }

    /// The value that this share of them, 0 to 1, does not exceed; 0 if there are none. The
    /// smallest and the largest are exact.
    pub fn quantile(&self, share: f64) -> u64 {
        let wanted = share * self.tally.count as f64;
        if wanted <= 1.0 {
            return self.min;
        }
        if wanted > self.tally.count.saturating_sub(1) as f64 {
            return self.tally.max;
        }
        let mut seen = 0_u64;
        let reaches = |count: &u64| {
            seen = seen.saturating_add(*count);
            seen as f64 >= wanted
        };
        let part = self.counts.iter().position(reaches);
        part.map_or(self.tally.max, |part| middle_of(part).clamp(self.min, self.tally.max))
    }

    /// The same as a duration, for those that are in nanoseconds.
    pub fn quantile_duration(&self, share: f64) -> Duration {
        Duration::from_nanos(self.quantile(share))
    }
}

impl Tally {
    /// Counts a value.
    pub fn record(&mut self, value: u64) {
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(value);
        self.max = self.max.max(value);
    }

    /// Counts a time, in nanoseconds.
    pub fn record_time(&mut self, time: Duration) {
        self.record(nanos(time));
    }

    /// All values together, divided by their number; nothing if there are none.
    pub fn mean(&self) -> Option<f64> {
        ratio(self.sum, self.count)
    }
}

/// One divided by the other; nothing if that is by nothing.
pub(super) fn ratio(a: u64, b: u64) -> Option<f64> {
    (b != 0).then(|| a as f64 / b as f64)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The part that a value falls into.
fn part_of(value: u64) -> usize {
    let shift = value.max(1).ilog2().saturating_sub(PARTS_LOG2);
    // Below `EXACT` the shift is 0, or the value is; above, the top six bits stay, 32 to 63.
    let part = u64::from(shift).saturating_mul(PARTS).saturating_add(value >> shift);
    usize::try_from(part).unwrap_or(usize::MAX)
}

/// The middle of a part: what all of its values are taken for.
fn middle_of(part: usize) -> u64 {
    let part = part as u64;
    if part < EXACT {
        return part;
    }
    let shift = (part / PARTS).saturating_sub(1);
    let top = part.saturating_sub(shift.saturating_mul(PARTS));
    let low = top << shift;
    low.saturating_add(1 << shift.saturating_sub(1))
}
