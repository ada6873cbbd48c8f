//! What fuzz targets call: any bytes as a request, and any steps as the life of two replicas.
//!
//! A function here returns whatever its input is, or a property of the log does not hold.

use bytes::Bytes;
use klamm_records::layout::{Attributes, HEADER_LEN};
use klamm_records::{BatchHeader, BatchView, Checksum, Codec, Record, checksum};
use klamm_wire::{Epoch, ProducerId, Sequence, WallMillis};

use super::{AppendRules, Marker, Origin, PartitionLog, StoredBatch};
use crate::personas::Sequences;
use crate::{Defects, TopicSettings};

/// When all of it happens.
const NOW: i64 = 1_700_000_000_000;
/// Where the checksum stands, and what it covers.
const CRC: std::ops::Range<usize> = 17..21;

/// Takes any bytes for what a request holds for a partition.
pub(crate) fn records_field(input: &[u8]) {
    let mut pair = Pair::new(false);
    pair.send(input.to_vec());
    pair.check();
}

/// Takes any bytes for the steps of a leader's life, and lets a follower live the same.
pub(crate) fn life_of_a_log(input: &[u8]) {
    let mut steps = Steps(input);
    let mut pair = Pair::new(steps.next() % 2 == 1);
    while !steps.0.is_empty() {
        pair.step(&mut steps);
        pair.check();
    }
}

/// What is left of the input.
struct Steps<'a>(&'a [u8]);

impl Steps<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `bound`.
    fn below(&mut self, bound: u8) -> u8 {
        self.next() % bound
    }

    /// A batch of few producers and few sequences, so that they meet.
    fn batch(&mut self) -> Vec<u8> {
        let count = i32::from(self.below(3)) + 1;
        let mut batch = vec![0; HEADER_LEN];
        for offset_delta in 0..count {
            let value = [self.next()];
            let (key, value, headers) = (None, Some(value.as_slice()), [].as_slice());
            let record = Record { timestamp_delta: 0, offset_delta, key, value, headers };
            record.append_to(&mut batch);
        }
        let header = self.header(count);
        StoredBatch::with_header(header, batch).bytes().to_vec()
    }

    fn header(&mut self, count: i32) -> BatchHeader {
        let pid = i64::from(self.below(4)) - 1;
        let near_the_wrap = if self.below(8) == 0 { i32::MAX - 4 } else { 0 };
        let is_transactional = self.below(3) == 0 && pid >= 0;
        BatchHeader {
            base_offset: 0,
            leader_epoch: -1,
            attributes: Attributes::of(Codec::None).with_transactional(is_transactional),
            last_offset_delta: count - 1,
            base_timestamp: NOW + i64::from(self.below(4)),
            max_timestamp: NOW,
            producer_id: ProducerId(pid),
            producer_epoch: Epoch(i16::from(self.below(3))),
            base_sequence: Sequence(near_the_wrap + i32::from(self.below(5))),
            count,
        }
    }

    /// The same with a few bytes changed, under a checksum that is right again.
    fn spoil(&mut self, mut batch: Vec<u8>) -> Vec<u8> {
        for _ in 0..=self.below(2) {
            let at = usize::from(self.next());
            let change = self.next();
            if let Some(byte) = batch.get_mut(at) {
                *byte ^= change;
            }
        }
        let crc = checksum::crc32c(batch.get(CRC.end..).unwrap_or_default());
        if let Some(place) = batch.get_mut(CRC) {
            place.copy_from_slice(&crc.to_be_bytes());
        }
        batch
    }
}

/// A leader, and a follower that has all that the leader has.
struct Pair {
    leader: PartitionLog,
    follower: PartitionLog,
    settings: TopicSettings,
}

impl Pair {
    fn new(compacted: bool) -> Self {
        let settings = TopicSettings { compacted, ..TopicSettings::default() };
        Self { leader: PartitionLog::new(0), follower: PartitionLog::new(1), settings }
    }

    fn step(&mut self, steps: &mut Steps<'_>) {
        match steps.below(12) {
            0..=4 => {
                let batch = steps.batch();
                self.send(batch);
            }
            5 => {
                let batch = steps.batch();
                self.send(steps.spoil(batch));
            }
            6 | 7 => self.mark(steps),
            8 => self.truncate(self.leader.end - i64::from(steps.below(8))),
            9 => {
                let offset = self.leader.start + i64::from(steps.below(4));
                self.both(|log| log.delete_before(offset));
            }
            10 => self.both(PartitionLog::take_snapshot),
            _ => self.restart(steps.below(4)),
        }
    }

