//! A run: reads, sends, waits for the end of everything, and says how it went.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use klamm::{Config, Error, Header, Producer};
use tokio::time::Instant;

use super::chunks::{Chunk, Chunks};
use super::configured::configured;
use super::envelope::Ready;
use super::explain;
use super::input::{Input, Step};
use super::ledger::{Ledger, Sink};
use super::listed;
use super::options::{Options, Per, Progress, Target};
use super::pace::Pace;
use super::printer::Printer;
use super::report;
use super::row::Row;
use super::sender::{Sender, fixed_headers, ready};
use super::signals::Signal;
use super::watch::Watch;
use crate::arguments::Complaint;
use crate::doctor::clean;
use crate::exit::Exit;

/// How many records may be on their way.
const WINDOW: u64 = 1 << 19;
/// After how many records the run looks up from its work.
const STRIDE: u64 = 1 << 10;
/// How long what has ended may take to be told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why no more records are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All were, or as many as were asked for.
    Finished,
    /// One of them failed, and that was to be the last.
    Failed,
    Signalled(Signal),
}

impl From<Signal> for End {
    fn from(signal: Signal) -> Self {
        Self::Signalled(signal)
    }
}

/// Runs with these options.
///
/// # Errors
/// When a setting makes no sense; in words.
pub(super) fn run(options: &Options) -> Result<Exit, Complaint> {
    if options.connecting.lists {
        crate::commands::say(&listed::properties());
        return Ok(Exit::Good);
    }
    let is_quiet = options.telling.is_quiet;
    let warn = |text: &str| eprintln!("warning: {}", clean(text));
    options.warnings.iter().filter(|_| !is_quiet).for_each(|text| warn(text));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let talks = !options.telling.dry_run && !options.connecting.dumps;
    let config = configured(&options.connecting, talks, home)?;
    let warnings = config.warnings().iter().filter(|_| !is_quiet);
    warnings.for_each(|warning| warn(&warning.to_string()));
    if options.connecting.dumps {
        crate::commands::say(config.dump().trim_end());
        return Ok(Exit::Good);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let mut run = Run::new(options, &config)?;
        if !options.telling.dry_run
            && let ControlFlow::Break(exit) = run.connect(config).await
        {
            return Ok(exit);
        }
        let inputs = Chunks::start(options.reads.clone());
        let mut chunks = inputs.map_err(|error| error.to_string())?;
        let end = run.read(&mut chunks).await.err().unwrap_or(End::Finished);
        Ok(run.finish(end).await)
    })
}

struct Run<'o> {
    options: &'o Options,
    fixed: Vec<Header<'o>>,
    ledger: Arc<Ledger>,
    printer: Printer,
    /// Nobody in a dry run.
    sender: Option<Sender>,
    watch: Watch,
    per: Option<Per>,
    pace: Option<Pace>,
    begun: Instant,
    /// Lines of the inputs before this one.
    lines: u64,
    sent: u64,
    /// Bytes that records would take, in a dry run.
    bytes: u64,
}

impl<'o> Run<'o> {
    fn new(options: &'o Options, config: &Config) -> Result<Self, Complaint> {
        let Options { sending, telling, .. } = options;
        let is_transactional = config.producing().transactional_id.is_some();
        if sending.per.is_some() && !is_transactional {
            return Err("--transaction-per needs -X transactional.id=NAME".to_owned());
        }
        if options.reads.follow && is_transactional {
            return Err("--follow makes no transactions: leave transactional.id out".to_owned());
        }
        let printer = Printer::start(std::io::stdout()).map_err(|error| error.to_string())?;
        let ledger = Arc::new(Ledger::new(telling, Some(printer.clone())));
        Ok(Self {
            options,
            fixed: fixed_headers(sending),
            watch: Watch::new(telling, Arc::clone(&ledger))?,
            ledger,
            printer,
            sender: None,
            per: sending.per.or(is_transactional.then_some(Per::Run)),
            pace: sending.rate.map(Pace::new),
            begun: Instant::now(),
            lines: 0,
            sent: 0,
            bytes: 0,
        })
    }

    /// Makes a producer and finds the topic.
    async fn connect(&mut self, config: Config) -> ControlFlow<Exit> {
        let sink = Sink(Arc::clone(&self.ledger));
        let building = Producer::builder().config(config).sink(sink).build();
        let target = &self.options.sending.target;
        let connecting = async {
            let mut sender = Sender::new(building.await?);
            if let Some(Target::Topic(topic)) = target {
                sender.find(topic).await?;
            }
            Ok::<_, Error>(sender)
        };
        match self.watch.until(0, connecting).await {
            Err(signal) => ControlFlow::Break(Exit::from(signal)),
            Ok(Err(error)) => {
                self.watch.clear();
                tell(&error);
                ControlFlow::Break(Exit::from(&error))
            }
            Ok(Ok(sender)) => {
                self.sender = Some(sender);
                self.begun = Instant::now();
                ControlFlow::Continue(())
            }
        }
    }

