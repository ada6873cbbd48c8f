//! Any input at any time, to a machine of any mode.

use std::time::Duration;

use klamm_wire::Time;

use super::bytes::Bytes;
use super::inputs::Inputs;
use super::watch::Watch;
use crate::core::Machine;
use crate::input::{Ask, Input};
use crate::names::CallId;
use crate::settings::{Acks, Mode, Settings, Window};

const MODES: [Mode; 4] =
    [Mode::Idempotent, Mode::Transactional, Mode::Plain(Acks::Leader), Mode::Plain(Acks::None)];
/// Longer than any wait.
const AFTER_ALL: Duration = Duration::from_secs(1 << 32);
/// The call that ends every run.
const LAST: CallId = CallId(u64::MAX);

/// Plays the inputs twice, to two machines that must not differ, and closes them.
pub(super) fn nonsense(bytes: &mut Bytes<'_>) {
    let mut pair = Pair::of(settings(bytes));
    let mut inputs = Inputs::default();
    while !bytes.is_empty() {
        let wait = bytes.wait();
        pair.now = pair.now.saturating_add(wait);
        let input = inputs.next(pair.now, bytes);
        pair.play(&input, &mut inputs);
    }
    let close = Input::Call { call: LAST, deadline: pair.now, ask: Ask::Close };
    pair.play(&close, &mut inputs);
    pair.now = pair.now.saturating_add(AFTER_ALL);
    pair.play(&Input::Tick, &mut inputs);
    pair.watch.ended();
}

fn settings(bytes: &mut Bytes<'_>) -> Settings {
    let mode = bytes.choice(&MODES).unwrap_or(Mode::Idempotent);
    let mut settings = Settings::new(mode);
    settings.window = Window::new(bytes.up_to(4).saturating_add(1)).unwrap_or(Window::LARGEST);
    settings.follow_recreated = bytes.seldom(2);
    if bytes.seldom(2) {
        (settings.epoch_limit, settings.first_position) = (2, (1 << 31) - 3);
    }
    settings
}

/// Two machines that are told the same.
struct Pair {
    now: Time,
    machines: [Machine; 2],
    watch: Watch,
}

impl Pair {
    fn of(settings: Settings) -> Self {
        let machine = Machine::new(settings);
        let machines = [machine.clone(), machine];
        Self { now: Time(0), machines, watch: Watch::default() }
    }

    fn play(&mut self, input: &Input, inputs: &mut Inputs) {
        self.watch.told(input);
        let [first, second] = &mut self.machines;
        first.handle(self.now, input.clone());
        second.handle(self.now, input.clone());
        while let Some(output) = first.poll() {
            assert_eq!(Some(&output), second.poll().as_ref(), "I20 the same twice");
            self.watch.heard(&output);
            inputs.remember(output);
        }
        assert_eq!(first, second, "I20 the same twice");
        self.watch.check_count();
        let woken = first.next_wake().is_some_and(|wake| wake <= self.now);
        assert!(!(woken && *input == Input::Tick), "I13 a wake that has come is over");
    }
}
