//! Walks through a stream of requests without keeping the records in it.
//!
//! The walker is handed what lies in a buffer and says how much of it is done with. Fields are
//! taken one by one and only when they are there in full; records are passed over in whatever
//! pieces they come. So a buffer that holds the largest field but records is enough for requests of
//! any length.

use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::produce::response::{PartitionProduceResponse, TopicProduceResponse};
use klamm_wire::{DecodeError, PartitionIndex, Reader, TopicId};
use std::borrow::Cow;
use std::collections::BTreeMap;

use super::check::{HEADER, Head, Running, Sequences};
use super::counts::Counted;
use crate::api::ReplyTo;

/// The longest run of fields that is waited for; nothing but records is longer.
const FIELDS_MAX: usize = 128 * 1024;
/// The versions of Produce that are walked through.
const VERSIONS: std::ops::RangeInclusive<i16> = 3..=13;
/// The first version with compact lengths and tagged fields.
const FIRST_FLEXIBLE: i16 = 9;
/// The first version that names topics by id.
const FIRST_BY_ID: i16 = 13;

/// The stream is none that a broker could read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// What the walker came to.
#[derive(Debug)]
pub(crate) enum Event {
    /// More bytes are needed.
    More,
    /// A whole request that is not Produce, its length included.
    Other(Vec<u8>),
    /// A Produce request is through; this answers it, if it wants an answer.
    Produced(Option<(ReplyTo, ProduceResponse<'static>)>),
}

/// Where in the stream the walker stands.
#[derive(Debug)]
enum At {
    Length,
    /// In a request that is kept whole.
    Kept {
        left: usize,
    },
    Header,
    Body,
    Topic,
    Partition,
    /// In front of records of this length.
    Records {
        length: usize,
    },
    Within {
        left: usize,
    },
    PartitionEnd,
    TopicEnd,
    End,
}

/// The request that is being walked through.
#[derive(Debug, Default)]
struct Request {
    version: i16,
    correlation_id: i32,
    acks: i16,
    topics_left: u32,
    partitions_left: u32,
    topics: Vec<TopicProduceResponse<'static>>,
}

/// Walks through the requests of one connection.
#[derive(Debug)]
pub(crate) struct Walker {
    at: At,
    /// Bytes of the frame that are still to come.
    frame_left: usize,
    frame_max: usize,
    request: Request,
    kept: Vec<u8>,
    offsets: BTreeMap<(String, i32), i64>,
    /// Only if batches are to be checked.
    sequences: Option<Sequences>,
    batch: Option<(Head, Running)>,
    counted: Counted,
}

impl Walker {
    pub(crate) fn new(frame_max: usize, checks: bool) -> Self {
        Self {
            at: At::Length,
            frame_left: 0,
            frame_max,
            request: Request::default(),
            kept: Vec::new(),
            offsets: BTreeMap::new(),
            sequences: checks.then(Sequences::default),
            batch: None,
            counted: Counted::default(),
        }
    }

    /// What was counted since the last call.
    pub(crate) fn take_counted(&mut self) -> Counted {
        std::mem::take(&mut self.counted)
    }

    /// Goes on through `bytes`: how many are done with, and what the walker came to.
    pub(crate) fn walk(&mut self, bytes: &[u8]) -> Result<(usize, Event), Malformed> {
        let mut done = 0_usize;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            let Some((taken, event)) = self.step(rest)? else { return Ok((done, Event::More)) };
            done = done.saturating_add(taken);
            if let Some(event) = event {
                return Ok((done, event));
            }
        }
    }

    /// One field, or one run of records; nothing if more bytes are needed for it.
    fn step(&mut self, bytes: &[u8]) -> Result<Option<(usize, Option<Event>)>, Malformed> {
        let is_flexible = self.request.version >= FIRST_FLEXIBLE;
        match self.at {
            At::Length => return self.begin(bytes),
            At::Kept { left } => return Ok(self.keep(bytes, left)),
            At::Within { left } => return Ok(self.pass(bytes, left)),
            At::Records { length } if bytes.len() < length.min(HEADER) => return Ok(None),
            At::Records { length } => {
                self.meet(bytes, length);
                return Ok(Some((0, None)));
            }
            At::End if !is_flexible => return Ok(Some((0, Some(self.finish())))),
            At::Header | At::Body | At::Topic | At::Partition => {}
            At::PartitionEnd | At::TopicEnd | At::End => {}
        }
        let mut reader = Reader::new(bytes);
        match self.field(&mut reader) {
            Ok(()) => self.took(reader.offset()),
            Err(_) if bytes.len() >= self.frame_left.min(FIELDS_MAX) => Err(Malformed),
            Err(_) => Ok(None),
        }
    }

    fn took(&mut self, taken: usize) -> Result<Option<(usize, Option<Event>)>, Malformed> {
        self.frame_left = self.frame_left.checked_sub(taken).ok_or(Malformed)?;
        let is_over = matches!(self.at, At::Length);
        if is_over && self.frame_left > 0 {
            return Err(Malformed);
        }
        Ok(Some((taken, is_over.then(|| self.finish()))))
    }

    /// A frame begins: its length, the API, the version, the correlation id.
    fn begin(&mut self, bytes: &[u8]) -> Result<Option<(usize, Option<Event>)>, Malformed> {
        let Some(head) = bytes.first_chunk::<12>() else { return Ok(None) };
        let [l0, l1, l2, l3, k0, k1, v0, v1, c0, c1, c2, c3] = *head;
        let length = i32::from_be_bytes([l0, l1, l2, l3]);
        let length = usize::try_from(length).map_err(|_| Malformed)?;
        if length < 8 || length > self.frame_max {
            return Err(Malformed);
        }
        let (key, version) = (i16::from_be_bytes([k0, k1]), i16::from_be_bytes([v0, v1]));
        if key != 0 || !VERSIONS.contains(&version) {
            self.at = At::Kept { left: length.saturating_add(4) };
            return Ok(Some((0, None)));
        }
        let correlation_id = i32::from_be_bytes([c0, c1, c2, c3]);
        self.request = Request { version, correlation_id, ..Request::default() };
        self.frame_left = length.saturating_sub(8);
        self.at = At::Header;
        Ok(Some((12, None)))
    }

    fn keep(&mut self, bytes: &[u8], left: usize) -> Option<(usize, Option<Event>)> {
        let taken = left.min(bytes.len());
        self.kept.extend_from_slice(bytes.get(..taken)?);
        let left = left.saturating_sub(taken);
        if left == 0 {
            self.at = At::Length;
            return Some((taken, Some(Event::Other(std::mem::take(&mut self.kept)))));
        }
        self.at = At::Kept { left };
        (taken > 0).then_some((taken, None))
    }

    /// Reads the field or the few fields at which the walker stands.
    fn field(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let version = self.request.version;
        let is_flexible = version >= FIRST_FLEXIBLE;
        let tags = |r: &mut Reader<'_>| match is_flexible {
            true => r.unknown_tags("ProduceRequest").map(drop),
            false => Ok(()),
        };
        match self.at {
            At::Header => {
                r.nullable_string("RequestHeader.client_id", false)?;
                tags(r)?;
                self.at = At::Body;
            }
            At::Body => {
                r.nullable_string("ProduceRequest.transactional_id", is_flexible)?;
                self.request.acks = r.i16("ProduceRequest.acks")?;
                r.i32("ProduceRequest.timeout_ms")?;
                self.request.topics_left = length(r, is_flexible)?;
                self.at = self.after_topic();
            }
            At::Topic => self.topic(r, is_flexible)?,
            At::Partition => self.partition(r, is_flexible)?,
            At::PartitionEnd => {
                tags(r)?;
                self.at = self.after_partition();
            }
            At::TopicEnd => {
                tags(r)?;
                self.at = self.after_topic();
            }
            At::End => {
                tags(r)?;
                self.at = At::Length;
            }
            At::Length | At::Kept { .. } | At::Records { .. } | At::Within { .. } => {}
        }
        Ok(())
    }

