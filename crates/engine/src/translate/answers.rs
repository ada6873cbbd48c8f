//! Answers to Produce as facts: who was meant, what is said, and in which words.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_cluster::ResponseFrame;
use klamm_cluster::metadata::TopicRef;
use klamm_idempotence::{Answer, AttemptId, Part, Piece, Ticket};
use klamm_protocol::frame::DecodeFrameError;
use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::produce::response::{PartitionProduceResponse, TopicProduceResponse};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

/// The first version that names topics by their ids.
const FIRST_BY_ID: i16 = 13;

/// From this version on, the client itself has to be silent: before, the broker waits.
const FIRST_TO_MUTE: i16 = 6;

/// The longest words of a broker that are kept.
const MOST_WORDS: usize = 1_024;

/// One topic of a request that was sent, as it was called then.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) topic: TopicRef,
    pub(crate) name: Arc<str>,
    pub(crate) id: TopicId,
    /// By ascending partition.
    pub(crate) sent: Vec<Sent>,
}

/// One batch of a request that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) partition: PartitionIndex,
    pub(crate) attempt: AttemptId,
    pub(crate) part: Part,
    pub(crate) ticket: Ticket,
    pub(crate) piece: Piece,
}

/// What was said to one batch.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) sent: Sent,
    pub(crate) answer: Answer,
    pub(crate) words: Option<Box<Words>>,
}

/// A broker's words about a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// About all of it.
    pub(crate) whole: Option<Arc<str>>,
    /// About single records, by their index within what was sent.
    pub(crate) records: BTreeMap<u32, String>,
}

/// An answer that was read.
#[derive(Debug)]
pub(crate) struct Read {
    /// For every batch of the request, in the order of the request.
    pub(crate) told: Vec<Told>,
    /// For how long the broker wants silence, in milliseconds.
    pub(crate) throttle_ms: u64,
    /// What it said of batches that it was not asked about, or said before.
    pub(crate) foreign: u64,
}

/// What was said to each of these batches.
pub(crate) fn read(groups: &[Group], body: &ProduceResponse<'_>, version: i16) -> Read {
    let mut reader = Reader::new(groups, version);
    for topic in &body.responses {
        reader.topic(topic);
    }
    let mute = version >= FIRST_TO_MUTE;
    let throttle_ms = u64::try_from(body.throttle_time_ms).ok().filter(|_| mute).unwrap_or(0);
    let foreign = reader.foreign;
    Read { told: reader.finish(), throttle_ms, foreign }
}

/// The body of an answer.
///
/// # Errors
/// When it is malformed.
pub(crate) fn decode(frame: &ResponseFrame) -> Result<ProduceResponse<'_>, DecodeFrameError> {
    frame.decode::<ProduceResponse<'_>>().map(|decoded| decoded.body)
}

/// What an answer says of one batch: the fact, and the words.
type Said = (Answer, Option<Box<Words>>);

struct Reader<'a> {
    groups: Names<'a>,
    /// What was said, beside each batch of each group.
    said: Vec<Vec<Option<Said>>>,
    foreign: u64,
}

/// The topics of a request, to be found by what an answer calls them.
pub(crate) struct Names<'a> {
    groups: &'a [Group],
    /// Of an answer that names topics by their ids.
    ids: Option<BTreeMap<TopicId, usize>>,
}

impl<'a> Names<'a> {
    /// For an answer of that version. Groups are sorted by name.
    pub(crate) fn new(groups: &'a [Group], version: i16) -> Self {
        let ids = || groups.iter().enumerate().map(|(at, group)| (group.id, at)).collect();
        Self { groups, ids: (version >= FIRST_BY_ID).then(ids) }
    }

    /// The place of a topic.
    pub(crate) fn find(&self, topic: &TopicProduceResponse<'_>) -> Option<usize> {
        match &self.ids {
            Some(ids) => ids.get(&topic.topic_id).copied(),
            None => self.groups.binary_search_by(|group| (*group.name).cmp(&*topic.name)).ok(),
        }
    }

    /// A topic.
    pub(crate) fn group(&self, topic: &TopicProduceResponse<'_>) -> Option<&'a Group> {
        self.groups.get(self.find(topic)?)
    }
}

impl<'a> Reader<'a> {
    fn new(groups: &'a [Group], version: i16) -> Self {
        let empty = |group: &Group| group.sent.iter().map(|_| None).collect();
        Self {
            groups: Names::new(groups, version),
            said: groups.iter().map(empty).collect(),
            foreign: 0,
        }
    }

    fn topic(&mut self, topic: &TopicProduceResponse<'_>) {
        let Some(at) = self.groups.find(topic) else {
            let count = u64::try_from(topic.partition_responses.len()).unwrap_or(u64::MAX);
            self.foreign = self.foreign.saturating_add(count);
            return;
        };
        for partition in &topic.partition_responses {
            self.partition(at, partition);
        }
    }

    fn partition(&mut self, at: usize, said: &PartitionProduceResponse<'_>) {
        let group = self.groups.groups.get(at);
        let found = group.and_then(|group| {
            group.sent.binary_search_by_key(&said.index, |sent| sent.partition).ok()
        });
        let place = found.and_then(|found| self.said.get_mut(at)?.get_mut(found));
        match place {
            Some(place @ None) => *place = Some((fact(said), words(said))),
            Some(Some(_)) | None => self.foreign = self.foreign.saturating_add(1),
        }
    }

    fn finish(self) -> Vec<Told> {
        let sent = self.groups.groups.iter().flat_map(|group| &group.sent);
        let told = sent.zip(self.said.into_iter().flatten()).map(|(sent, said)| {
            let (answer, words) = said.unwrap_or((Answer::Absent, None));
            Told { sent: *sent, answer, words }
        });
        told.collect()
    }
}

fn fact(said: &PartitionProduceResponse<'_>) -> Answer {
    let errors = said.record_errors.iter();
    Answer::Present {
        code: said.error_code,
        base_offset: Some(said.base_offset).filter(|offset| *offset >= 0),
        append_time: Some(said.log_append_time_ms).filter(|time| *time >= 0),
        record_errors: errors.filter_map(|error| u32::try_from(error.batch_index).ok()).collect(),
    }
}

fn words(said: &PartitionProduceResponse<'_>) -> Option<Box<Words>> {
    if said.error_code == ErrorCode::NONE {
        return None;
    }
    let whole = said.error_message.as_deref().map(|words| Arc::from(shortened(words)));
    let records: BTreeMap<u32, String> = said
        .record_errors
        .iter()
        .filter_map(|error| {
            let words = error.batch_index_error_message.as_deref()?;
            Some((u32::try_from(error.batch_index).ok()?, shortened(words).to_owned()))
        })
        .collect();
    (whole.is_some() || !records.is_empty()).then(|| Box::new(Words { whole, records }))
}

/// The beginning of a text, cut between two characters.
fn shortened(words: &str) -> &str {
    words.get(..words.floor_char_boundary(MOST_WORDS)).unwrap_or(words)
}

#[cfg(test)]
mod tests;