    /// Sends a request; a refusal must change nothing.
    fn send(&mut self, records: Vec<u8>) {
        let defects = Defects::default();
        let rules = AppendRules {
            settings: &self.settings,
            defects: &defects,
            now: WallMillis(NOW),
            leader_epoch: 1,
            tv2: false,
            fresh_needs_zero: false,
            sequences: Sequences::MODERN,
        };
        let before = (self.leader.end, self.leader.bytes, self.leader.producers.clone());
        let origin = Origin::Client { version: 12, internal_client: false };
        let sent = self.leader.append_as_leader(&[Bytes::from(records)], origin, &rules);
        let after = (self.leader.end, self.leader.bytes, self.leader.producers.clone());
        let is_new = sent.is_ok_and(|appended| !appended.duplicate);
        assert!(is_new || before == after, "what is not appended changes nothing");
        self.replicate();
    }

    fn mark(&mut self, steps: &mut Steps<'_>) {
        let marker = Marker {
            pid: i64::from(steps.below(3)),
            epoch: i16::from(steps.below(3)),
            commit: steps.below(2) == 0,
            coordinator_epoch: i32::from(steps.below(2)),
        };
        let now = WallMillis(NOW);
        let written = match steps.below(2) {
            0 => self.leader.append_marker(marker, 1, now),
            _ => self.leader.append_raised_marker(marker, 1, now),
        };
        if written.is_ok() {
            assert_eq!(self.leader.open_transaction(marker.pid), None, "a marker ends it");
        }
        self.replicate();
    }

    /// What is left is remembered as if nothing else had ever been there.
    fn truncate(&mut self, offset: i64) {
        let is_cut = offset < self.leader.end && offset >= 0;
        if !is_cut {
            return;
        }
        self.both(|log| log.truncate_to(offset));
        if self.leader.snapshot.is_none() {
            let mut fresh = PartitionLog::new(2);
            self.leader.batches.iter().for_each(|batch| fresh.append_as_follower(batch));
            assert_eq!(fresh.producers, self.leader.producers);
        }
    }

    fn restart(&mut self, way: u8) {
        match way {
            0 => self.both(|log| log.restart(true)),
            1 => self.both(|log| log.restart(false)),
            2 => self.both(PartitionLog::lose_producers),
            _ => self.both(|log| log.expire_producers(WallMillis(NOW + 2), 1)),
        }
    }

    fn both(&mut self, change: impl Fn(&mut PartitionLog)) {
        change(&mut self.leader);
        change(&mut self.follower);
    }

    fn replicate(&mut self) {
        for batch in self.leader.batches_from(self.follower.end) {
            self.follower.append_as_follower(batch);
        }
    }

    /// What holds after every step.
    fn check(&self) {
        let Self { leader, follower, .. } = self;
        check_log(leader);
        assert_eq!((leader.start, leader.end), (follower.start, follower.end));
        assert_eq!(leader.batches, follower.batches);
        assert_eq!(leader.producers, follower.producers);
        assert_eq!(leader.transactions, follower.transactions);
        assert_eq!(leader.epochs, follower.epochs);
    }
}

fn check_log(log: &PartitionLog) {
    assert!(log.start <= log.end);
    let mut end = None;
    for batch in &log.batches {
        assert!(end.is_none_or(|end| end == batch.base_offset()), "without a gap");
        let read = BatchView::read(batch.bytes(), Checksum::Checked);
        assert!(read.is_ok_and(|(view, rest)| view.header() == batch.header() && rest.is_empty()));
        end = Some(batch.last_offset() + 1);
    }
    assert!(end.is_none_or(|end| end == log.end));
    let read = log.read(log.start, log.end, usize::MAX, true);
    assert_eq!(read.iter().map(Bytes::len).sum::<usize>(), log.bytes);
    let stable = log.last_stable(log.end);
    assert!((log.start..=log.end).contains(&stable));
    let open = log.producers().filter_map(|who| who.txn_start).min();
    assert_eq!(log.transactions.first_unstable(log.end), open, "all markers are replicated");
    let youngest = log.max_timestamp(i64::MAX).map(|place| place.timestamp);
    let found = youngest.and_then(|time| log.offset_for_timestamp(time, log.end));
    assert!(found.is_none_or(|place| (log.start..log.end).contains(&place.offset)));
}
