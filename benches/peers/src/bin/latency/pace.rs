//! Hands records over when they are due, whatever became of those before them.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use klamm_peers_bench::{Settings, nap, values};

use crate::book::{Book, Quantiles};
use crate::side::Side;

const SIZE: usize = 100;
const PER_SECOND: u64 = 1_000;
/// Records that are sent beforehand, at the same pace.
const WARM_UP: u64 = 2 * PER_SECOND;
/// So long before a due time a thread stops sleeping and looks at the clock: nobody is woken more
/// exactly than that.
const EARLY: Duration = Duration::from_micros(150);
/// The longest wait for what was sent.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs a side for so many seconds.
pub(crate) fn run(side: Side, bootstrap: &str, seconds: u64) -> Result<Quantiles, String> {
    let settings = Settings { bootstrap, codec: "none", linger: 0 };
    let values = values(SIZE);
    let records = seconds * PER_SECOND;
    // Connecting takes its time, and the first record is due soon after the book is opened.
    let open = side.connect(&settings)?;
    let book = Arc::new(Book::new(WARM_UP, records));
    let mut send = open(Arc::clone(&book));
    for (number, value) in (0..WARM_UP + records).zip(values.iter().cycle()) {
        wait(book.due(number));
        send(number, value)?;
    }
    let began = Instant::now();
    while book.noted() < records {
        if began.elapsed() > PATIENCE {
            return Err(format!("{} of {records} have ended", book.noted()));
        }
        nap(Duration::from_millis(1));
    }
    Ok(book.quantiles())
}

fn wait(due: Instant) {
    while let Some(long) = due.checked_duration_since(Instant::now() + EARLY) {
        nap(long);
    }
    while Instant::now() < due {
        thread::yield_now();
    }
}
