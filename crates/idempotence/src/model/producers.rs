//! What a partition remembers of producers: epochs, the last batches, open transactions.

use std::collections::{BTreeMap, VecDeque};

use klamm_wire::ErrorCode;

use super::produce::{Identity, Produce, Stamp, sequence_after};

/// A batch that will be recognised when it comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Remembered {
    /// The sequence of its first record.
    pub first: i64,
    /// The sequence of its last record, below `first` if the batch spans the wrap.
    pub last: i64,
    /// Where it stands.
    pub base_offset: i64,
}

/// What one partition knows of one producer id.
//= B4 the epoch is that of the partition, not of the cluster
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProducerState {
    epoch: i64,
    /// All of `epoch`, oldest first. Empty after a marker that began the epoch.
    window: VecDeque<Remembered>,
    /// Where the open transaction begins.
    open_since: Option<i64>,
}

impl ProducerState {
    const fn beginning(epoch: i64) -> Self {
        Self { epoch, window: VecDeque::new(), open_since: None }
    }

    /// The highest epoch that wrote to the partition, markers included.
    #[must_use]
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The batches that are recognised, oldest first.
    pub fn window(&self) -> impl ExactSizeIterator<Item = &Remembered> {
        self.window.iter()
    }

    /// The offset at which the open transaction begins, if there is one.
    #[must_use]
    pub const fn open_since(&self) -> Option<i64> {
        self.open_since
    }

    fn enter(&mut self, epoch: i64) {
        if epoch > self.epoch {
            self.epoch = epoch;
            self.window.clear();
        }
    }

    fn admit(&self, stamp: Stamp) -> Result<(), ErrorCode> {
        //= B6 an older epoch is refused, a newer one begins at 0
        if stamp.epoch < self.epoch {
            return Err(ErrorCode::INVALID_PRODUCER_EPOCH);
        }
        let newest = self.window.back().filter(|_| stamp.epoch == self.epoch);
        let expected = newest.map_or(0, |batch| sequence_after(batch.last));
        if stamp.first == expected { Ok(()) } else { Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER) }
    }
}

/// The producers of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Producers(BTreeMap<i64, ProducerState>);

impl Producers {
    pub(super) fn get(&self, pid: i64) -> Option<&ProducerState> {
        self.0.get(&pid)
    }

    /// Whether a transaction of exactly this identity is open.
    pub(super) fn is_open(&self, who: Identity) -> bool {
        let state = self.get(who.pid).filter(|state| state.epoch == who.epoch);
        state.is_some_and(|state| state.open_since.is_some())
    }

    /// Where the same batch stands already.
    //= B5 the same epoch and exactly the same range
    pub(super) fn duplicate_of(&self, stamp: Stamp, records: u32) -> Option<i64> {
        let state = self.get(stamp.pid).filter(|state| state.epoch == stamp.epoch)?;
        let range = (stamp.first, stamp.last(records));
        let same = state.window.iter().find(|batch| (batch.first, batch.last) == range);
        same.map(|batch| batch.base_offset)
    }

    /// Whether a batch that is no duplicate may be appended, for a producer that is known.
    /// `None` if it is not.
    //= B3 the epoch comes first, then the sequence, then the state of the transaction
    pub(super) fn admit(&self, stamp: Stamp, produce: &Produce) -> Option<Result<(), ErrorCode>> {
        let state = self.get(stamp.pid)?;
        let mixed = state.open_since.is_some() && !produce.is_transactional();
        let in_transaction = if mixed { Err(ErrorCode::INVALID_TXN_STATE) } else { Ok(()) };
        Some(state.admit(stamp).and(in_transaction))
    }

    /// Takes note of a batch that was appended at `base_offset`.
    pub(super) fn remember(&mut self, stamp: Stamp, batch: Appended, window: usize) {
        let state =
            self.0.entry(stamp.pid).or_insert_with(|| ProducerState::beginning(stamp.epoch));
        state.enter(stamp.epoch);
        let last = stamp.last(batch.records);
        let base_offset = batch.base_offset;
        state.window.push_back(Remembered { first: stamp.first, last, base_offset });
        while state.window.len() > window.max(1) {
            state.window.pop_front();
        }
        if batch.transactional && state.open_since.is_none() {
            state.open_since = Some(base_offset);
        }
    }

    /// Takes note of the end of a transaction. Answers whether a marker of that epoch may stand in
    /// the log at all.
    //= B13 a marker of the same epoch keeps the sequences, a newer one forgets them
    pub(super) fn end(&mut self, who: Identity) -> bool {
        let state = self.0.entry(who.pid).or_insert_with(|| ProducerState::beginning(who.epoch));
        if who.epoch < state.epoch {
            return false;
        }
        state.enter(who.epoch);
        state.open_since = None;
        true
    }

    /// Keeps what a snapshot holds.
    //= B9 the last batch of each producer
    pub(super) fn reduce_to_snapshot(&mut self) {
        for state in self.0.values_mut() {
            let older = state.window.len().saturating_sub(1);
            state.window.drain(..older);
        }
    }

    /// Forgets who has no transaction open.
    //= B8 state expires
    pub(super) fn expire(&mut self) {
        self.0.retain(|_, state| state.open_since.is_some());
    }
}

/// What of an appended batch is taken note of beside its stamp.
#[derive(Clone, Copy)]
pub(super) struct Appended {
    pub(super) records: u32,
    pub(super) transactional: bool,
    pub(super) base_offset: i64,
}
