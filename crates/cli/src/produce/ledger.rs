//! Counts what becomes of records, and tells it: the producer's delivery thread calls in here.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use klamm::{Acked, DeliverySink, Error, ErrorKind, Fate};
use serde_json::json;
use tokio::sync::Notify;

use super::options::Telling;
use super::outcome::Outcome;
use super::places::{Place, Places};
use super::printer::Printer;
use super::report::{self, Failure};
use crate::doctor::{clean, escaped};

/// How many failures are told to people one by one, unless they wish for all.
const TOLD: u64 = 20;

/// How many bits of a tag are a line; the others are the time of sending in units of 100 µs, which
/// begins anew after 28 minutes.
const LINE_BITS: u32 = 40;
const LINES: u64 = (1 << LINE_BITS) - 1;
const TIMES: u64 = (1 << (64 - LINE_BITS)) - 1;
const UNIT: Duration = Duration::from_micros(100);

/// What became of records so far.
pub(super) struct Ledger {
    since: Instant,
    acked: AtomicU64,
    /// Everything that ended, one way or the other.
    ended: AtomicU64,
    /// At how many ended records somebody wants to be woken.
    awaited: AtomicU64,
    wake: Notify,
    pages: Mutex<Pages>,
    printer: Option<Printer>,
    json: bool,
    is_verbose: bool,
}

/// What is touched when something is amiss.
#[derive(Default)]
struct Pages {
    places: Places,
    outcome: Outcome,
    told: u64,
    hints: BTreeSet<String>,
}

impl Ledger {
    pub(super) fn new(telling: &Telling, printer: Option<Printer>) -> Self {
        Self {
            since: Instant::now(),
            acked: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            awaited: AtomicU64::new(u64::MAX),
            wake: Notify::new(),
            pages: Mutex::default(),
            printer,
            json: telling.json,
            is_verbose: telling.is_verbose,
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An input begins behind that many lines of others.
    pub(super) fn begin(&self, before: u64, name: &str) {
        self.pages().places.begin(before, name);
    }

    /// Where the line stands that has this number in all inputs together.
    pub(super) fn place(&self, line: u64) -> Place {
        self.pages().places.place(line)
    }

    /// The tag of the record on this line of all inputs together. The clock is read only where a
    /// latency is told.
    pub(super) fn tag(&self, line: u64) -> u64 {
        let time = if self.json { units(self.since.elapsed()) } else { 0 };
        (time << LINE_BITS) | (line & LINES)
    }

    /// A record could not be read.
    pub(super) fn unread(&self, line: u64, what: &str) {
        let mut pages = self.pages();
        pages.outcome.broken = pages.outcome.broken.saturating_add(1);
        let place = pages.places.place(line);
        self.tell(&mut pages, &place, &Failure::unread(what));
    }

    /// The file that was begun last could not be read, or not to its end.
    pub(super) fn unreadable(&self, before: u64, what: &str) {
        let mut pages = self.pages();
        pages.outcome.broken = pages.outcome.broken.saturating_add(1);
        let place = Place { line: 0, ..pages.places.place(before.saturating_add(1)) };
        self.tell(&mut pages, &place, &Failure::unread(&format!("it cannot be read: {what}")));
    }

    /// A transaction of so many records ended, well or for this reason.
    pub(super) fn transaction(&self, records: u64, outcome: Result<(), &str>) {
        let mut pages = self.pages();
        let count = match outcome {
            Ok(()) => &mut pages.outcome.committed,
            Err(_) => &mut pages.outcome.aborted,
        };
        *count = count.saturating_add(if outcome.is_ok() { 1 } else { records });
        drop(pages);
        let word = if outcome.is_ok() { "committed" } else { "aborted" };
        if let Some(printer) = self.printer.as_ref().filter(|_| self.json) {
            let error = outcome.err();
            let object = json!({ "transaction": word, "records": records, "error": error });
            let object = format!("{}\n", escaped(&object.to_string()));
            printer.print(|into| into.extend_from_slice(object.as_bytes()));
        } else if let Err(why) = outcome {
            eprintln!("a transaction of {} is {word}: {}", report::records(records), clean(why));
        } else if self.is_verbose {
            eprintln!("a transaction of {} is {word}", report::records(records));
        }
    }

    /// A record that was offered to the producer failed.
    pub(super) fn failed(&self, tag: u64, error: &Error) {
        let mut pages = self.pages();
        let outcome = &mut pages.outcome;
        outcome.failed = outcome.failed.saturating_add(1);
        let bump = |count: &mut u64, is_so: bool| *count = count.saturating_add(is_so.into());
        bump(&mut outcome.unknown, error.fate() == Fate::Unknown);
        bump(&mut outcome.shunned, error.kind() == ErrorKind::Authentication);
        let is_unreached = matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::TimedOut);
        bump(&mut outcome.unreached, is_unreached);
        let place = pages.places.place(tag & LINES);
        self.tell(&mut pages, &place, &Failure::of(error));
        drop(pages);
        self.end_one();
    }

    fn tell(&self, pages: &mut Pages, place: &Place, failure: &Failure) {
        if let Some(printer) = self.printer.as_ref().filter(|_| self.json) {
            let object = failure.object(place);
            printer.print(|into| into.extend_from_slice(object.as_bytes()));
            return;
        }
        pages.told = pages.told.saturating_add(1);
        if self.is_verbose || pages.told <= TOLD {
            eprintln!("{}", failure.line(place));
            let hint = &failure.next_step;
            if !hint.is_empty() && pages.hints.insert(hint.clone()) {
                eprintln!("      next:  {}", clean(hint));
            }
        } else if pages.told == TOLD.saturating_add(1) {
            eprintln!("more failures are counted, and told with -v or --output json");
        }
    }

    fn end_one(&self) {
        let ended = self.ended.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if ended >= self.awaited.load(Ordering::SeqCst) {
            self.wake.notify_one();
        }
    }

    /// How many records ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended.load(Ordering::SeqCst)
    }

