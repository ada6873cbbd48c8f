//! A run: connects, warms up, measures, and tells what it found.

use std::future::Future;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use klamm::{Config, Error, ErrorKind, Metrics, Producer, Topic};
use tokio::time::{Interval, interval, sleep};

use super::drive::Drive;
use super::interrupt::Interrupts;
use super::ledger::{Ledger, Sink};
use super::options::{Form, Options};
use super::report::Figures;
use super::{processor, values};
use crate::arguments::Complaint;
use crate::doctor::clean;

/// How long a window is.
const WINDOW: Duration = Duration::from_secs(5);
/// How long what has ended may take to be told, and the producer to close.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs with these options; the code to end with.
///
/// # Errors
/// When a setting makes no sense, or a file cannot be read; in words.
pub(super) fn run(options: &Options) -> Result<u8, Complaint> {
    options.warnings.iter().for_each(|text| eprintln!("warning: {}", clean(text)));
    let config = options.config(std::env::var_os("HOME").map(PathBuf::from))?;
    for warning in config.warnings() {
        eprintln!("warning: {}", clean(&warning.to_string()));
    }
    let values = values::values(&options.values)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let interrupts = Interrupts::new().map_err(|error| error.to_string())?;
        let ledger = Arc::new(Ledger::new());
        let mut run = Watch { interrupts, tick: interval(WINDOW), code: None };
        let connecting = connected(config, &ledger, &options.topic);
        let (producer, topic) = match run.until(connecting, &mut || {}).await {
            Some(Ok(connected)) => connected,
            Some(Err(error)) => {
                eprintln!("klamm bench: {}", clean(&error.to_string()));
                return Ok(code_of(&error));
            }
            None => return Ok(run.code.unwrap_or(1)),
        };
        let drive = Arc::new(Drive {
            producer: producer.clone().into(),
            topic,
            values,
            ledger,
            load: options.load,
            stop: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        Bench { producer, drive, watch: run }.measure(options.form).await
    })
}

async fn connected(
    config: Config,
    ledger: &Arc<Ledger>,
    topic: &str,
) -> Result<(Producer, Topic), Error> {
    let sink = Sink(Arc::clone(ledger));
    let producer = Producer::builder().config(config).sink(sink).build().await?;
    let topic = producer.topic(topic).await?;
    Ok((producer, topic))
}

/// How a run ends that failed for this reason.
fn code_of(error: &Error) -> u8 {
    let kind = error.kind();
    let codes = [
        (ErrorKind::Config, 2),
        (ErrorKind::Authentication, 3),
        (ErrorKind::Unreachable, 4),
        (ErrorKind::TimedOut, 4),
    ];
    codes.iter().find(|(known, _)| *known == kind).map_or(1, |(_, code)| *code)
}

/// Waits with an ear for signals.
struct Watch {
    interrupts: Interrupts,
    tick: Interval,
    /// The code of the first signal.
    code: Option<u8>,
}

impl Watch {
    /// What the future comes to, or nothing after the first signal; a second one ends the process.
    async fn until<F: Future>(
        &mut self,
        future: F,
        on_tick: &mut impl FnMut(),
    ) -> Option<F::Output> {
        tokio::pin!(future);
        loop {
            tokio::select! {
                biased;
                output = &mut future => return Some(output),
                code = self.interrupts.next() => {
                    if self.code.replace(code).is_some() {
                        std::process::exit(i32::from(code));
                    }
                    return None;
                }
                _ = self.tick.tick() => on_tick(),
            }
        }
    }
}

/// What is known at one moment.
struct Moment {
    at: Instant,
    processor: Option<Duration>,
    metrics: Metrics,
}

impl Moment {
    async fn of(producer: &Producer) -> Self {
        let metrics = producer.metrics().await;
        Self { at: Instant::now(), processor: processor::used(), metrics }
    }
}

struct Bench {
    producer: Producer,
    drive: Arc<Drive>,
    watch: Watch,
}

