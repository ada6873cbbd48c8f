//! Hands records in, one after the other, as fast as it is told.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use klamm::{Producer, Topic, Transaction};

use crate::arguments::Arguments;
use crate::formula::{Formula, Shape};
use crate::ledger::{End, Ledger};

/// How many records go by between two looks at the clock.
const STRIDE: u64 = 256;

/// Where records are handed in.
#[derive(Clone, Copy)]
pub(crate) enum Door<'a> {
    Producer(&'a Producer),
    Transaction(&'a Transaction),
}

pub(crate) struct Sender<'a> {
    arguments: &'a Arguments,
    formula: Formula,
    ledger: Arc<Ledger>,
    topic: Topic,
    shape: Shape,
    next: u64,
    began: Instant,
    /// What became of transactions, which rules over what became of their records.
    rulings: Vec<(Range<u64>, End)>,
}

impl<'a> Sender<'a> {
    pub(crate) fn new(
        arguments: &'a Arguments,
        formula: Formula,
        ledger: &Arc<Ledger>,
        topic: Topic,
    ) -> Self {
        let (ledger, shape, began) = (Arc::clone(ledger), Shape::default(), Instant::now());
        Self { arguments, formula, ledger, topic, shape, next: 0, began, rulings: Vec::new() }
    }

    /// The number of the next record.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The handle of another producer.
    pub(crate) fn set_topic(&mut self, topic: Topic) {
        self.topic = topic;
    }

    /// Whether there is more to send.
    pub(crate) fn goes_on(&self) -> bool {
        let is_over = || self.arguments.until.as_ref().is_some_and(|file| file.exists());
        self.next < self.arguments.records && !(self.next.is_multiple_of(STRIDE) && is_over())
    }

    /// Hands the next record in; false if it was refused.
    pub(crate) async fn send(&mut self, door: Door<'_>) -> bool {
        self.pace();
        let number = self.next;
        self.next = number.saturating_add(1);
        self.formula.fill(number, &mut self.shape);
        self.ledger.open();
        let headers = self.shape.headers();
        let record = self.shape.record(&self.topic, number, &headers);
        let taken = match door {
            Door::Producer(producer) => producer.enqueue(record).await,
            Door::Transaction(transaction) => transaction.enqueue(record).await,
        };
        if let Err(error) = &taken {
            self.ledger.refuse(number, error);
        }
        taken.is_ok()
    }

    /// Waits until the next record is due.
    fn pace(&self) {
        let Some(rate) = self.arguments.rate.filter(|_| self.next.is_multiple_of(STRIDE)) else {
            return;
        };
        let due = Duration::from_millis(self.next.saturating_mul(1000) / rate);
        std::thread::sleep(due.saturating_sub(self.began.elapsed()));
    }

    /// A transaction ended, with all records since this one.
    pub(crate) fn rule(&mut self, since: u64, end: End) {
        self.rulings.push((since..self.next, end));
    }

    /// When the end of every record was told, the ends of transactions rule over them.
    pub(crate) fn settle(&mut self) {
        for (records, end) in self.rulings.drain(..) {
            self.ledger.overrule(records, end);
        }
    }
}