    /// Returns when that many records have ended.
    pub(super) async fn until(&self, ended: u64) {
        self.awaited.store(ended, Ordering::SeqCst);
        while self.ended() < ended {
            self.wake.notified().await;
        }
        self.awaited.store(u64::MAX, Ordering::SeqCst);
    }

    /// The counts so far, of as many records sent.
    pub(super) fn outcome(&self, sent: u64) -> Outcome {
        let acked = self.acked.load(Ordering::SeqCst);
        Outcome { sent, acked, ..self.pages().outcome }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

fn units(time: Duration) -> u64 {
    u64::try_from(time.as_micros() / UNIT.as_micros()).unwrap_or(u64::MAX) & TIMES
}

/// Between two readings of the clock, of which only some bits were kept.
fn latency(tag: u64, now: Duration) -> Duration {
    let units = units(now).wrapping_sub(tag >> LINE_BITS) & TIMES;
    UNIT.saturating_mul(u32::try_from(units).unwrap_or(u32::MAX))
}

/// A ledger that a producer tells.
pub(super) struct Sink(pub(super) Arc<Ledger>);

impl DeliverySink for Sink {
    fn delivered(&self, tag: u64, result: Result<Acked, Error>) {
        let ledger = &self.0;
        match result {
            Ok(acked) => {
                ledger.acked.fetch_add(1, Ordering::SeqCst);
                if let Some(printer) = ledger.printer.as_ref().filter(|_| ledger.json) {
                    let latency = latency(tag, ledger.since.elapsed());
                    printer.print(|into| report::acked(into, &acked, latency));
                }
                ledger.end_one();
            }
            Err(error) => ledger.failed(tag, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_a_line_and_a_time_that_may_begin_anew() {
        let sent = UNIT * u32::try_from(TIMES).unwrap();
        let tag = (units(sent) << LINE_BITS) | 77;
        assert_eq!(tag & LINES, 77);
        assert_eq!(latency(tag, sent + UNIT * 25), UNIT * 25);
        assert_eq!(latency(tag, sent), Duration::ZERO);
    }
}
