//! Fills a producer whose broker answers nothing, until its records have failed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use klamm::{Error, Record, Topic, TryEnqueue, blocking};
use klamm_peers_bench::{Settings, TOPIC, nap, values};

use crate::case::Case;
use crate::heap;

/// How long records are handed in: connections are given up for want of answers several times, and
/// every record that came early fails while others take its place.
const FOR: Duration = Duration::from_secs(5);
const REQUEST_MS: u64 = 800;
const DELIVERY_MS: u64 = 3_000;
/// How long to wait for room.
const NAP: Duration = Duration::from_micros(500);

/// What was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// The most bytes that were live at once, beyond those before the producer.
    pub(crate) peak: usize,
    /// The most that the producer's own budget counted.
    pub(crate) counted: usize,
    /// How often there was no room: without that nothing was filled.
    pub(crate) refused: u64,
    /// Records with tags whose failure was told.
    pub(crate) failed: u64,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { peak, counted, refused, failed } = self;
        write!(f, "{peak} {counted} {refused} {failed}")
    }
}

impl Found {
    /// What a case has printed, if anything was filled at all.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        Some(Self {
            peak: words.next()?.parse().ok()?,
            counted: words.next()?.parse().ok()?,
            refused: words.next()?.parse().ok().filter(|refused| *refused > 0)?,
            failed: words.next()?.parse().ok()?,
        })
    }
}

/// Runs a case in this process.
pub(crate) fn run(case: &Case, bootstrap: &str) -> Result<Found, String> {
    let values = values(case.size);
    let failed = Arc::new(AtomicU64::new(0));
    let before = heap::baseline();
    let (producer, topic) = connect(case, bootstrap, &failed).map_err(|error| error.to_string())?;
    let (mut counted, mut refused, mut number) = (0, 0, 0);
    let began = Instant::now();
    let mut values = values.iter().cycle();
    while began.elapsed() < FOR {
        for value in values.by_ref().take(100) {
            number += 1;
            let record = Record::to(&topic).value(value);
            let record = if case.is_tagged { record.tag(number) } else { record };
            match producer.try_enqueue(record) {
                Ok(_delivery) => {}
                Err(TryEnqueue::Full(_)) => {
                    refused += 1;
                    counted = counted.max(producer.as_async().memory_used());
                    nap(NAP);
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }
    let peak = heap::peak().saturating_sub(before);
    // What is left fails; that is not measured.
    let _ = producer.close(Duration::ZERO);
    Ok(Found { peak, counted, refused, failed: failed.load(Relaxed) })
}

fn connect(
    case: &Case,
    bootstrap: &str,
    failed: &Arc<AtomicU64>,
) -> Result<(blocking::Producer, Topic), Error> {
    let settings = Settings { bootstrap, codec: &case.codec, linger: 5 };
    let failed = Arc::clone(failed);
    let sink = move |_: u64, result: Result<klamm::Acked, Error>| {
        failed.fetch_add(u64::from(result.is_err()), Relaxed);
    };
    let pairs = settings.pairs().into_iter();
    let builder = pairs
        .fold(klamm::Producer::builder(), |builder, (name, value)| builder.set(name, value))
        .set("buffer.memory", case.buffer())
        .set("request.timeout.ms", REQUEST_MS)
        .set("delivery.timeout.ms", DELIVERY_MS)
        .sink(sink);
    let producer = blocking::Producer::build(builder)?;
    let topic = producer.topic(TOPIC)?;
    Ok((producer, topic))
}
