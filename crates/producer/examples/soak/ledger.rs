//! What a producer was told about each of its records, and the file that a reader judges it by.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use klamm::{Acked, DeliverySink, Error, Fate};

use crate::formula::Formula;

/// How many errors are printed in full.
const SHOWN: u64 = 10;

/// What became of a record; the numbers are those of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum End {
    /// It was not taken in, so it must not be there.
    Refused = 0,
    /// It must be there.
    Acked = 1,
    /// It may be there.
    Unknown = 2,
    /// It failed and must not be there.
    NotWritten = 3,
    /// Its transaction was aborted: who reads what is committed must not see it.
    Aborted = 4,
    /// Nobody said what became of it.
    Untold = 5,
}

const ENDS: [(End, &str); 6] = [
    (End::Refused, "refused"),
    (End::Acked, "acked"),
    (End::Unknown, "unknown"),
    (End::NotWritten, "not_written"),
    (End::Aborted, "aborted"),
    (End::Untold, "untold"),
];

#[derive(Debug, Clone, Copy)]
struct Entry {
    end: End,
    /// −1 when it was not told.
    partition: i32,
    offset: i64,
}

/// What is known of all records, shared with the producer's delivery thread.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
    told: Condvar,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    untold: u64,
    errors: u64,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next record is about to be handed in.
    pub(crate) fn open(&self) {
        let mut state = self.lock();
        state.untold = state.untold.saturating_add(1);
        state.entries.push(Entry { end: End::Untold, partition: -1, offset: -1 });
    }

    /// The last record was not taken in.
    pub(crate) fn refuse(&self, number: u64, error: &Error) {
        self.end(number, Entry { end: End::Refused, partition: -1, offset: -1 }, Some(error));
    }

    fn end(&self, number: u64, told: Entry, error: Option<&Error>) {
        let mut state = self.lock();
        if let Some(error) = error {
            state.errors = state.errors.saturating_add(1);
            if state.errors <= SHOWN {
                eprintln!("record {number}: {:?} {:?}: {error}", error.kind(), error.fate());
            }
        }
        let entry = usize::try_from(number).ok().and_then(|at| state.entries.get_mut(at));
        match entry {
            Some(entry) if entry.end == End::Untold => *entry = told,
            _ => eprintln!("record {number}: told twice, or never handed in"),
        }
        state.untold = state.untold.saturating_sub(1);
        if state.untold == 0 {
            self.told.notify_all();
        }
    }

    /// Waits until every record's end was told; false if some were not.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let is_waiting = |state: &mut State| state.untold > 0;
        let waited = self.told.wait_timeout_while(self.lock(), limit, is_waiting);
        waited.unwrap_or_else(PoisonError::into_inner).0.untold == 0
    }

    /// All records of a transaction share its end, whatever was told about each.
    pub(crate) fn overrule(&self, records: Range<u64>, end: End) {
        let mut state = self.lock();
        let from = usize::try_from(records.start).unwrap_or(usize::MAX);
        let count = usize::try_from(records.end.saturating_sub(records.start)).unwrap_or_default();
        state.entries.iter_mut().skip(from).take(count).for_each(|entry| entry.end = end);
    }

    /// Writes the file: the formula, and 13 bytes for each record.
    pub(crate) fn write(&self, path: &Path, formula: &Formula) -> io::Result<()> {
        let state = self.lock();
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(&formula.seed.to_be_bytes())?;
        file.write_all(&formula.partitions.to_be_bytes())?;
        file.write_all(&formula.base.to_be_bytes())?;
        for entry in &state.entries {
            let number = ENDS.iter().position(|(end, _)| *end == entry.end);
            let number = number.and_then(|number| u8::try_from(number).ok()).unwrap_or(u8::MAX);
            file.write_all(&[number])?;
            file.write_all(&entry.partition.to_be_bytes())?;
            file.write_all(&entry.offset.to_be_bytes())?;
        }
        file.flush()
    }

    /// How many records ended how, as the members of a JSON object.
    pub(crate) fn counts(&self) -> String {
        let state = self.lock();
        let count = |wanted| state.entries.iter().filter(|entry| entry.end == wanted).count();
        let counts = ENDS.iter().map(|(end, name)| format!("\"{name}\":{}", count(*end)));
        let counts: Vec<String> = counts.collect();
        format!("\"records\":{},{}", state.entries.len(), counts.join(","))
    }
}

/// The producer's way to the ledger.
pub(crate) struct Sink(pub(crate) Arc<Ledger>);

impl DeliverySink for Sink {
    fn delivered(&self, tag: u64, result: Result<Acked, Error>) {
        let (entry, error) = match result {
            Ok(acked) => {
                let offset = acked.offset.unwrap_or(-1);
                (Entry { end: End::Acked, partition: acked.partition, offset }, None)
            }
            Err(error) => {
                let end = match error.fate() {
                    Fate::NotWritten => End::NotWritten,
                    Fate::Unknown => End::Unknown,
                    Fate::Written => End::Acked,
                };
                (Entry { end, partition: -1, offset: -1 }, Some(error))
            }
        };
        self.0.end(tag, entry, error.as_ref());
    }
}