impl Bench {
    async fn measure(mut self, form: Form) -> Result<u8, Complaint> {
        let load = self.drive.load;
        if load.warm_up > 0 {
            self.phase(load.warm_up, false).await?;
        }
        let before = Moment::of(&self.producer).await;
        let tagged = self.phase(load.records, true).await?;
        let after = Moment::of(&self.producer).await;
        self.hear_out(tagged).await;
        let (latency, first) = self.drive.ledger.close();
        let mut figures = between(&before, &after);
        figures.value_bytes = self.drive.bytes.load(Ordering::Relaxed);
        let refused = self.drive.refused.load(Ordering::Relaxed);
        figures.failed = figures.failed.saturating_add(refused);
        figures.latency = latency;
        crate::commands::say(&match form {
            Form::Text => figures.text(),
            Form::Json => figures.json(),
            Form::Csv => figures.csv(),
        });
        let code = self.code(&figures, first.as_ref());
        // It only ends threads; what became of the records is known.
        let _ = self.producer.close(PATIENCE).await;
        Ok(code)
    }

    fn code(&self, figures: &Figures, first: Option<&Error>) -> u8 {
        if let Some(error) = first {
            let text = clean(&error.to_string());
            eprintln!("klamm bench: {} records failed; the first: {text}", figures.failed);
        }
        match (self.watch.code, first) {
            (Some(code), _) => code,
            (None, Some(error)) if figures.acked == 0 => code_of(error),
            (None, _) => u8::from(figures.failed > 0),
        }
    }

    /// Sends so many records and waits for the end of all; how many have tags.
    async fn phase(&mut self, records: u64, is_measured: bool) -> Result<u64, Complaint> {
        if self.watch.code.is_some() {
            return Ok(0);
        }
        let drive = Arc::clone(&self.drive);
        let sending = tokio::task::spawn_blocking(move || drive.send(records, is_measured));
        let producer = self.producer.clone();
        let mut phase = std::pin::pin!(async move {
            let tagged = sending.await;
            // What it could say is counted and told record by record.
            let _ = producer.flush().await;
            tagged
        });
        let mut windows = Windows::new(Arc::clone(&self.drive), is_measured);
        let tagged = loop {
            let told = self.watch.until(phase.as_mut(), &mut || windows.tell()).await;
            match told {
                Some(tagged) => break tagged,
                None => self.drive.stop.store(true, Ordering::Relaxed),
            }
        };
        let tagged = tagged.map_err(|error| error.to_string())?;
        tagged.map_err(|error| error.to_string())
    }

    /// Waits until the end of every record was told.
    async fn hear_out(&self, tagged: u64) {
        let hearing = async {
            while self.drive.ledger.ended() < tagged {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, hearing).await;
    }
}

/// Tells a line every now and then, if there is somebody at a terminal.
struct Windows {
    drive: Arc<Drive>,
    is_on: bool,
    last: Instant,
}

impl Windows {
    fn new(drive: Arc<Drive>, is_measured: bool) -> Self {
        let is_on = is_measured && std::io::stderr().is_terminal();
        Self { drive, is_on, last: Instant::now() }
    }

    fn tell(&mut self) {
        let seconds = self.last.elapsed().as_secs_f64();
        if !self.is_on || seconds < WINDOW.as_secs_f64() / 2.0 {
            return;
        }
        self.last = Instant::now();
        let latency = self.drive.ledger.window();
        // Of only every Nth record the end is told.
        let acked = latency.count().saturating_mul(self.drive.load.sample);
        let lengths = self.drive.values.iter().map(|value| value.len() as u64);
        let values = (self.drive.values.len() as u64).max(1);
        let mean = lengths.sum::<u64>() / values;
        let value_bytes = acked.saturating_mul(mean);
        let figures = Figures { acked, seconds, value_bytes, latency, ..Figures::default() };
        eprintln!("{}", figures.window_line());
    }
}

fn between(before: &Moment, after: &Moment) -> Figures {
    let (old, new) = (&before.metrics, &after.metrics);
    let processor = after.processor.zip(before.processor);
    Figures {
        acked: new.records.acked.saturating_sub(old.records.acked),
        failed: new.records.failed.saturating_sub(old.records.failed),
        seconds: after.at.saturating_duration_since(before.at).as_secs_f64(),
        wire_bytes: new.network.bytes_out.saturating_sub(old.network.bytes_out),
        batches: new.batches.sent.saturating_sub(old.batches.sent),
        batch_bytes: new.batches.bytes.saturating_sub(old.batches.bytes),
        retried: new.batches.retried.saturating_sub(old.batches.retried),
        processor: processor.map(|(new, old)| new.saturating_sub(old).as_secs_f64()),
        ..Figures::default()
    }
}
