//! How a producer comes to be.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use klamm_config::{Config, Options, Producing, Source, TokenSource, UnsecuredToken};
use klamm_engine::batching::Partitioner;
use klamm_engine::call::Call;
use klamm_engine::cluster::sasl::{Token, TokenError};
use klamm_engine::idempotence::{Fate, Mode};
use klamm_net::{BoxFuture, Connector, ShellSettings, TcpConnector, TokenProvider};

use crate::delivery::DeliverySink;
use crate::directory::Directory;
use crate::error::{Asked, Draft, Error, ErrorKind};
use crate::inner::Inner;
use crate::metrics::Waits;
use crate::producer::Producer;
use crate::shell::{self, Plan};
use crate::transaction::Phases;

/// Describes a producer.
///
/// Settings have the names that Java's producer or librdkafka has for them. They come from here,
/// from files and other [`Source`]s, or from a [`Config`] that was read before.
#[derive(Default)]
#[must_use = "a producer begins with `build`"]
pub struct Builder {
    sources: Vec<Source>,
    pairs: Vec<(String, String)>,
    options: Options,
    config: Option<Config>,
    sink: Option<Arc<dyn DeliverySink>>,
    tokens: Option<Arc<dyn TokenProvider>>,
    connector: Option<Arc<dyn Connector>>,
    partitioner: Option<Arc<dyn Partitioner>>,
    runtime: Option<tokio::runtime::Handle>,
    workers: Option<usize>,
}

impl fmt::Debug for Builder {
    /// Without the settings, of which some are secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Builder {
    /// With these servers to begin with: `host:port`, separated by commas.
    pub fn bootstrap(self, servers: &str) -> Self {
        self.set("bootstrap.servers", servers)
    }

    /// With this property, by its Java or its librdkafka name.
    #[expect(clippy::needless_pass_by_value, reason = "so that numbers can be written plainly")]
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.pairs.push((name.to_owned(), value.to_string()));
        self
    }

    /// With everything that a file, the environment or a text says. Later sources win over earlier
    /// ones, and what is [`set`](Self::set) over all of them.
    pub fn source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// With this way of reading sources.
    pub fn options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// With everything that this configuration says, which was read before. Nothing else can be
    /// set beside it: what belongs together is checked together.
    pub fn config(self, config: Config) -> Self {
        Self { config: Some(config), ..self }
    }

    /// With somebody who is told the end of every record with a tag.
    pub fn sink(self, sink: impl DeliverySink) -> Self {
        Self { sink: Some(Arc::new(sink)), ..self }
    }

    /// With tokens for OAUTHBEARER from there.
    pub fn tokens(self, tokens: impl TokenProvider + 'static) -> Self {
        Self { tokens: Some(Arc::new(tokens)), ..self }
    }

    /// With a partitioner of one's own, for records that name no partition. It is asked on the
    /// thread that hands a record in, and what `partitioner` or `partitioner.class` say counts no
    /// more.
    pub fn partitioner(self, partitioner: impl Partitioner + 'static) -> Self {
        Self { partitioner: Some(Arc::new(partitioner)), ..self }
    }

    /// With connections that are opened so, in place of TCP.
    pub fn connector(self, connector: Arc<dyn Connector>) -> Self {
        Self { connector: Some(connector), ..self }
    }

    /// On this runtime in place of a thread of its own. The runtime needs I/O and time.
    ///
    /// A task that never lets go of such a runtime starves the producer: nothing is sent, and no
    /// future of this crate ends in time, while it is busy. On a current-thread runtime that is any
    /// loop without an `await` that really waits.
    pub fn runtime(self, runtime: tokio::runtime::Handle) -> Self {
        Self { runtime: Some(runtime), ..self }
    }

    /// With so many threads at most that compress what nobody compresses on his own; 1 without
    /// this. They are started when there is work for them.
    pub fn workers(self, workers: usize) -> Self {
        Self { workers: Some(workers), ..self }
    }

    /// Connects, and for a transactional producer makes transactions possible.
    ///
    /// # Errors
    /// When a setting is wrong, nobody can be reached, or we are not let in: at once when that is
    /// certain, else after `max.block.ms`.
    ///
    /// # Cancel safety
    ///
    /// Dropped, everything that was begun ends.
    pub async fn build(self) -> Result<Producer, Error> {
        let producer = self.start()?;
        let inner = &producer.inner;
        let deadline = inner.deadline();
        inner.reach(deadline).await?;
        if inner.phases.is_some() {
            inner.call(Call::InitTxn, Asked::InitTxn, deadline).await?;
        } else if inner.is_idempotent {
            inner.probe_identity(deadline).await?;
        }
        tracing::debug!(target: "klamm::producer", id = inner.id, "a producer was built");
        Ok(producer)
    }

    /// Begins without waiting for anybody.
    fn start(mut self) -> Result<Producer, Error> {
        let config = self.take_config()?;
        for warning in config.warnings() {
            let (property, text) = (&warning.property, &warning.text);
            tracing::warn!(target: "klamm::config", %property, "{text}");
        }
        let producing = config.producing();
        let (max_block, mode) = (producing.max_block, producing.machine.mode);
        let plan = self.plan(&config, producing)?;
        let started = shell::start(plan).map_err(|error| no_thread(&error))?;
        let (shell, accumulator, courier) = started;
        let is_transactional = matches!(mode, Mode::Transactional);
        let phases = is_transactional.then(|| Arc::new(Phases::new(shell.clone(), max_block)));
        let inner = Inner {
            shell,
            accumulator,
            courier,
            directory: Arc::new(Directory::default()),
            max_block,
            waits: Waits::default(),
            id: next_id(),
            phases,
            is_idempotent: matches!(mode, Mode::Idempotent),
        };
        Ok(Producer { inner: Arc::new(inner) })
    }

    fn take_config(&mut self) -> Result<Config, Error> {
        let is_alone = self.pairs.is_empty() && self.sources.is_empty();
        let config = match self.config.take() {
            Some(_) if !is_alone => return Err(two_configs()),
            Some(config) => config,
            None => {
                let pairs = std::mem::take(&mut self.pairs);
                let mut sources = std::mem::take(&mut self.sources);
                sources.push(Source::pairs(pairs));
                Config::load(sources, &self.options).map_err(|error| {
                    let text = error.to_string();
                    Draft::new(ErrorKind::Config, Fate::NotWritten, text).source(error).done()
                })?
            }
        };
        if config.settings().bootstrap.is_empty() {
            return Err(no_servers());
        }
        Ok(config)
    }

    fn plan(self, config: &Config, producing: Producing) -> Result<Plan, Error> {
        let codec = producing.batching.compression.codec();
        if !codec.is_built_in() {
            return Err(no_codec(codec.name()));
        }
        let seeds = Seeds::draw()?;
        let connector = match self.connector {
            Some(connector) => connector,
            None => tcp(config)?,
        };
        let mut cluster = config.settings();
        let mut batching = producing.batching;
        let mut machine = producing.machine;
        cluster.seed = seeds.cluster;
        batching.seed = seeds.batching;
        if let Some(partitioner) = self.partitioner {
            batching.partitioner = partitioner;
        }
        machine.seed = seeds.machine;
        let engine = klamm_engine::Settings {
            machine,
            acks: producing.acks,
            max_request: producing.max_request,
            broker_timeout: producing.broker_timeout,
            transactional_id: producing.transactional_id,
            transaction_timeout: producing.transaction_timeout,
            slow_after: producing.slow_after,
        };
        let tokens = self.tokens.or_else(|| tokens(config.tokens()));
        let shell = ShellSettings { tokens };
        let (sink, runtime, workers) = (self.sink, self.runtime, self.workers.unwrap_or(1));
        let key = seeds.key;
        Ok(Plan { engine, batching, cluster, connector, shell, sink, runtime, workers, key })
    }
}

