//! What holds for every key, every seed and every number of partitions.

use klamm_batching::partitioner::{
    Choice, Draws, JavaDefault, Keyless, Murmur2Random, RoundRobin, by_name, by_name_with,
};
use proptest::prelude::*;

use crate::{Led, choose, number};

const NAMES: [&str; 9] = [
    "default",
    "round_robin",
    "random",
    "consistent",
    "consistent_random",
    "murmur2",
    "murmur2_random",
    "fnv1a",
    "fnv1a_random",
];

fn some_key() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop::option::of(prop::collection::vec(any::<u8>(), 0..80))
}

fn some_partitions() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(any::<bool>(), 1..50)
}

proptest! {
    #[test]
    fn a_choice_is_a_partition_that_exists(
        key in some_key(), led in some_partitions(), seed in any::<u64>(),
    ) {
        let (partitions, draws) = (Led(led), Draws::new(seed));
        for name in NAMES {
            let partitioner = by_name_with(name, Keyless::Drawn).unwrap();
            let chosen = choose(&*partitioner, &partitions, &draws, key.as_deref());
            let is_inside = number(chosen).is_none_or(|chosen| {
                usize::try_from(chosen).unwrap() < partitions.0.len()
            });
            prop_assert!(is_inside, "{name}: {chosen:?}");
        }
    }

    #[test]
    fn only_records_without_a_key_stick(key in some_key(), count in 1_u32..50) {
        let (partitions, draws) = (Led::all(count), Draws::new(1));
        for name in NAMES {
            let partitioner = by_name(name).unwrap();
            let chosen = choose(&*partitioner, &partitions, &draws, key.as_deref());
            let may_stick = match name {
                "default" | "random" | "murmur2_random" | "fnv1a_random" => key.is_none(),
                "consistent_random" => key.as_ref().is_none_or(Vec::is_empty),
                _ => false,
            };
            prop_assert_eq!(chosen == Choice::Sticky, may_stick, "{}", name);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_partitions(seed in any::<u64>(), led in some_partitions()) {
        let partitions = Led(led);
        let drawn = |draws: Draws| {
            let partitioner = by_name_with("random", Keyless::Drawn).unwrap();
            let one = || number(choose(&*partitioner, &partitions, &draws, None));
            std::iter::repeat_with(one).take(30).collect::<Vec<_>>()
        };
        prop_assert_eq!(drawn(Draws::new(seed)), drawn(Draws::new(seed)));
    }

    #[test]
    fn round_robin_gives_each_available_partition_its_turn(led in some_partitions()) {
        let (partitions, draws) = (Led(led.clone()), Draws::new(1));
        let mut expected: Vec<bool> = led.clone();
        if !led.contains(&true) {
            expected.fill(true);
        }
        let available = expected.iter().filter(|is| **is).count();
        let mut turns = vec![0; led.len()];
        for _ in 0..available * 3 {
            let chosen = number(choose(&RoundRobin, &partitions, &draws, None)).unwrap();
            turns[usize::try_from(chosen).unwrap()] += 1;
        }
        let even: Vec<u32> = expected.iter().map(|is| if *is { 3 } else { 0 }).collect();
        prop_assert_eq!(turns, even);
    }

    #[test]
    fn keys_that_are_ignored_stick_like_none(key in some_key(), count in 1_u32..50) {
        let partitioner = JavaDefault { ignore_keys: true };
        let chosen = choose(&partitioner, &Led::all(count), &Draws::new(1), key.as_deref());
        prop_assert_eq!(chosen, Choice::Sticky);
    }
}

#[test]
fn an_unled_partition_is_drawn_a_quarter_of_the_time_where_half_are_led() {
    let (partitions, draws) = (Led(vec![true, false]), Draws::new(11));
    let partitioner = Murmur2Random { keyless: Keyless::Drawn };
    let one = || number(choose(&partitioner, &partitions, &draws, None));
    let unled = std::iter::repeat_with(one).take(4000).filter(|drawn| *drawn == Some(1)).count();
    assert!((850..1150).contains(&unled), "{unled} of 4000");
}

#[test]
fn draws_spread_over_all_partitions() {
    let (partitions, draws) = (Led::all(10), Draws::new(11));
    let partitioner = by_name_with("random", Keyless::Drawn).unwrap();
    let mut counts = [0; 10];
    for _ in 0..10_000 {
        let drawn = number(choose(&*partitioner, &partitions, &draws, None)).unwrap();
        counts[usize::try_from(drawn).unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
}

#[test]
fn every_partitioner_answers_to_its_name() {
    for name in NAMES {
        assert_eq!(by_name(name).unwrap().name(), name);
    }
    assert!(by_name("org.apache.kafka.clients.producer.RoundRobinPartitioner").is_none());
}

#[test]
fn one_key_goes_elsewhere_under_each_hash() {
    let (partitions, draws) = (Led::all(1000), Draws::new(1));
    let chosen = |name: &str, key: &[u8]| {
        number(choose(&*by_name(name).unwrap(), &partitions, &draws, Some(key))).unwrap()
    };
    let of_a = NAMES.map(|name| if name == "random" { 0 } else { chosen(name, b"a") });
    assert_eq!(of_a, [524, 0, 0, 907, 907, 524, 524, 76, 76]);
    // The hash of this one is the least signed number, whose sign cannot be turned.
    assert_eq!(chosen("fnv1a", b"2304669687"), 648);
}
