//! What a batch costs, alone and beside a call that does nothing.
//!
//! Criterion measures and remembers both. The goal is a ratio, and so it is taken from turns that
//! alternate: whatever slows the machine down for a while slows both sides.
//!
//! ```text
//! cargo bench -p klamm-idempotence --bench machine
//! ```
#![forbid(unsafe_code)]

mod ratio;
mod steady;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use criterion::Criterion;
use klamm_idempotence::Mode;

use ratio::Ratio;
use steady::Steady;

/// What a batch may cost, in empty calls through the same doors.
const GOAL: f64 = 40.0;

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
    let ratio = Ratio::of(
        |steady| assert!(black_box(steady.one_batch()).is_some()),
        |steady| assert!(black_box(steady.nothing())),
    );
    println!("a batch in empty calls: {ratio}, the goal is {GOAL} at the most");
    if ratio.median() > GOAL { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn times(criterion: &mut Criterion) {
    let mut steady = Steady::new(Mode::Idempotent, 1);
    criterion.bench_function("one batch sent and acknowledged", |bencher| {
        bencher.iter(|| steady.one_batch());
    });
    let mut steady = Steady::new(Mode::Idempotent, 1);
    criterion.bench_function("an empty call through the same doors", |bencher| {
        bencher.iter(|| steady.nothing());
    });
    let mut steady = Steady::new(Mode::Idempotent, 100);
    criterion.bench_function("a batch to each of 100 partitions", |bencher| {
        bencher.iter(|| steady.all_at_once());
    });
}
