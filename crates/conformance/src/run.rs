//! A case at work: its connections, its topics, its unique names, and what it expects.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::{ApiKey, VersionRange};

use crate::case::Stop;
use crate::conn::{Conn, PATIENCE};
use crate::expect::Expect;
use crate::log::{self, Log, Place};
use crate::notes::Notes;
use crate::target::{Advertised, Target};
use crate::topics::{self, Topic, Wish};

/// The longest that a case may take.
const CASE_LIMIT: Duration = Duration::from_secs(240);
/// How often one looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// What a case holds in its hands.
#[derive(Debug)]
pub struct Run {
    /// What the case expects; the verdict comes from here.
    pub expect: Expect,
    /// The record of the conversation.
    pub notes: Notes,
    target: Arc<Target>,
    prefix: String,
    seed: u64,
    deadline: Instant,
    topics: Vec<String>,
}

impl Run {
    /// Begins a case: every name in it begins with its id and the seed.
    #[must_use]
    pub fn new(target: Arc<Target>, id: &str, seed: u64) -> Self {
        let prefix = format!("kc{seed:x}-{id}-");
        Self {
            expect: Expect::default(),
            notes: Notes::new(&prefix),
            target,
            prefix,
            seed,
            deadline: Instant::now() + CASE_LIMIT,
            topics: Vec::new(),
        }
    }

    /// The brokers.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What the first broker advertises.
    #[must_use]
    pub fn can(&self) -> &Advertised {
        &self.target.advertised
    }

    /// The seed of the run.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// A name that nobody else uses: for topics, transactional ids and groups.
    #[must_use]
    pub fn name(&self, what: &str) -> String {
        format!("{}{what}", self.prefix)
    }

    /// The versions of an API that can be asked; without any, the case is skipped.
    ///
    /// # Errors
    /// When the broker does not advertise the API.
    pub fn usable(&self, key: ApiKey) -> Result<VersionRange, Stop> {
        let missing = || Stop::Skipped(format!("{} is not advertised", key.name()));
        self.can().usable(key).ok_or_else(missing)
    }

    /// One version of an API; the case is skipped where it cannot be asked.
    ///
    /// # Errors
    /// When the broker does not advertise it.
    pub fn version(&self, key: ApiKey, version: i16) -> Result<i16, Stop> {
        if self.usable(key)?.contains(version) {
            return Ok(version);
        }
        Err(Stop::Skipped(format!("{} v{version} is not advertised", key.name())))
    }

    /// The newest version of an API, but at most `cap`.
    ///
    /// # Errors
    /// When the broker advertises none.
    pub fn newest(&self, key: ApiKey, cap: i16) -> Result<i16, Stop> {
        let versions = self.usable(key)?;
        let version = versions.max.min(cap);
        if versions.contains(version) {
            return Ok(version);
        }
        Err(Stop::Skipped(format!("{} v{cap} is not advertised", key.name())))
    }

    /// The finalized level of `transaction.version`; 2 is the generation of KIP-890.
    #[must_use]
    pub fn transaction_version(&self) -> i16 {
        self.can().feature("transaction.version")
    }

    /// Connects to the first plain address.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect(&mut self) -> Result<Conn, Stop> {
        let address = self.target.bootstrap.first().cloned().unwrap_or_default();
        self.connect_to(&address)
    }

    /// Connects to the first address with SASL.
    ///
    /// # Errors
    /// When there is none, or nobody listens there.
    pub fn connect_sasl(&mut self) -> Result<Conn, Stop> {
        let address = self.target.sasl.first().cloned();
        let address = address.ok_or_else(|| Stop::Skipped("no SASL listener".into()))?;
        self.connect_to(&address)
    }

    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect_to(&mut self, address: &str) -> Result<Conn, Stop> {
        Conn::open(address, self.deadline, Some(self.notes.clone()))
    }

    /// Connects to the leader of a partition.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn connect_leader(&mut self, topic: &Topic, partition: i32) -> Result<Conn, Stop> {
        let index = usize::try_from(partition).unwrap_or(usize::MAX);
        let leader = topic.leaders.get(index).cloned();
        self.connect_to(&leader.ok_or_else(|| Stop::Failed("no such partition".into()))?)
    }

    /// A new topic whose leaders are known; it is removed when the case ends.
    ///
    /// # Errors
    /// When the broker refuses, or takes too long.
    pub fn topic(&mut self, name: &str, partitions: i32) -> Result<Topic, Stop> {
        self.topic_with(name, partitions, &[])
    }

    /// As [`topic`](Self::topic), with settings.
    ///
    /// # Errors
    /// As [`topic`](Self::topic).
    pub fn topic_with(
        &mut self,
        name: &str,
        partitions: i32,
        configs: &[(&str, &str)],
    ) -> Result<Topic, Stop> {
        let name = self.name(name);
        let mut conn = self.connect()?.unrecorded();
        self.topics.push(name.clone());
        let wish = Wish { name: &name, partitions, copies: 1, configs };
        let topic = topics::create(&mut conn, self.can(), wish)?;
        self.notes.know_topic(&topic.id.to_string(), &name);
        Ok(topic)
    }

    /// Removes a topic that the case made without [`topic`](Self::topic) when the case ends.
    pub fn remove_at_the_end(&mut self, name: &str) {
        self.topics.push(name.to_owned());
    }

    /// Reads a partition to its end, and records it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn log(&mut self, topic: &Topic, partition: i32) -> Result<Log, Stop> {
        self.log_when(topic, partition, |_| true)
    }

    /// As [`log`](Self::log), as soon as the log is as it shall be, or in the end as it is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn log_when(
        &mut self,
        topic: &Topic,
        partition: i32,
        is_ready: impl Fn(&Log) -> bool,
    ) -> Result<Log, Stop> {
        let place = Place { topic: &topic.name, partition, committed: false };
        read_when(self, topic, place, is_ready)
    }

    /// Reads what is committed, and records it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn committed_when(
        &mut self,
        topic: &Topic,
        partition: i32,
        is_ready: impl Fn(&Log) -> bool,
    ) -> Result<Log, Stop> {
        let place = Place { topic: &topic.name, partition, committed: true };
        read_when(self, topic, place, is_ready)
    }

    /// Removes what the case made.
    pub fn clean_up(&mut self) {
        if self.topics.is_empty() {
            return;
        }
        if let Ok(conn) = self.connect() {
            topics::delete(&mut conn.unrecorded(), &self.target.advertised, &self.topics);
        }
    }
}

/// Reads again until the log is ready or patience ends.
fn read_when(
    run: &mut Run,
    topic: &Topic,
    place: Place<'_>,
    is_ready: impl Fn(&Log) -> bool,
) -> Result<Log, Stop> {
    let mut conn = run.connect_leader(topic, place.partition)?.unrecorded();
    let until = Instant::now() + PATIENCE;
    loop {
        let log = log::read(&mut conn, run.can(), place)?;
        if is_ready(&log) || Instant::now() > until {
            let kind = if place.committed { "committed" } else { "log" };
            let name = format!("{kind}.{}-{}", place.topic, place.partition);
            run.notes.step(&name, log.to_json());
            return Ok(log);
        }
        sleep(PAUSE);
    }
}
