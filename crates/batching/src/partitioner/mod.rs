//! Which partition a record goes to that names none.
//!
//! Java's default and round robin, librdkafka's seven, and whatever else implements
//! [`Partitioner`]. Records with equal keys meet in one partition only under one algorithm: who
//! changes it, or writes to a topic with two clients, must know which one the others use.
//!
//! | Name | Type | Hash | No key | Empty key |
//! |---|---|---|---|---|
//! | `default` | [`JavaDefault`] | murmur2, sign cut off | sticky | hashed |
//! | `default`, ignoring keys | [`JavaDefault`] | – | sticky | sticky, as any other |
//! | `round_robin` | [`RoundRobin`] | – | next in turn | next in turn, as any other |
//! | `random` | [`Random`] | – | sticky or drawn | drawn, as any other |
//! | `consistent` | [`Consistent`] | CRC-32 | partition 0 | partition 0 |
//! | `consistent_random` | [`ConsistentRandom`] | CRC-32 | sticky or drawn | sticky or drawn |
//! | `murmur2` | [`Murmur2`] | as `default` | as the empty key | hashed |
//! | `murmur2_random` | [`Murmur2Random`] | as `default` | sticky or drawn | hashed |
//! | `fnv1a` | [`Fnv1a`] | FNV-1a, absolute value | as the empty key | hashed |
//! | `fnv1a_random` | [`Fnv1aRandom`] | FNV-1a, absolute value | sticky or drawn | hashed |
//!
//! "Sticky or drawn" is [`Keyless`]. A partition that is drawn and that nobody leads is drawn once
//! more, and then taken as it is; hashes do not ask who leads.

mod crc32;
mod fnv1a;
mod java;
mod keyless;
mod murmur2;
mod random;
mod round_robin;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use klamm_wire::PartitionIndex;

pub use crc32::{Consistent, ConsistentRandom};
pub use fnv1a::{Fnv1a, Fnv1aRandom};
pub use java::JavaDefault;
pub use keyless::Keyless;
pub use murmur2::{Murmur2, Murmur2Random};
pub use random::Random;
pub use round_robin::RoundRobin;

/// The partitioner of that name, as the table above has them; sticky where that is a choice.
#[must_use]
pub fn by_name(name: &str) -> Option<Arc<dyn Partitioner>> {
    by_name_with(name, Keyless::Sticky)
}

/// The partitioner of that name, with an opinion on records without a key for those that leave it
/// open.
#[must_use]
pub fn by_name_with(name: &str, keyless: Keyless) -> Option<Arc<dyn Partitioner>> {
    Some(match name {
        "default" => Arc::new(JavaDefault::default()),
        "round_robin" => Arc::new(RoundRobin),
        "random" => Arc::new(Random { keyless }),
        "consistent" => Arc::new(Consistent),
        "consistent_random" => Arc::new(ConsistentRandom { keyless }),
        "murmur2" => Arc::new(Murmur2),
        "murmur2_random" => Arc::new(Murmur2Random { keyless }),
        "fnv1a" => Arc::new(Fnv1a),
        "fnv1a_random" => Arc::new(Fnv1aRandom { keyless }),
        _ => return None,
    })
}

/// What a partitioner is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The record's key.
    pub key: Option<&'a [u8]>,
    /// The record's value.
    pub value: Option<&'a [u8]>,
    /// What is known of the topic's partitions; there is at least one.
    pub partitions: &'a dyn Partitions,
    /// What the topic's choices are drawn from.
    pub draws: &'a Draws,
}

/// What is known of a topic's partitions.
pub trait Partitions: Sync {
    /// How many there are; never 0.
    fn count(&self) -> u32;

    /// Whether somebody leads it, as far as anybody knows.
    fn is_available(&self, partition: u32) -> bool;

    /// How many of them somebody leads. Worth a field where it is known: round robin asks for each
    /// record.
    fn available(&self) -> u32 {
        let available = (0..self.count()).filter(|partition| self.is_available(*partition));
        u32::try_from(available.count()).unwrap_or(u32::MAX)
    }
}

impl std::fmt::Debug for dyn Partitions + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} partitions", self.count())
    }
}

/// What a partitioner answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// This one. One that does not exist is an error of the partitioner, which its caller is told.
    Partition(PartitionIndex),
    /// Whichever the topic sticks to at the moment, which changes when it had a batch's worth.
    Sticky,
}

impl Choice {
    /// The partition with that number.
    #[must_use]
    pub const fn partition(number: i32) -> Self {
        Self::Partition(PartitionIndex(number))
    }
}

/// Chooses partitions. It is asked on the thread that hands a record in, once per record that names
/// no partition, and must not block.
pub trait Partitioner: Send + Sync {
    /// What it is called, for those who read settings.
    fn name(&self) -> &str;

    /// Where a record goes.
    fn choose(&self, question: &Question<'_>) -> Choice;
}

/// Chance and turns for the partitioners of one topic, from a seed.
#[derive(Debug, Default)]
pub struct Draws {
    chance: AtomicU64,
    turns: AtomicU64,
}

impl Draws {
    /// From that seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { chance: AtomicU64::new(seed), turns: AtomicU64::new(0) }
    }

    /// A number of chance.
    pub fn draw(&self) -> u64 {
        // Steele, Lea and Flood's SplitMix64: a counter, and a mixer of its values.
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut mixed = self.chance.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0, 1, 2 and so on.
    pub fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed)
    }
}

/// The partition that a hash means, which depends on nothing but their number.
fn choice(hash: u32, partitions: &dyn Partitions) -> Choice {
    let partition = hash.checked_rem(partitions.count()).unwrap_or_default();
    Choice::Partition(PartitionIndex(i32::try_from(partition).unwrap_or_default()))
}