/// Chance, drawn once.
struct Seeds {
    key: [u8; 32],
    cluster: u64,
    batching: u64,
    machine: u64,
}

impl Seeds {
    fn draw() -> Result<Self, Error> {
        let mut key = [0; 32];
        let mut numbers = [[0; 8]; 3];
        let mut drawn = getrandom::fill(&mut key);
        for number in &mut numbers {
            drawn = drawn.and_then(|()| getrandom::fill(number));
        }
        drawn.map_err(|error| {
            let text = format!("the system has no randomness: {error}");
            Error::new(ErrorKind::Internal, Fate::NotWritten, text)
        })?;
        let [cluster, batching, machine] = numbers.map(u64::from_ne_bytes);
        Ok(Self { key, cluster, batching, machine })
    }
}

fn next_id() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

fn tcp(config: &Config) -> Result<Arc<dyn Connector>, Error> {
    let connector = TcpConnector::new(config.transport()).map_err(|failure| {
        let text = format!("TLS cannot be set up: {failure}");
        Draft::new(ErrorKind::Config, Fate::NotWritten, text)
            .step("Check the properties that begin with `ssl.`.")
            .done()
    })?;
    Ok(Arc::new(connector))
}

fn tokens(source: &TokenSource) -> Option<Arc<dyn TokenProvider>> {
    let TokenSource::Unsecured(token) = source else { return None };
    let token = token.clone();
    Some(Arc::new(move || made_up(&token)))
}

fn made_up(token: &UnsecuredToken) -> BoxFuture<Result<Token, TokenError>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Box::pin(std::future::ready(Ok(token.token_at(since))))
}

fn no_thread(error: &io::Error) -> Error {
    let text = format!("the producer's thread cannot be started: {error}");
    Draft::new(ErrorKind::Internal, Fate::NotWritten, text)
        .step("Look at the limits of this process: threads, memory, open files.")
        .done()
}

fn no_codec(name: &str) -> Error {
    let text = format!("compression.type: `{name}` was left out of this program");
    Draft::new(ErrorKind::Config, Fate::NotWritten, text)
        .step(format!("Build it with the feature `{name}` of the crate `klamm`."))
        .done()
}

fn no_servers() -> Error {
    let text = "there is no server to begin with";
    Draft::new(ErrorKind::Config, Fate::NotWritten, text)
        .step("Set `bootstrap.servers` to HOST:PORT, or several, separated by commas.")
        .done()
}

fn two_configs() -> Error {
    let text = "a `Config` was given, and other settings beside it";
    Draft::new(ErrorKind::Config, Fate::NotWritten, text)
        .step("Give the `Config` alone, or give its sources and the settings to the builder.")
        .done()
}
