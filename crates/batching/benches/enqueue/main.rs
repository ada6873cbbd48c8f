//! What it costs to hand a record in, beside the floor: writing it into a batch and nothing else.
//!
//! Criterion measures and remembers both. The goal is a ratio, and so it is taken from turns that
//! alternate: whatever slows the machine down for a while slows both sides. The engine's part
//! (taking batches, their checksums, their ends) runs between the turns and is not in the figures.
//!
//! ```text
//! cargo bench -p klamm-batching --bench enqueue
//! ```
#![forbid(unsafe_code)]

mod steady;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use criterion::Criterion;
use klamm_records::{BufferPool, OpenBatch};
use klamm_wire::WallMillis;

use steady::Steady;

/// How many records are written at once.
const RECORDS: u32 = 1_000;
/// How large a batch becomes: about as many records as that.
const BATCH: usize = 128 << 10;
/// How often each side has its turn.
const TURNS: usize = 501;
/// What a record should cost, in records of the floor.
const GOAL: f64 = 5.0;
/// What it may cost at the most.
const MOST: f64 = 8.0;

fn main() -> ExitCode {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    times(&mut criterion);
    criterion.final_summary();
    // Tests run benches as well, unoptimised; only a run for the figures has a goal.
    if !std::env::args().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    let [low, median, high] = ratios();
    println!(
        "a record with its delivery, in records that are only written: {median:.2} \
         ({low:.2} to {high:.2}), the goal is {GOAL}, {MOST} at the most"
    );
    if median > MOST { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn times(criterion: &mut Criterion) {
    let pool = BufferPool::new(1 << 20);
    criterion.bench_function("a record only written", |bencher| {
        bencher.iter_custom(|times| each(times, || floor(&pool)));
    });
    let mut steady = Steady::new(BATCH);
    criterion.bench_function("a record with its delivery", |bencher| {
        bencher.iter_custom(|times| each(times, || whole(&mut steady)));
    });
}

/// What so many records take, if `run` tells what [`RECORDS`] take.
fn each(times: u64, mut run: impl FnMut() -> Duration) -> Duration {
    let turns = times.div_ceil(u64::from(RECORDS));
    let total: Duration = (0..turns).map(|_| run()).sum();
    let part = times as f64 / (turns * u64::from(RECORDS)) as f64;
    total.mul_f64(part)
}

/// The floor.
fn floor(pool: &BufferPool) -> Duration {
    let mut batch = OpenBatch::new(pool.take(BATCH), BATCH);
    let value = black_box([7_u8; 100]);
    let began = Instant::now();
    for _ in 0..RECORDS {
        let done = batch.append(WallMillis(1_700_000_000_000), None, Some(&value), &[]);
        assert!(black_box(done).is_ok());
    }
    began.elapsed()
}

/// The whole way on the caller's thread; deliveries are dropped at once.
fn whole(steady: &mut Steady) -> Duration {
    let value = black_box([7_u8; 100]);
    let began = Instant::now();
    for _ in 0..RECORDS {
        assert!(black_box(steady.append(&value)).is_some());
    }
    let taken = began.elapsed();
    steady.settle();
    taken
}

/// The first decile, the median and the ninth of the ratios.
fn ratios() -> [f64; 3] {
    let pool = BufferPool::new(1 << 20);
    let mut steady = Steady::new(BATCH);
    let mut one = || whole(&mut steady).as_secs_f64() / floor(&pool).as_secs_f64();
    let mut ratios: Vec<f64> = (0..TURNS).map(|_| one()).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |tenth: usize| ratios.get(TURNS * tenth / 10).copied().unwrap_or(f64::NAN);
    [at(1), at(5), at(9)]
}
