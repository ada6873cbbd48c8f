//! Schedules that nobody thought of: records and mishaps in any order, drawn from a seed.

mod checks;
mod draws;

use std::sync::Arc;
use std::time::Duration;

use klamm_batching::Permit;
use klamm_batching::slot::Why;
use klamm_engine::idempotence::{Acks, Mode, Window};
use klamm_engine::{Call, Delivery, Topic};
use klamm_records::Codec;
use klamm_wire::{NodeId, Time};

use super::world::{Plan, World};
use draws::Draws;

/// How many schedules there are, and how long each is.
/// `KLAMM_SEEDS` names another number.
const SEEDS: u64 = 60;
const STEPS: u64 = 60;

const MODES: [Mode; 3] = [Mode::Idempotent, Mode::Plain(Acks::Leader), Mode::Plain(Acks::None)];
const CODECS: [Codec; 3] = [Codec::None, Codec::None, Codec::Lz4];
const PARTITIONS: u64 = 3;

/// A record that was taken in.
struct Sent {
    partition: i32,
    value: Vec<u8>,
    since: Time,
    delivery: Delivery,
}

/// One schedule.
struct Walk {
    seed: u64,
    draws: Draws,
    mode: Mode,
    world: World,
    topic: Arc<Topic>,
    sent: Vec<Sent>,
    timeout: Duration,
    numbers: u64,
}

#[test]
fn nothing_is_lost_doubled_or_stuck_whatever_happens() {
    let seeds = std::env::var("KLAMM_SEEDS").ok().and_then(|seeds| seeds.parse().ok());
    for seed in 0..seeds.unwrap_or(SEEDS) {
        let mut walk = Walk::new(seed);
        for _ in 0..STEPS {
            walk.step();
            walk.check_deadlines();
        }
        walk.heal();
        walk.finish();
        walk.check();
    }
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut draws = Draws::new(seed);
        let mode = draws.pick(&MODES);
        let mut plan = Plan::of(mode);
        plan.batching.batch_size = draws.pick(&[200, 1_000, 16_384, 100_000]);
        plan.batching.linger = Duration::from_millis(draws.pick(&[0, 5, 1_000]));
        plan.batching.memory = draws.pick(&[16 << 10, 64 << 10, 32 << 20]);
        plan.batching.compression = draws.pick(&CODECS).into();
        plan.batching.seed = seed;
        plan.engine.machine.seed = seed;
        plan.engine.machine.window = Window::new(draws.pick(&[1, 2, 5])).unwrap();
        plan.engine.max_request = draws.pick(&[1_000, 20_000, 1 << 20]);
        let timeout = Duration::from_secs(draws.pick(&[40, 7_200]));
        plan.batching.delivery_timeout = timeout;
        let mut world = World::with(plan);
        let topic = world.topic("orders", i32::try_from(PARTITIONS).unwrap());
        Self { seed, draws, mode, world, topic, sent: Vec::new(), timeout, numbers: 0 }
    }

    /// A record, a mishap, or time.
    fn step(&mut self) {
        let node = i32::try_from(self.draws.below(3)).unwrap() + 1;
        let what = self.draws.below(24);
        match what {
            0 => drop(self.world.brokers.move_leaders(self.world.now)),
            1 => self.world.cut_all_to(node),
            2 => self.world.cut_after = usize::try_from(self.draws.below(3_000) + 1).ok(),
            3 => {
                self.world.away.insert(NodeId(node));
                self.world.cut_all_to(node);
            }
            4 => self.world.away.clear(),
            5 => self.world.brokers.freeze(self.world.now, NodeId(node)),
            6 => self.world.brokers.thaw(self.world.now, NodeId(node)),
            7 => self.world.holds_jobs ^= true,
            8 => drop(self.world.begin(Call::Flush, Duration::from_secs(60))),
            9..=12 => self.pass(),
            13 => self.world.settle(),
            14..=16 => {
                for _ in 0..self.draws.below(60) {
                    self.append();
                }
            }
            _ => self.append(),
        }
    }

    fn pass(&mut self) {
        let most = self.draws.pick(&[1_u64, 10, 300, 5_000, 40_000]);
        self.world.pass(Duration::from_millis(self.draws.below(most) + 1));
    }

    fn append(&mut self) {
        let partition = i32::try_from(self.draws.below(PARTITIONS)).unwrap();
        let len = self.draws.pick(&[0, 1, 40, 300, 5_000]);
        let mut value = format!("{:06}", self.numbers).into_bytes();
        value.resize(6 + len, b'.');
        self.numbers += 1;
        if let Some(delivery) = self.take_in(partition, &value) {
            let since = self.world.now.mono;
            self.sent.push(Sent { partition, value, since, delivery });
        }
    }

    /// Gives up where memory does not come soon.
    fn take_in(&mut self, partition: i32, value: &[u8]) -> Option<Delivery> {
        let mut permit: Option<Permit> = None;
        for _ in 0..3 {
            match self.world.append_with(&self.topic, (Some(partition), value), None, permit) {
                Ok(delivery) => return Some(delivery),
                Err(Why::NeedsMemory { bytes }) => {
                    permit = Some(self.world.memory_within(bytes, Duration::from_secs(2))?);
                }
                Err(why) => panic!("seed {}: {why:?}", self.seed),
            }
        }
        None
    }
}
