//! Which partition a record goes to that names none.
//!
//! One file per algorithm. Java's default and round robin, librdkafka's seven, and whatever else
//! implements [`Partitioner`].

mod java;

use std::sync::atomic::{AtomicU64, Ordering};

use klamm_wire::PartitionIndex;

pub use java::JavaDefault;

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
