//! Whatever happens in whatever order: nothing is lost, doubled or kept.

#![cfg(test)]
#![cfg(not(loom))]

mod world;

use std::collections::BTreeMap;

use klamm_batching::{Delivery, Job, News, Ready, Settings, Ticket, Why};
use klamm_records::{BatchView, Checksum, Codec, Decompressors, Stamp};
use proptest::prelude::*;
use world::{Failure, World, record, run, run_left, written};

#[derive(Debug, Clone)]
enum Step {
    Append { len: usize },
    Pull,
    RunOldest,
    RunNewest,
    Take,
    Settle(usize),
    Forget(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0_usize..400).prop_map(|len| Step::Append { len }),
        1 => (0_usize..5_000).prop_map(|len| Step::Append { len }),
        2 => Just(Step::Pull),
        2 => Just(Step::RunOldest),
        1 => Just(Step::RunNewest),
        2 => Just(Step::Take),
        2 => any::<usize>().prop_map(Step::Settle),
        1 => any::<usize>().prop_map(Step::Forget),
    ];
    prop::collection::vec(step, 1..200)
}

/// What the test knows, as the engine would.
struct Play {
    world: World,
    jobs: Vec<Job<Failure>>,
    ready: Vec<Ready>,
    deliveries: Vec<(Delivery<Failure>, u32)>,
    opened: u64,
    next_value: u32,
    /// The values that were read back, by the ticket of their batch.
    read: BTreeMap<u64, Vec<u32>>,
}

impl Play {
    fn new(codec: Codec) -> Self {
        let settings = Settings {
            batch_size: 1_000,
            memory: 16 << 10,
            compression: codec.into(),
            ..Settings::default()
        };
        let world = World::new(settings, 1);
        let (jobs, ready, deliveries) = (Vec::new(), Vec::new(), Vec::new());
        let (opened, next_value, read) = (0, 0, BTreeMap::new());
        Self { world, jobs, ready, deliveries, opened, next_value, read }
    }

    fn append(&mut self, len: usize) {
        let mut value = self.next_value.to_be_bytes().to_vec();
        value.resize(4 + len, 7);
        match self.world.topic.append(None, record(&value)) {
            Ok((delivery, job)) => {
                self.deliveries.push((delivery, self.next_value));
                self.jobs.extend(job);
                self.next_value += 1;
            }
            Err(refused) => assert!(matches!(refused.why, Why::NeedsMemory { .. })),
        }
        self.hear();
    }

    /// Tickets are opened one after the other, without a gap.
    fn hear(&mut self) {
        for (_, news) in self.world.news() {
            if let News::Opened { ticket, .. } = news {
                assert_eq!(ticket, Ticket(self.opened));
                self.opened += 1;
            }
        }
    }

    fn pull(&mut self) {
        let newest = Ticket(self.opened.saturating_sub(1));
        self.jobs.extend(self.world.slots[0].pull(newest));
    }

    fn take(&mut self) {
        self.hear();
        run_left(&self.world.slots[0]);
        let Some(ready) = self.world.slots[0].take_ready() else { return };
        assert_eq!(ready.ticket.0, self.read.len() as u64);
        let bytes = ready.encoded.as_ref().unwrap().stamp(Stamp::Plain).into_segments().concat();
        let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
        let mut decompressors = Decompressors::new();
        let records = batch.records(&mut decompressors, 1 << 20).unwrap();
        let number = |value: &[u8]| u32::from_be_bytes(*value.first_chunk().unwrap());
        let values = records.map(|record| number(record.unwrap().value.unwrap())).collect();
        self.read.insert(ready.ticket.0, values);
        self.ready.push(ready);
    }

    fn settle(&mut self, which: usize) {
        if self.ready.is_empty() {
            return;
        }
        let Ready { ticket, encoded, .. } = self.ready.swap_remove(which % self.ready.len());
        let records = &self.read[&ticket.0];
        let ended = self.world.slots[0].settle(ticket, written(i64::from(records[0])), encoded);
        assert_eq!(ended.map(|count| count as usize), Some(records.len()));
        assert_eq!(self.world.slots[0].settle(ticket, written(-9), None), None);
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Append { len } => self.append(len),
            Step::Pull => self.pull(),
            Step::RunOldest if !self.jobs.is_empty() => run(self.jobs.remove(0)),
            Step::RunNewest => self.jobs.pop().into_iter().for_each(run),
            Step::RunOldest => {}
            Step::Take => self.take(),
            Step::Settle(which) => self.settle(which),
            Step::Forget(which) if !self.deliveries.is_empty() => {
                let gone = self.deliveries.swap_remove(which % self.deliveries.len());
                drop(gone);
            }
            Step::Forget(_) => {}
        }
        let budget = self.world.accumulator.budget();
        assert!(budget.used() <= budget.limit());
    }

    /// Ends what is left.
    fn end(mut self) {
        self.pull();
        std::mem::take(&mut self.jobs).into_iter().for_each(run);
        (0..self.opened).for_each(|_| self.take());
        while !self.ready.is_empty() {
            self.settle(0);
        }
        let read: Vec<u32> = self.read.values().flatten().copied().collect();
        assert_eq!(read, (0..self.next_value).collect::<Vec<_>>());
        for (delivery, value) in &self.deliveries {
            assert_eq!(delivery.result().unwrap().unwrap().offset, Some(i64::from(*value)));
        }
        assert_eq!(self.world.accumulator.budget().held(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..<_>::default() })]

    #[test]
    fn every_record_is_in_one_batch_in_order_and_ends_once(steps in steps(), packed: bool) {
        let mut play = Play::new(if packed { Codec::Lz4 } else { Codec::None });
        steps.iter().for_each(|step| play.step(step));
        play.end();
    }
}