    fn topic(&mut self, r: &mut Reader<'_>, is_flexible: bool) -> Result<(), DecodeError> {
        let mut topic = TopicProduceResponse::default();
        if self.request.version >= FIRST_BY_ID {
            topic.topic_id = TopicId(r.uuid("TopicProduceData.topic_id")?);
        } else {
            let name = r.string("TopicProduceData.name", is_flexible)?;
            topic.name = Cow::Owned(name.to_owned());
        }
        self.request.partitions_left = length(r, is_flexible)?;
        self.request.topics_left = self.request.topics_left.saturating_sub(1);
        self.request.topics.push(topic);
        self.at = self.after_partition();
        Ok(())
    }

    fn partition(&mut self, r: &mut Reader<'_>, is_flexible: bool) -> Result<(), DecodeError> {
        let index = PartitionIndex(r.i32("PartitionProduceData.index")?);
        let length = length(r, is_flexible)?;
        self.request.partitions_left = self.request.partitions_left.saturating_sub(1);
        let partition = PartitionProduceResponse { index, ..PartitionProduceResponse::default() };
        if let Some(topic) = self.request.topics.last_mut() {
            topic.partition_responses.push(partition);
        }
        self.at = At::Records { length: usize::try_from(length).unwrap_or(usize::MAX) };
        Ok(())
    }

