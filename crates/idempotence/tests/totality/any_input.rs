//! Whatever is said in whatever order, the machine keeps its promises.

use std::time::Duration;

use klamm_idempotence::{Acks, Input, Mode, Send, Settings};
use proptest::prelude::*;

use crate::driver::Driver;
use crate::inputs::{END, Step, What, When, steps};

pub(crate) const MODES: [Mode; 4] =
    [Mode::Plain(Acks::None), Mode::Plain(Acks::Leader), Mode::Idempotent, Mode::Transactional];

pub(crate) fn run(settings: Settings, steps: &[Step]) -> Driver {
    let mut driver = Driver::new(settings);
    for Step { when, what } in steps {
        match *when {
            When::After(millis) => driver.pass(Duration::from_millis(millis)),
            When::At(time) => driver.time = time,
        }
        step(&mut driver, what);
    }
    driver
}

fn step(driver: &mut Driver, what: &What) {
    match what.clone() {
        What::Any(input) => driver.feed(input),
        What::Work { part, seconds, records } => driver.work(part, seconds, records),
        What::Reply { back, answer } => driver.answer_sent(back, |sent| {
            let Send { attempt, part, .. } = sent;
            Input::Answer { attempt, part, answer }
        }),
        What::Lose { back, wrote_full_frame } => {
            driver.answer_sent(back, |sent| Input::AttemptLost {
                attempt: sent.attempt,
                wrote_full_frame,
            });
        }
        What::Written { back } => {
            driver.answer_sent(back, |sent| Input::Flushed { attempt: sent.attempt });
        }
        What::Control { code } => driver.answer_control(code),
        What::Halve { first } => driver.halve(first),
    }
}

/// As many runs as the environment wants; a failure is shown with its inputs, and kept nowhere.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    //= type=test I9 I11 I12
    #[test]
    fn every_input_is_handled_in_every_state(steps in steps(), seed in 0..3u64, limit in 0..3i16) {
        for mode in MODES {
            let settings = Settings { seed, epoch_limit: limit, ..Settings::new(mode) };
            run(settings, &steps).finish(END);
        }
    }

    //= type=test I20
    #[test]
    fn the_same_inputs_give_the_same_outputs(steps in steps(), seed in 0..3u64) {
        for mode in MODES {
            let settings = Settings { seed, ..Settings::new(mode) };
            let (one, other) = (run(settings.clone(), &steps), run(settings, &steps));
            prop_assert!(one.machine == other.machine);
            prop_assert_eq!(one.outputs, other.outputs);
        }
    }
}
