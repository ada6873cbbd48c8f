//! Percentiles beside those of the sorted values.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// The value at that rank, counted from 1.
fn exact(sorted: &[u64], share: f64) -> u64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0);
    let at = (1..=sorted.len()).find(|at| *at as f64 >= rank).unwrap_or(sorted.len());
    sorted[at - 1]
}

fn distribution(values: &[u64]) -> Distribution {
    let mut all = Distribution::default();
    values.iter().for_each(|value| all.record(*value));
    all
}

fn values() -> impl Strategy<Value = Vec<u64>> {
    let value = prop_oneof![
        0..200_u64,
        0..1_000_000_u64,
        (0..64_u32, any::<u64>()).prop_map(|(shift, value)| value >> shift),
    ];
    prop::collection::vec(value, 1..400)
}

proptest! {
    #[test]
    fn percentiles_are_within_two_percent(values in values(), share in 0.0..=1.0_f64) {
        let all = distribution(&values);
        let mut sorted = values;
        sorted.sort_unstable();
        for share in [share, 0.0, 0.5, 0.95, 0.99, 0.999, 1.0] {
            let (exact, got) = (exact(&sorted, share), all.quantile(share));
            prop_assert!(got.abs_diff(exact) as f64 <= exact as f64 * 0.02, "{exact} {got}");
        }
        prop_assert_eq!((all.min(), all.max()), (sorted[0], sorted[sorted.len() - 1]));
        prop_assert_eq!(all.count(), sorted.len() as u64);
    }

    #[test]
    fn a_part_holds_its_own_middle(value in any::<u64>()) {
        let part = part_of(value);
        prop_assert!(part < 1920);
        prop_assert_eq!(part_of(middle_of(part)), part);
    }
}

#[test]
fn parts_follow_one_another_without_a_gap() {
    let edges: Vec<u64> = (0..1920).map(middle_of).collect();
    assert!(edges.is_sorted());
    let mut last = 0;
    for value in 0..100_000 {
        let part = part_of(value);
        assert!(part == last || part == last + 1, "{value}");
        last = part;
    }
    assert_eq!(part_of(u64::MAX), 1919);
}

#[test]
fn small_values_are_exact() {
    let all = distribution(&(0..64).collect::<Vec<_>>());
    for rank in 1..=64_u64 {
        assert_eq!(all.quantile(rank as f64 / 64.0), rank - 1);
    }
}

#[test]
fn nothing_has_no_mean_and_odd_shares_do_no_harm() {
    let none = Distribution::default();
    assert_eq!((none.quantile(0.5), none.mean(), none.min(), none.max()), (0, None, 0, 0));
    let some = distribution(&[5, 7]);
    assert_eq!((some.quantile(-1.0), some.quantile(2.0)), (5, 7));
    assert_eq!((some.quantile(f64::NAN), some.quantile(f64::INFINITY)), (7, 7));
    assert_eq!(some.mean(), Some(6.0));
}

#[test]
fn times_are_kept_as_nanoseconds() {
    let mut all = Distribution::default();
    all.record_time(Duration::from_millis(3));
    assert_eq!(all.quantile_duration(0.5), Duration::from_millis(3));
    all.record_time(Duration::MAX);
    assert_eq!(all.max(), u64::MAX);
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut all = distribution(&[u64::MAX, 0, u64::MAX]);
    assert_eq!(all.counts.len(), 1920);
    assert_eq!(all.tally().sum, u64::MAX);
    all.record(u64::MAX);
    assert_eq!(all.counts.len(), 1920);
}