    const fn after_topic(&self) -> At {
        if self.request.topics_left > 0 { At::Topic } else { At::End }
    }

    const fn after_partition(&self) -> At {
        if self.request.partitions_left > 0 { At::Partition } else { At::TopicEnd }
    }

    /// Looks at the header of a batch, which is there in full if the records have one.
    fn meet(&mut self, bytes: &[u8], length: usize) {
        self.at = At::Within { left: length };
        let Some(head) = Head::read(bytes).filter(|_| length >= HEADER) else { return };
        self.counted.batches = self.counted.batches.saturating_add(1);
        let records = u64::try_from(head.count).unwrap_or(0);
        self.counted.records = self.counted.records.saturating_add(records);
        self.acknowledge(head);
    }

    fn acknowledge(&mut self, head: Head) {
        let Some(topic) = self.request.topics.last_mut() else { return };
        let name = match topic.name.is_empty() {
            true => topic.topic_id.0.to_string(),
            false => topic.name.to_string(),
        };
        let Some(partition) = topic.partition_responses.last_mut() else { return };
        let index = partition.index.0;
        if let Some(sequences) = &mut self.sequences {
            let is_next = sequences.admit(&name, index, head);
            let wrong = &mut self.counted.wrong_sequences;
            *wrong = wrong.saturating_add(u64::from(!is_next));
            self.batch = Some((head, Running::default()));
        }
        let offset = self.offsets.entry((name, index)).or_default();
        partition.base_offset = *offset;
        partition.log_append_time_ms = -1;
        partition.log_start_offset = 0;
        *offset = offset.saturating_add(i64::from(head.count.max(0)));
    }

    /// Passes over records.
    fn pass(&mut self, bytes: &[u8], left: usize) -> Option<(usize, Option<Event>)> {
        let taken = left.min(bytes.len());
        if let Some((_, running)) = &mut self.batch {
            running.pass(bytes.get(..taken)?);
        }
        self.counted.bytes = self.counted.bytes.saturating_add(taken as u64);
        self.frame_left = self.frame_left.saturating_sub(taken);
        let left = left.saturating_sub(taken);
        self.at = if left == 0 { At::PartitionEnd } else { At::Within { left } };
        if left == 0
            && let Some((head, running)) = self.batch.take()
        {
            let is_wrong = u64::from(running.crc() != head.crc);
            self.counted.wrong_checksums = self.counted.wrong_checksums.saturating_add(is_wrong);
        }
        (taken > 0 || left == 0).then_some((taken, None))
    }

    /// The request is through.
    fn finish(&mut self) -> Event {
        self.at = At::Length;
        self.counted.requests = self.counted.requests.saturating_add(1);
        let request = std::mem::take(&mut self.request);
        let reply = ReplyTo { version: request.version, correlation_id: request.correlation_id };
        let response = ProduceResponse { responses: request.topics, ..ProduceResponse::default() };
        Event::Produced((request.acks != 0).then_some((reply, response)))
    }
}

/// The length of an array or of bytes; null counts as none.
fn length(r: &mut Reader<'_>, is_flexible: bool) -> Result<u32, DecodeError> {
    if is_flexible {
        return Ok(r.uvarint("length")?.saturating_sub(1));
    }
    Ok(u32::try_from(r.i32("length")?).unwrap_or(0))
}
