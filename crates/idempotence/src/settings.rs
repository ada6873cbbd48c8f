//! What a machine is built with: its mode and its limits, checked before it exists.

use std::time::Duration;

/// How much a producer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// No promise against repetition: batches carry no stamp.
    Plain(Acks),
    /// Each record once and in order, per partition.
    Idempotent,
    /// As idempotent, and all or nothing over partitions and offsets.
    Transactional,
}

/// What a plain producer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Acks {
    /// Nothing: a request that was written counts as acknowledged.
    None,
    /// The leader's own log.
    Leader,
}

/// The two generations of the transaction protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// The client adds partitions, and the epoch stays from one transaction to the next.
    V1,
    /// The broker adds partitions, and every end of a transaction raises the epoch (KIP-890).
    V2,
}

/// How many batches of one partition may be unresolved at a time: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window(u8);

impl Window {
    /// A broker remembers five batches per producer and partition; a sixth in doubt could not be
    /// recognised as a repetition.
    //= R4 at most five unresolved batches per partition
    pub const LARGEST: Self = Self(5);

    /// A window of that size, if a broker's memory covers it.
    #[must_use]
    pub const fn new(batches: u8) -> Option<Self> {
        if batches == 0 || batches > Self::LARGEST.0 { None } else { Some(Self(batches)) }
    }

    pub(crate) const fn size(self) -> usize {
        self.0 as usize
    }
}

/// The settings of a machine; [`Settings::new`] gives Java's defaults.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Settings {
    /// What the producer promises.
    pub mode: Mode,
    /// Unresolved batches per partition.
    pub window: Window,
    /// The first wait before something is sent again.
    pub backoff: Duration,
    /// The longest such wait.
    pub backoff_max: Duration,
    /// How long a request may go unanswered; also how long a copy on its way is waited for.
    pub request_timeout: Duration,
    /// How long metadata may miss a topic before its batches fail.
    pub missing_limit: Duration,
    /// After so long without a batch a partition proves again that it takes one.
    pub idle_limit: Duration,
    /// Whether batches without a stamp go to a topic that was made anew under the same name; if
    /// not they fail, unwritten.
    pub follow_recreated: bool,
    /// The highest epoch before another producer id is asked for; at most 32766.
    pub epoch_limit: i16,
    /// Where each partition's first lane begins; 0 but for tests near the wrap.
    pub first_position: u64,
    /// What the spread of waits is drawn from; the same seed gives the same outputs.
    pub seed: u64,
}

impl Settings {
    /// The defaults of the Java producer, where it has one.
    #[must_use]
    pub const fn new(mode: Mode) -> Self {
        Self {
            mode,
            window: Window::LARGEST,
            backoff: Duration::from_millis(100),
            backoff_max: Duration::from_secs(1),
            request_timeout: Duration::from_secs(30),
            missing_limit: Duration::from_secs(60),
            idle_limit: Duration::from_secs(300),
            follow_recreated: false,
            epoch_limit: 32766,
            first_position: 0,
            seed: 0,
        }
    }
}
