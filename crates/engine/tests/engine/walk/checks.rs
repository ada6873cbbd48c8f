//! What must be true of every schedule.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_engine::idempotence::{Acks, Fate, Mode, Reason};
use klamm_wire::NodeId;

use super::{PARTITIONS, Sent, Walk};

/// Nothing takes longer once everything works: a few time-outs in a row.
const PATIENCE: Duration = Duration::from_secs(300);

impl Walk {
    /// Nobody waits longer than was promised.
    pub(super) fn check_deadlines(&self) {
        let now = self.world.now.mono;
        for Sent { value, since, delivery, .. } in &self.sent {
            let is_late = since.saturating_add(self.timeout) < now;
            assert!(
                !is_late || delivery.result().is_some(),
                "seed {}: {} is late at {now:?}",
                self.seed,
                String::from_utf8_lossy(value),
            );
        }
    }

    /// From here on everything works.
    pub(super) fn heal(&mut self) {
        self.world.away.clear();
        self.world.cut_after = None;
        for node in 1..=3 {
            self.world.brokers.thaw(self.world.now, NodeId(node));
        }
        self.world.holds_jobs = false;
        for _ in 0..PARTITIONS * 2 {
            self.append();
        }
    }

    pub(super) fn finish(&mut self) {
        let seconds = PATIENCE.as_secs();
        let is_open = |sent: &Sent| sent.delivery.result().is_none();
        for _ in 0..seconds {
            if !self.sent.iter().any(is_open) {
                break;
            }
            self.world.pass(Duration::from_secs(1));
        }
        let open = self.sent.iter().filter(|sent| is_open(sent)).count();
        assert_eq!(open, 0, "seed {}: stuck, {:?} {:?}", self.seed, self.mode, self.timeout);
        // What was kept for somebody who may come back.
        self.world.pass(Duration::from_secs(100));
    }

    /// The log has what was promised, and memory is given back.
    pub(super) fn check(mut self) {
        for partition in 0..i32::try_from(PARTITIONS).unwrap() {
            self.check_log(partition);
        }
        let open = self.world.engine.metrics();
        self.sent.clear();
        let budget = self.world.accumulator.budget();
        assert_eq!((budget.held(), budget.waiting()), (0, 0), "seed {}: {open:?}", self.seed);
    }

    fn check_log(&self, partition: i32) {
        let log = self.world.log("orders", partition);
        let mut places: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
        for (at, value) in log.iter().enumerate() {
            places.entry(value).or_default().push(at);
        }
        let mut last = None;
        for sent in self.sent.iter().filter(|sent| sent.partition == partition) {
            let found = places.get(&sent.value[..]).map_or(&[][..], |found| found);
            self.check_one(sent, found);
            if self.mode == Mode::Idempotent && !found.is_empty() {
                assert!(last < Some(found[0]), "seed {}: out of order", self.seed);
                last = Some(found[0]);
            }
        }
    }

    fn check_one(&self, sent: &Sent, found: &[usize]) {
        let name = String::from_utf8_lossy(&sent.value[..6]);
        let shown = format!("seed {} {:?}: {name} {:?}", self.seed, self.mode, found);
        let result = sent.delivery.result().unwrap();
        match result {
            Ok(receipt) if self.mode == Mode::Plain(Acks::None) => {
                assert_eq!(receipt.offset, None, "{shown}");
            }
            // What only a leader had is gone with it.
            Ok(_) if self.mode == Mode::Plain(Acks::Leader) => {}
            Ok(receipt) => {
                let offset = usize::try_from(receipt.offset.unwrap()).unwrap();
                assert!(found.contains(&offset), "{shown} acknowledged at {offset}");
            }
            Err(failure) => {
                let is_unwritten = failure.fate == Fate::NotWritten;
                assert!(!is_unwritten || found.is_empty(), "{shown} {failure:?}");
                let is_late = failure.reason == Reason::DeadlinePassed;
                let has_time = self.timeout > PATIENCE * 4;
                assert!(!(is_late && has_time), "{shown} {failure:?}");
            }
        }
        assert!(self.mode != Mode::Idempotent || found.len() < 2, "{shown}");
    }
}
