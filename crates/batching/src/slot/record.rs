//! A record on its way into a batch, and the reasons to refuse it.

use klamm_records::layout::HEADER_LEN;
use klamm_records::{Header, Record};
use klamm_wire::WallMillis;

use crate::memory::Permit;
use crate::names::Tag;
use crate::notes::Note;

/// A record on its way into a batch.
#[derive(Debug)]
pub struct Append<'a, F> {
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The value.
    pub value: Option<&'a [u8]>,
    /// The headers, in order.
    pub headers: &'a [Header<'a>],
    /// Its time; the present one if there is none.
    pub timestamp: Option<WallMillis>,
    /// Its transaction.
    pub tag: Option<Tag>,
    /// What to remember of it.
    pub note: Note<F>,
    /// Memory that was waited for.
    pub permit: Option<Permit>,
}

/// A record that was not appended; nothing of it is in any batch.
#[derive(Debug)]
pub struct Refused<F> {
    /// Why.
    pub why: Why,
    /// What was to be remembered of it, for another try.
    pub note: Note<F>,
}

/// Why a record was not appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// So much memory is needed first: wait for it, and come again with the permit.
    NeedsMemory {
        /// How much.
        bytes: usize,
    },
    /// The topic is not known, or was made anew: look at its newest picture and choose again.
    Stale,
    /// The topic has no such partition. The caller's fault.
    NoSuchPartition {
        /// How many there are.
        count: u32,
    },
    /// The producer takes no more.
    Closed,
    /// Its transaction is not the one that may be written to.
    NotInTransaction,
    /// No batch may be so large. The caller's fault.
    TooLarge {
        /// What it takes.
        bytes: u64,
        /// What it may take.
        limit: usize,
    },
    /// No record has such a time. The caller's fault.
    InvalidTimestamp(WallMillis),
}

/// More than anything takes that stands around the key and the value of a record without headers.
const AROUND: usize = 128;

impl<F> Append<'_, F> {
    /// How many bytes it takes as the first of a batch, without the batch's header.
    pub(super) fn len(&self) -> u64 {
        let Self { key, value, headers, .. } = *self;
        Record { timestamp_delta: 0, offset_delta: 0, key, value, headers }.len()
    }

    /// Whether it is no larger than `limit` with everything around it; one look says so of most.
    #[inline]
    pub(super) fn is_within(&self, limit: usize) -> bool {
        let of = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len);
        let most = of(self.key).saturating_add(of(self.value)).saturating_add(AROUND);
        (self.headers.is_empty() && most <= limit) || self.measured() <= limit as u64
    }

    /// What it takes with everything around it.
    pub(super) fn measured(&self) -> u64 {
        self.len().saturating_add(HEADER_LEN as u64)
    }
}