    /// Reads everything there is.
    async fn read(&mut self, chunks: &mut Chunks) -> Result<(), End> {
        let (mut input, mut row) = (None, Row::default());
        while let Some(chunk) = self.watch.until(self.sent, chunks.next()).await? {
            self.watch.look_up(self.sent).await?;
            match chunk {
                Chunk::Begin(name) => {
                    self.ledger.begin(self.lines, &name);
                    input = Some(Input::new(&self.options.reading));
                }
                Chunk::Bytes(bytes) => {
                    input.iter_mut().for_each(|input| input.feed(&bytes));
                    chunks.done(bytes);
                    self.rows(&mut input, &mut row).await?;
                }
                Chunk::End => {
                    input.iter_mut().for_each(Input::end);
                    self.rows(&mut input, &mut row).await?;
                    self.file_ended(input.take()).await?;
                }
                Chunk::Unreadable(what) => {
                    self.ledger.unreadable(self.lines, &what);
                    self.file_ended(input.take()).await?;
                    self.unless_strict()?;
                }
            }
        }
        Ok(())
    }

    async fn file_ended(&mut self, input: Option<Input>) -> Result<(), End> {
        self.lines = self.lines.saturating_add(input.map_or(0, |input| input.line()));
        if self.per == Some(Per::File) { self.commit().await } else { Ok(()) }
    }

    fn unless_strict(&self) -> Result<(), End> {
        if self.options.sending.is_strict { Err(End::Failed) } else { Ok(()) }
    }

    /// Sends what can be read of an input; `None` when nothing more of it can.
    async fn rows(&mut self, input: &mut Option<Input>, row: &mut Row) -> Result<(), End> {
        while let Some(reading) = input {
            let step = reading.next(row);
            let line = self.lines.saturating_add(reading.line());
            match step {
                Step::Row => self.row(row, line).await?,
                Step::More | Step::End => break,
                Step::Broken(what) => {
                    self.ledger.unread(line, &what);
                    self.unless_strict()?;
                }
                Step::Spoilt(what) => {
                    self.ledger.unread(line, &what);
                    self.unless_strict()?;
                    self.lines = line;
                    *input = None;
                }
            }
        }
        Ok(())
    }

    async fn row(&mut self, row: &Row, line: u64) -> Result<(), End> {
        let sending = &self.options.sending;
        if let Some(pace) = self.pace {
            let due = self.begun.checked_add(pace.due(self.sent));
            let due = due.unwrap_or_else(|| self.begun.max(Instant::now()));
            self.watch.until(self.sent, tokio::time::sleep_until(due)).await?;
        }
        if sending.count == Some(0) {
            return Err(End::Finished);
        }
        let fixed = std::mem::take(&mut self.fixed);
        let mut scratch = Vec::new();
        let ready = ready(row, sending, &fixed, &mut scratch);
        let sent = if ready.topic.is_empty() {
            self.ledger.unread(line, "it names no topic");
            self.unless_strict()
        } else {
            self.send(&ready, line).await
        };
        self.fixed = fixed;
        sent?;
        if self.sent.is_multiple_of(STRIDE) {
            self.bound().await?;
        }
        if let (Some(Per::Records(most)), Some(sender)) = (self.per, &self.sender)
            && sender.within() >= most
        {
            self.commit().await?;
        }
        if sending.count == Some(self.sent) { Err(End::Finished) } else { Ok(()) }
    }

    async fn send(&mut self, ready: &Ready<'_>, line: u64) -> Result<(), End> {
        let Some(sender) = &mut self.sender else {
            self.explain(ready, line);
            return Ok(());
        };
        if self.per.is_some() {
            let begun = self.watch.until(self.sent, sender.begin()).await?;
            if let Err(error) = begun {
                tell(&error);
                return Err(End::Failed);
            }
        }
        let tag = self.ledger.tag(line);
        let taken = self.watch.until(self.sent, sender.send(ready, tag)).await?;
        self.sent = self.sent.saturating_add(1);
        let Err(error) = taken else {
            self.tee(ready);
            return Ok(());
        };
        self.ledger.failed(tag, &error);
        if error.is_fatal() { Err(End::Failed) } else { self.unless_strict() }
    }

