//! The threads that send.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use klamm::{Error, Record, Topic, TryEnqueue, blocking};

use super::ledger::Ledger;
use super::options::Load;
use super::schedule::Schedule;

/// So long before a due time a thread stops sleeping and looks at the clock: nobody is woken more
/// exactly than that.
const EARLY: Duration = Duration::from_micros(120);
/// The longest sleep, so that the end is heard of.
const NAP: Duration = Duration::from_millis(50);

/// What every thread needs.
pub(super) struct Drive {
    pub(super) producer: blocking::Producer,
    pub(super) topic: Topic,
    pub(super) values: Vec<Vec<u8>>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) load: Load,
    pub(super) stop: AtomicBool,
    pub(super) sent: AtomicU64,
    /// Bytes of values that were handed over.
    pub(super) bytes: AtomicU64,
    /// Records that were not taken in.
    pub(super) refused: AtomicU64,
}

/// What one thread has done.
#[derive(Default)]
struct Done {
    sent: u64,
    bytes: u64,
    refused: u64,
}

impl Drive {
    /// Sends so many records on all threads and waits until they are handed over; how many of them
    /// were tagged.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(super) fn send(self: &Arc<Self>, records: u64, is_measured: bool) -> std::io::Result<u64> {
        // Due times count from here; tags count from the ledger's beginning.
        let begun = self.ledger.begun().elapsed();
        let threads = (0..u64::from(self.load.threads)).map(|lane| {
            let drive = Arc::clone(self);
            let send = move || drive.lane(lane, records, is_measured.then_some(begun), begun);
            thread::Builder::new().name(format!("bench-{lane}")).spawn(send)
        });
        let threads: Vec<_> = threads.collect::<std::io::Result<_>>()?;
        Ok(threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum())
    }

    /// Every Nth record from this one on, with as many threads.
    fn lane(&self, lane: u64, records: u64, measured: Option<Duration>, begun: Duration) -> u64 {
        let threads = u64::from(self.load.threads);
        let schedule = self.load.rate.map(Schedule::new);
        let skipped = usize::try_from(lane).unwrap_or(0);
        let mut values =
            self.values.iter().cycle().skip(skipped).step_by(usize::from(self.load.threads));
        let (mut number, mut tagged) = (lane, 0_u64);
        let (mut done, mut until_sample) = (Done::default(), 0_u64);
        while number < records && !self.stop.load(Ordering::Relaxed) {
            let Some(value) = values.next() else { break };
            let due = schedule.map(|schedule| begun.saturating_add(schedule.due(number)));
            if let Some(due) = due {
                self.wait(due);
            }
            let is_tagged = measured.is_some() && until_sample == 0;
            until_sample =
                until_sample.checked_sub(1).unwrap_or(self.load.sample.saturating_sub(1));
            let due = is_tagged.then(|| due.unwrap_or_else(|| self.ledger.begun().elapsed()));
            tagged = tagged.saturating_add(u64::from(is_tagged));
            self.hand_over(value, due, &mut done, &mut tagged);
            number = number.saturating_add(threads);
        }
        if measured.is_some() {
            self.sent.fetch_add(done.sent, Ordering::Relaxed);
            self.bytes.fetch_add(done.bytes, Ordering::Relaxed);
            self.refused.fetch_add(done.refused, Ordering::Relaxed);
        }
        tagged
    }

    fn hand_over(&self, value: &[u8], due: Option<Duration>, done: &mut Done, tagged: &mut u64) {
        done.sent = done.sent.saturating_add(1);
        match self.enqueue(value, due) {
            Ok(()) => done.bytes = done.bytes.saturating_add(value.len() as u64),
            Err(error) => {
                done.refused = done.refused.saturating_add(1);
                // Nothing more is heard of it.
                *tagged = tagged.saturating_sub(u64::from(due.is_some()));
                if error.is_fatal() {
                    self.stop.store(true, Ordering::Relaxed);
                }
                self.ledger.failed(error);
            }
        }
    }

    fn enqueue(&self, value: &[u8], due: Option<Duration>) -> Result<(), Error> {
        let record = || {
            let record = Record::to(&self.topic).value(value);
            let record = match self.load.partition {
                Some(partition) => record.partition(partition),
                None => record,
            };
            match due {
                Some(due) => record.tag(Ledger::tag(due)),
                None => record,
            }
        };
        match self.producer.try_enqueue(record()) {
            Ok(_) => Ok(()),
            Err(TryEnqueue::Failed(error)) => Err(error),
            // There is no room, or the topic is looked up: wait.
            Err(_) => self.producer.enqueue(record()).map(drop),
        }
    }

    /// Waits for a due time, counted from the ledger's beginning.
    fn wait(&self, due: Duration) {
        loop {
            let left = due.saturating_sub(self.ledger.begun().elapsed());
            if left.is_zero() || self.stop.load(Ordering::Relaxed) {
                break;
            }
            match left.checked_sub(EARLY) {
                Some(long) if !long.is_zero() => thread::sleep(long.min(NAP)),
                _ => thread::yield_now(),
            }
        }
    }
}
