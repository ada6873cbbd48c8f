//! What is heard of records, on the producer's delivery thread.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use klamm::metrics::Distribution;
use klamm::{Acked, DeliverySink, Error};

/// What was heard.
#[derive(Debug, Default)]
struct Book {
    /// From a record's due time to its end, in nanoseconds.
    all: Distribution,
    /// The same since somebody asked.
    window: Distribution,
    ended: u64,
    first: Option<Error>,
}

/// Counts what has ended.
#[derive(Debug)]
pub(super) struct Ledger {
    begun: Instant,
    book: Mutex<Book>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), book: Mutex::default() }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when tags count, as [`Instant`].
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// The tag of a record that is due then, counted from the beginning.
    pub(super) fn tag(due: Duration) -> u64 {
        u64::try_from(due.as_nanos()).unwrap_or(u64::MAX)
    }

    /// A record failed.
    pub(super) fn failed(&self, error: Error) {
        self.book().first.get_or_insert(error);
    }

    /// Records with tags that have ended.
    pub(super) fn ended(&self) -> u64 {
        self.book().ended
    }

    /// The latencies since this was asked last.
    pub(super) fn window(&self) -> Distribution {
        mem::take(&mut self.book().window)
    }

    /// All latencies, and the first error.
    pub(super) fn close(&self) -> (Distribution, Option<Error>) {
        let mut book = self.book();
        (mem::take(&mut book.all), book.first.take())
    }

    fn note(&self, tag: u64, result: Result<Acked, Error>) {
        let now = Self::tag(self.begun.elapsed());
        let mut book = self.book();
        book.ended = book.ended.saturating_add(1);
        match result {
            Ok(_) => {
                let latency = now.saturating_sub(tag);
                book.all.record(latency);
                book.window.record(latency);
            }
            Err(error) => drop(book.first.get_or_insert(error)),
        }
    }
}

/// Tells a ledger.
pub(super) struct Sink(pub(super) Arc<Ledger>);

impl DeliverySink for Sink {
    fn delivered(&self, tag: u64, result: Result<Acked, Error>) {
        self.0.note(tag, result);
    }
}