    fn tee(&self, ready: &Ready<'_>) {
        if self.options.telling.tee {
            let delimiter = &self.options.reading.delimiter;
            self.printer.print(|into| {
                into.extend_from_slice(ready.value.unwrap_or_default());
                into.extend_from_slice(delimiter);
            });
        }
    }

    fn explain(&mut self, ready: &Ready<'_>, line: u64) {
        self.sent = self.sent.saturating_add(1);
        self.bytes = self.bytes.saturating_add(explain::encoded_len(ready));
        let text = if self.options.telling.json {
            explain::object(ready)
        } else {
            explain::line(ready, &self.ledger.place(line))
        };
        self.printer.print(|into| into.extend_from_slice(text.as_bytes()));
    }

    /// Waits while too much is on its way.
    async fn bound(&mut self) -> Result<(), End> {
        self.watch.look_up(self.sent).await?;
        if self.printer.is_full() {
            self.watch.until(self.sent, self.printer.room()).await?;
        }
        let is_on = self.sender.is_some();
        let on_the_way = self.sent.saturating_sub(self.ledger.ended());
        if is_on && on_the_way > WINDOW {
            let enough = self.sent.saturating_sub(WINDOW / 2);
            self.watch.until(self.sent, self.ledger.until(enough)).await?;
        }
        Ok(())
    }

    /// Commits the open transaction, if there is one.
    async fn commit(&mut self) -> Result<(), End> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        let records = sender.within();
        match self.watch.until(self.sent, sender.commit()).await? {
            Ok(None) => Ok(()),
            Ok(Some(records)) => {
                self.ledger.transaction(records, Ok(()));
                Ok(())
            }
            Err(error) => {
                self.ledger.transaction(records, Err(&error.to_string()));
                if error.is_fatal() { Err(End::Failed) } else { self.unless_strict() }
            }
        }
    }

    /// Waits for what was sent, unless a signal comes, and says how the run went.
    async fn finish(mut self, end: End) -> Exit {
        let mut end = end;
        let ended = match end {
            End::Finished => self.commit().await,
            End::Failed | End::Signalled(_) => self.abort(end).await,
        };
        if let (Err(other), End::Finished | End::Failed) = (ended, end) {
            end = other;
        }
        if let (Err(other), _) = (self.settle().await, end) {
            end = other;
        }
        let drained = self.watch.until(self.sent, self.printer.drained()).await;
        if let Err(signal) = drained {
            end = End::Signalled(signal);
        }
        self.watch.clear();
        let outcome = self.ledger.outcome(self.sent);
        let exit = match (end, outcome.exit()) {
            (End::Signalled(signal), _) => Exit::from(signal),
            (End::Failed, Exit::Good) => Exit::Failed,
            (End::Finished | End::Failed, exit) => exit,
        };
        self.sum_up(exit);
        exit
    }

    async fn abort(&mut self, end: End) -> Result<(), End> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        let records = sender.within();
        let why = if end == End::Failed { "a record failed" } else { "a signal came" };
        match self.watch.until(self.sent, sender.abort()).await? {
            Ok(None) => {}
            Ok(Some(records)) => self.ledger.transaction(records, Err(why)),
            Err(error) => self.ledger.transaction(records, Err(&error.to_string())),
        }
        Ok(())
    }

    /// Waits until every record has ended.
    async fn settle(&mut self) -> Result<(), End> {
        let Some(sender) = &self.sender else { return Ok(()) };
        let (producer, ledger, sent) = (sender.producer(), &self.ledger, self.sent);
        let settling = async {
            // What it could say is told record by record.
            let _ = producer.flush().await;
            let _ = tokio::time::timeout(PATIENCE, ledger.until(sent)).await;
            let _ = producer.close(PATIENCE).await;
        };
        self.watch.until(sent, settling).await?;
        Ok(())
    }

    fn sum_up(&self, exit: Exit) {
        let (outcome, took) = (self.ledger.outcome(self.sent), self.begun.elapsed());
        let telling = &self.options.telling;
        if telling.progress == Progress::Json {
            eprintln!("{}", report::summary_object(&outcome, took, exit));
        } else if telling.dry_run {
            let (records, bytes) = (report::records(self.sent), report::grouped(self.bytes));
            let broken = report::grouped(outcome.broken);
            eprintln!("nothing was sent: {records} of {bytes} bytes encoded, {broken} unreadable");
        } else {
            eprintln!("{}", report::summary(&outcome, took));
        }
    }
}

/// Says why nothing can be sent, and what to do.
fn tell(error: &Error) {
    let failure = report::Failure::of(error);
    eprintln!("klamm produce: {}", clean(&failure.error));
    if !failure.next_step.is_empty() {
        eprintln!("      next:  {}", clean(&failure.next_step));
    }
}
