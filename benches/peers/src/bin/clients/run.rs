//! What a side is asked to do, and what it says.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use klamm_peers_bench::{Arguments, Meter, Settings, nap, peak_resident, values};

/// The longest wait for what was sent.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_micros(200);

/// Records to be sent.
pub(crate) struct Job {
    bootstrap: String,
    codec: String,
    pub(crate) values: Vec<Vec<u8>>,
    warm_up: u64,
    records: u64,
}

impl Job {
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, String> {
        Ok(Self {
            bootstrap: arguments.demanded("bootstrap")?,
            codec: arguments.demanded("codec")?,
            values: values(arguments.demanded("size")?),
            warm_up: arguments.demanded("warm-up")?,
            records: arguments.demanded("records")?,
        })
    }

    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings { bootstrap: &self.bootstrap, codec: &self.codec, linger: 5 }
    }

    /// Measures `phase`, which sends so many records and waits until all of them have ended, after
    /// a first one that warms up. It is handed the number of its first record.
    pub(crate) fn measure(
        &self,
        mut phase: impl FnMut(u64, u64) -> Result<(), String>,
    ) -> Result<Measured, String> {
        phase(0, self.warm_up)?;
        let meter = Meter::start();
        phase(self.warm_up, self.records)?;
        let (processor, wall) = meter.stop();
        let millions = self.records as f64 / 1e6;
        Ok(Measured {
            delivered: self.warm_up + self.records,
            processor: processor.as_secs_f64() / millions,
            speed: millions / wall.as_secs_f64(),
            resident: peak_resident() as f64 / 1024.0 / 1024.0,
        })
    }
}

/// Counts what a client tells of records, in calls that come one after the other.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    count: AtomicU64,
    /// Of the numbers of the records, so that none is told for another one.
    sum: AtomicU64,
    failed: AtomicU64,
}

impl Heard {
    /// A record ended. Nobody else writes, so that this costs no more than the additions.
    #[inline]
    pub(crate) fn delivered(&self, number: u64) {
        self.sum.store(self.sum.load(Relaxed) + number, Relaxed);
        self.count.store(self.count.load(Relaxed) + 1, Relaxed);
    }

    /// A record failed.
    pub(crate) fn failed(&self, error: &dyn fmt::Display) {
        if self.failed.fetch_add(1, Relaxed) == 0 {
            eprintln!("not delivered: {error}");
        }
    }

    /// Waits for so many records in all, from number 0 on.
    pub(crate) fn wait(&self, records: u64) -> Result<(), String> {
        let began = Instant::now();
        while self.count.load(Relaxed) < records {
            if self.failed.load(Relaxed) > 0 || began.elapsed() > PATIENCE {
                return Err(format!("{} of {records} delivered", self.count.load(Relaxed)));
            }
            nap(LOOK);
        }
        let sum = records * records.saturating_sub(1) / 2;
        let is_right = self.count.load(Relaxed) == records && self.sum.load(Relaxed) == sum;
        is_right.then_some(()).ok_or_else(|| "other records were told than sent".to_owned())
    }
}

/// What a side did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// All records that it was told the end of, warm-up included.
    pub(crate) delivered: u64,
    /// Seconds of the processor for a million records.
    pub(crate) processor: f64,
    /// Million records a second.
    pub(crate) speed: f64,
    /// The most memory that was resident at once, in MiB.
    pub(crate) resident: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delivered, processor, speed, resident } = self;
        write!(f, "{delivered} {processor} {speed} {resident}")
    }
}

impl Measured {
    /// What a side has printed.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let delivered = words.next()?.parse().ok()?;
        let mut number = || words.next()?.parse().ok();
        Some(Self { delivered, processor: number()?, speed: number()?, resident: number()? })
    }
}
