//! Profiles: sets of properties by name, below everything that somebody writes.

use std::fmt;

use klamm_cluster::Secret;

use crate::error::Problem;
use crate::given::{Given, Givens};
use crate::source::Origin;
use crate::table;

/// The property that names a profile.
pub(crate) const PROPERTY: &str = "klamm.profile";

/// A set of properties that fit a purpose. Whatever a source says wins over it.
///
/// ```
/// use klamm_config::{Config, Options, Profile, Source};
///
/// let source = Source::pairs([("bootstrap.servers", "kafka:9092"), ("linger.ms", "1")]);
/// let options = Options::default().profile(Profile::HighThroughput);
/// let batching = Config::load([source], &options)?.producing().batching;
/// assert_eq!((batching.batch_size, batching.linger.as_millis()), (262_144, 1));
/// # Ok::<(), klamm_config::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// What was handed in is written, however long that takes within reason.
    HighReliability,
    /// As many records as possible, each a little later.
    HighThroughput,
    /// Each record at once, and soon told when it cannot be written.
    LowLatency,
    /// Somewhat larger batches, compressed.
    Balanced,
    /// One request at a time, and no record is ever given up, so that none overtakes another.
    StrictOrder,
    /// Transactions: records are given up before their transaction is.
    Transactional,
    /// Long ways: large batches, well compressed, and patience.
    CrossDataCentre,
}

type Pairs = &'static [(&'static str, &'static str)];

impl Profile {
    /// Every profile.
    pub const ALL: &[Self] = &[
        Self::HighReliability,
        Self::HighThroughput,
        Self::LowLatency,
        Self::Balanced,
        Self::StrictOrder,
        Self::Transactional,
        Self::CrossDataCentre,
    ];

    /// Its name, as `klamm.profile` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HighReliability => "high-reliability",
            Self::HighThroughput => "high-throughput",
            Self::LowLatency => "low-latency",
            Self::Balanced => "balanced",
            Self::StrictOrder => "strict-order",
            Self::Transactional => "transactional",
            Self::CrossDataCentre => "cross-data-centre",
        }
    }

    /// The profile of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|profile| profile.name().eq_ignore_ascii_case(name))
    }

    /// What it says, by the Java client's names.
    pub const fn properties(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::HighReliability => HIGH_RELIABILITY,
            Self::HighThroughput => HIGH_THROUGHPUT,
            Self::LowLatency => LOW_LATENCY,
            Self::Balanced => BALANCED,
            Self::StrictOrder => STRICT_ORDER,
            Self::Transactional => TRANSACTIONAL,
            Self::CrossDataCentre => CROSS_DATA_CENTRE,
        }
    }
}

const HIGH_RELIABILITY: Pairs = &[
    ("acks", "all"),
    ("enable.idempotence", "true"),
    ("delivery.timeout.ms", "600000"),
    ("max.block.ms", "120000"),
];

const HIGH_THROUGHPUT: Pairs = &[
    ("batch.size", "262144"),
    ("linger.ms", "20"),
    ("compression.type", "lz4"),
    ("buffer.memory", "268435456"),
];

const LOW_LATENCY: Pairs = &[
    ("linger.ms", "0"),
    ("compression.type", "none"),
    ("request.timeout.ms", "10000"),
    ("delivery.timeout.ms", "30000"),
    ("max.block.ms", "10000"),
    ("retry.backoff.ms", "20"),
];

const BALANCED: Pairs = &[
    ("batch.size", "65536"),
    ("linger.ms", "5"),
    ("compression.type", "lz4"),
    ("buffer.memory", "67108864"),
];

const STRICT_ORDER: Pairs = &[
    ("acks", "all"),
    ("enable.idempotence", "true"),
    ("max.in.flight.requests.per.connection", "1"),
    ("delivery.timeout.ms", "2147483647"),
];

const TRANSACTIONAL: Pairs = &[
    ("acks", "all"),
    ("enable.idempotence", "true"),
    ("transaction.timeout.ms", "60000"),
    ("delivery.timeout.ms", "50000"),
    ("request.timeout.ms", "20000"),
    ("batch.size", "65536"),
    ("linger.ms", "10"),
];

const CROSS_DATA_CENTRE: Pairs = &[
    ("batch.size", "524288"),
    ("linger.ms", "50"),
    ("compression.type", "zstd"),
    ("buffer.memory", "268435456"),
    ("request.timeout.ms", "60000"),
    ("delivery.timeout.ms", "300000"),
    ("retry.backoff.max.ms", "5000"),
    ("reconnect.backoff.max.ms", "10000"),
];

/// What says the same to librdkafka, in its own way.
const TWINS: Pairs = &[
    ("request.timeout.ms", "socket.timeout.ms"),
    ("buffer.memory", "queue.buffering.max.kbytes"),
    ("metadata.max.age.ms", "topic.metadata.refresh.interval.ms"),
];

/// The profile that somebody wrote, or the program's.
pub(crate) fn chosen(option: Option<Profile>, givens: &Givens) -> Result<Option<Profile>, Problem> {
    match givens.get(PROPERTY).and_then(|given| given.value.reveal_text()) {
        Some(text) => named(text.trim()).map(Some),
        None => Ok(option),
    }
}

/// Puts a profile below what is given.
pub(crate) fn put_below(profile: Profile, is_librdkafka: bool, givens: &mut Givens) {
    for (name, value) in profile.properties() {
        let twin = TWINS.iter().find(|(java, _)| java == name).map(|(_, twin)| *twin);
        let same = table::other_names(name).chain(twin).chain([*name]);
        let is_given = same.into_iter().any(|name| is_said(name, is_librdkafka, givens));
        // Only the request's time has a name that means another thing to librdkafka.
        let is_other = is_librdkafka && *name == "request.timeout.ms";
        let name = if is_other { twin.unwrap_or(name) } else { name };
        if !is_given {
            let (value, origin) = (Secret::from(*value), Origin::Profile(profile));
            givens.put(name, Given { value, origin, source: 0 });
        }
    }
}

/// Whether somebody said it: librdkafka's `request.timeout.ms` is another thing.
fn is_said(name: &str, is_librdkafka: bool, givens: &Givens) -> bool {
    givens.get(name).is_some() && !(is_librdkafka && name == "request.timeout.ms")
}

fn named(text: &str) -> Result<Profile, Problem> {
    Profile::of_name(text).ok_or_else(|| {
        let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
        Problem::new("there is no profile of this name", format!("Write {}", names.join(", ")))
            .of(PROPERTY)
    })
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
