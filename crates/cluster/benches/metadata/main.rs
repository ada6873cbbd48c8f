//! What the picture costs, beside the least that it could.
//!
//! To take an answer is compared to decoding it, to look a leader up to an index into a vector.
//! The goals are ratios, and so both sides take turns: whatever slows the machine down for a while
//! slows both.
//!
//! ```text
//! cargo bench -p klamm-cluster --bench metadata
//! ```
#![forbid(unsafe_code)]

mod ratio;
mod world;

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use klamm_cluster::metadata::{LeaderAt, TopicRef};
use klamm_protocol::metadata::MetadataResponse;
use klamm_wire::{NodeId, PartitionIndex};

use ratio::Ratio;
use world::{PARTITIONS, TOPICS, World};

/// What a thing may cost, in the times of what it is compared to.
const GOAL: f64 = 3.0;
/// Look-ups between two looks at the clock.
const LOOK_UPS: u32 = 100_000;

fn main() -> ExitCode {
    // Tests run benches as well, unoptimised; only a run for the figures has goals.
    if !std::env::args().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    let first = Ratio::of(3, || World::new(0).taken(), decoded);
    let mut same = World::new(0);
    same.taken();
    let same = Ratio::of(5, || same.taken(), decoded);
    let (mut moved, mut epoch) = (World::new(0), 0);
    moved.taken();
    let moved = Ratio::of(
        3,
        || {
            epoch += 1;
            moved.lead_all_anew(epoch);
            moved.taken()
        },
        decoded,
    );
    let look_up = look_ups();
    let all = [
        ("the first answer, in decodings of it", first),
        ("an answer that changes nothing, in decodings of it", same),
        ("an answer that changes everything, in decodings of it", moved),
        ("a look-up, in indices into a vector with an atomic load", look_up),
    ];
    println!("{TOPICS} topics of {PARTITIONS} partitions; the goal is {GOAL} at the most");
    for (what, ratio) in &all {
        println!("{what}: {ratio}");
    }
    let missed = all.iter().any(|(_, ratio)| ratio.median() > GOAL);
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// How long it takes to decode the answer.
fn decoded() -> Duration {
    thread_local! {
        static ANSWER: klamm_protocol::frame::ResponseFrame = world::answer(0);
    }
    ANSWER.with(|answer| {
        let start = Instant::now();
        let decoded = black_box(answer).decode::<MetadataResponse<'_>>();
        let elapsed = start.elapsed();
        assert!(black_box(decoded).is_ok());
        elapsed
    })
}

fn look_ups() -> Ratio {
    let mut world = World::new(0);
    world.taken();
    let topic = world.topics.get(TOPICS / 2).copied().unwrap_or(TopicRef(0));
    let generation = AtomicU64::new(7);
    let floor: Vec<Option<LeaderAt>> =
        vec![Some(LeaderAt { node: NodeId(1), epoch: 5 }); PARTITIONS];
    let numbers = u32::try_from(PARTITIONS).unwrap_or(1);
    let partition = |number: u32| number % numbers;
    Ratio::of(
        11,
        || {
            time(|number| {
                let at = PartitionIndex(partition(number).cast_signed());
                black_box(black_box(&world.metadata).leader(black_box(topic), black_box(at)));
            })
        },
        || {
            time(|number| {
                black_box(black_box(&generation).load(Ordering::Acquire));
                let at = black_box(partition(number)) as usize;
                black_box(black_box(&floor).get(at).copied());
            })
        },
    )
}

fn time(mut operation: impl FnMut(u32)) -> Duration {
    let start = Instant::now();
    (0..LOOK_UPS).for_each(&mut operation);
    start.elapsed()
}
