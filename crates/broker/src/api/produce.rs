//! Produce: what is appended, and when that is acknowledged.
//!
//! The order of the checks is Kafka's, since a client learns the first thing that is wrong: rights
//! and names, the form of the records, the number of acks, who leads, whether the transaction has
//! the partition, how many replicas are in sync, and only then what the log says.

mod delayed;
mod epochs;
mod transactional;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use klamm_protocol::produce::response::{
    BatchIndexAndErrorMessage, LeaderIdAndEpoch, NodeEndpoint, PartitionProduceResponse,
    TopicProduceResponse,
};
use klamm_protocol::produce::{ProduceRequest, ProduceResponse, request::TopicProduceData};
use klamm_wire::{ErrorCode, PartitionIndex, TopicId};

use super::leaders::{Leaders, Reached};
use super::{Call, Outcome};
use crate::cluster::{Listener, Partition, State, check_leader};
use crate::defects::{Defect, Defects};
use crate::log::{AppendRules, Appended, Origin, Rejected, check_request};
use crate::security::acl::{Operation, Resource};
use crate::topic::TopicSettings;

pub(crate) use delayed::DelayedProduce;

/// Acks of every replica in sync.
const ACKS_ALL: i16 = -1;
/// The first version whose answers name the new leader.
const FIRST_WITH_HINTS: i16 = 10;
/// The client that Kafka lets write into its own topics.
const ADMIN_CLIENT: &str = "__admin_client";

/// One batch on its way: to which partition of which topic.
struct Item {
    topic: Rc<str>,
    id: TopicId,
    index: PartitionIndex,
    records: Vec<Bytes>,
}

pub(super) fn serve(call: &mut Call<'_>, request: &ProduceRequest<'_>) -> Outcome {
    let mut data = request.topic_data.iter().flat_map(|topic| &topic.partition_data);
    if data.any(|data| data.records.is_none()) {
        return Outcome::Never;
    }
    if let Some(code) = transactional::refusal(call, request) {
        return finish(call, request, everywhere(request, code), Vec::new());
    }
    let (mut responses, items) = sort_out(call, request);
    if let Some(code) = transactional::refusal_of_all(request, &items) {
        return finish(call, request, everywhere(request, code), Vec::new());
    }
    let acks = acks(call, request);
    let mut waiting = Vec::new();
    for item in items {
        let answer = match acks {
            -1..=1 => append(call, request, acks, &item),
            _ => Err(Failed::before(ErrorCode::INVALID_REQUIRED_ACKS)),
        };
        if let (Ok(appended), ACKS_ALL) = (&answer, acks) {
            waiting.push(delayed::Pending::of(call.state, &item, appended));
        }
        let answer = answered(call, item.index, answer);
        place(&mut responses, &item, answer);
    }
    let waiting = waiting.into_iter().flatten().collect();
    finish(call, request, responses, waiting)
}

/// How many replicas must have the records before they are acknowledged; −1 for all in sync.
fn acks(call: &Call<'_>, request: &ProduceRequest<'_>) -> i16 {
    match request.acks {
        acks @ -1..=1 => acks,
        _ if call.has(Defect::AcceptsAnyAcks) => ACKS_ALL,
        acks => acks,
    }
}

/// The topics of the answer, and the batches that are to be appended: what cannot be is answered.
fn sort_out(
    call: &Call<'_>,
    request: &ProduceRequest<'_>,
) -> (Vec<TopicProduceResponse<'static>>, Vec<Item>) {
    let mut responses = Vec::new();
    // A partition that is named twice keeps the last batch, as in Kafka.
    let mut items: BTreeMap<(Rc<str>, PartitionIndex), Item> = BTreeMap::new();
    for topic in &request.topic_data {
        let (name, known) = names(call, topic);
        let known = known.and_then(|()| call.check(Operation::Write, Resource::Topic(&name)));
        responses.push(TopicProduceResponse {
            name: Cow::Owned(name.to_string()),
            topic_id: topic.topic_id,
            ..TopicProduceResponse::default()
        });
        for data in &topic.partition_data {
            let pieces = data.records.as_ref().map(|records| records.pieces().collect());
            let item = Item {
                topic: Rc::clone(&name),
                id: topic.topic_id,
                index: data.index,
                records: pieces.unwrap_or_default(),
            };
            let ordered = call.state.faults.refuses_early(&name, data.index);
            let exists = ordered.and(known).and_then(|()| exists(call, &name, data.index));
            if let Err(why) = exists.map_err(Failed::before).and_then(|()| check(call, &item)) {
                let answer = failed(data.index, &why);
                responses.last_mut().into_iter().for_each(|topic| {
                    topic.partition_responses.push(answer.clone());
                });
                continue;
            }
            items.insert((Rc::clone(&name), data.index), item);
        }
    }
    (responses, items.into_values().collect())
}

/// Whether the records are what a request of this version may carry; asked before anyone asks who
/// leads the partition.
fn check(call: &Call<'_>, item: &Item) -> Result<(), Failed> {
    if let Some(code) = call.habits().codec_refusal(&item.records) {
        return Err(Failed::before(code));
    }
    let checked = check_request(&item.records, call.version(), &call.state.settings.defects);
    checked.map_err(|rejected| Failed { rejected, log_start: -1 })
}

/// The name of the topic that is meant; an error if it is named by an id that nobody has.
fn names(call: &Call<'_>, topic: &TopicProduceData<'_>) -> (Rc<str>, Result<(), ErrorCode>) {
    if call.version() < 13 {
        return (Rc::from(topic.name.as_ref()), Ok(()));
    }
    match call.state.topics.name_of(topic.topic_id) {
        Some(name) => (Rc::from(name), Ok(())),
        None => (Rc::from(""), Err(ErrorCode::UNKNOWN_TOPIC_ID)),
    }
}

fn exists(call: &Call<'_>, topic: &str, index: PartitionIndex) -> Result<(), ErrorCode> {
    match call.state.topics.partition(topic, index) {
        Some(_) => Ok(()),
        None => Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
    }
}

/// Why nothing was appended.
struct Failed {
    rejected: Rejected,
    log_start: i64,
}

impl Failed {
    /// Before anyone looked at the log.
    fn before(code: ErrorCode) -> Self {
        let rejected = Rejected { code, message: None, records: Vec::new() };
        Self { rejected, log_start: -1 }
    }

    /// By the log; for some reasons Kafka says where the log starts.
    fn by_log(rejected: Rejected, log_start: i64) -> Self {
        let is_known = matches!(
            rejected.code,
            ErrorCode::CORRUPT_MESSAGE
                | ErrorCode::MESSAGE_TOO_LARGE
                | ErrorCode::RECORD_LIST_TOO_LARGE
                | ErrorCode::KAFKA_STORAGE_ERROR
        );
        Self { log_start: if is_known { -1 } else { log_start }, rejected }
    }
}

/// Why the log is not even asked, if there is a reason.
fn check_target(
    call: &mut Call<'_>,
    request: &ProduceRequest<'_>,
    item: &Item,
) -> Result<(), ErrorCode> {
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let topic = call.state.topics.get(&item.topic).ok_or(unknown)?;
    if topic.settings.internal && call.client_id != ADMIN_CLIENT {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let partition = topic.partition(item.index).ok_or(unknown)?;
    check_leader(&call.state.settings.defects, partition, call.node())?;
    transactional::verify(call, request, item)?;
    epochs::check(call, item)
}

fn append(
    call: &mut Call<'_>,
    request: &ProduceRequest<'_>,
    acks: i16,
    item: &Item,
) -> Result<Appended, Failed> {
    check_target(call, request, item).map_err(Failed::before)?;
    let node = call.node();
    let forgets = call.has(Defect::AcknowledgesWithoutStoring);
    let (version, now) = (call.version(), call.now);
    let is_admin = call.client_id == ADMIN_CLIENT;
    let topic = call.state.topics.get_mut(&item.topic);
    let topic = topic.ok_or_else(|| Failed::before(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
    let id = topic.id;
    let (partition, settings) = topic
        .partition_mut(item.index)
        .ok_or_else(|| Failed::before(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
    if acks == ACKS_ALL && lacks_replicas(&call.state.settings.defects, partition, settings) {
        return Err(Failed::before(ErrorCode::NOT_ENOUGH_REPLICAS));
    }
    let ordered = call.state.faults.refuses_append(node, &item.topic, item.index);
    ordered.map_err(Failed::before)?;
    let rules = AppendRules {
        settings,
        defects: &call.state.settings.defects,
        now: now.wall,
        leader_epoch: partition.leader_epoch,
        tv2: version >= 12 && request.transactional_id.is_some(),
        fresh_needs_zero: call.state.settings.fresh_partitions_begin_at_zero,
        sequences: call.state.settings.persona.habits().sequences,
    };
    let leader = partition.led_mut();
    let leader = leader.ok_or_else(|| Failed::before(ErrorCode::NOT_LEADER_OR_FOLLOWER))?;
    let end = leader.log.end();
    let origin = Origin::Client { version, internal_client: is_admin };
    let appended = leader.log.append_as_leader(&item.records, origin, &rules);
    if forgets {
        leader.log.truncate_to(end);
    }
    let start = leader.log.start();
    if appended.is_ok() {
        call.state.faults.note_appended(&item.topic, item.index);
    }
    call.state.touch(now, id, item.index);
    appended.map_err(|rejected| Failed::by_log(rejected, start))
}

/// Whether too few replicas are in sync for acks=all.
fn lacks_replicas(defects: &Defects, partition: &Partition, settings: &TopicSettings) -> bool {
    partition.is_under_min_insync(settings) && !defects.has(Defect::IgnoresMinInsync)
}

/// The answer for one partition.
fn answered(
    call: &Call<'_>,
    index: PartitionIndex,
    result: Result<Appended, Failed>,
) -> PartitionProduceResponse<'static> {
    let appended = match result {
        Ok(appended) => appended,
        Err(why) => return failed(index, &why),
    };
    let base_offset = if call.has(Defect::WrongBaseOffset) {
        appended.base_offset.saturating_sub(1).max(0)
    } else {
        appended.base_offset
    };
    PartitionProduceResponse {
        index,
        base_offset,
        log_append_time_ms: appended.log_append_time,
        log_start_offset: appended.log_start,
        ..PartitionProduceResponse::default()
    }
}

fn failed(index: PartitionIndex, why: &Failed) -> PartitionProduceResponse<'static> {
    let errors = why.rejected.records.iter().map(|(index, text)| BatchIndexAndErrorMessage {
        batch_index: *index,
        batch_index_error_message: text.clone().map(Cow::Owned),
        ..BatchIndexAndErrorMessage::default()
    });
    PartitionProduceResponse {
        index,
        error_code: why.rejected.code,
        base_offset: -1,
        log_append_time_ms: -1,
        log_start_offset: why.log_start,
        record_errors: errors.collect(),
        error_message: why.rejected.message.clone().map(Cow::Owned),
        ..PartitionProduceResponse::default()
    }
}

/// The same answer for every partition of the request.
fn everywhere(request: &ProduceRequest<'_>, code: ErrorCode) -> Vec<TopicProduceResponse<'static>> {
    let topics = request.topic_data.iter().map(|topic| {
        let parts = topic.partition_data.iter();
        TopicProduceResponse {
            name: Cow::Owned(topic.name.clone().into_owned()),
            topic_id: topic.topic_id,
            partition_responses: parts
                .map(|data| failed(data.index, &Failed::before(code)))
                .collect(),
            ..TopicProduceResponse::default()
        }
    });
    topics.collect()
}

/// Puts the answer of one partition under its topic.
fn place(
    responses: &mut [TopicProduceResponse<'static>],
    item: &Item,
    answer: PartitionProduceResponse<'static>,
) {
    let is_its = |topic: &&mut TopicProduceResponse<'static>| {
        *topic.name == *item.topic && topic.topic_id == item.id
    };
    if let Some(topic) = responses.iter_mut().find(is_its) {
        topic.partition_responses.push(answer);
    }
}

/// Answers, at once or when replicas have what was appended, if the client wants an answer.
fn finish(
    call: &Call<'_>,
    request: &ProduceRequest<'_>,
    mut responses: Vec<TopicProduceResponse<'static>>,
    pending: Vec<delayed::Pending>,
) -> Outcome {
    responses.retain(|topic| !topic.partition_responses.is_empty());
    if call.has(Defect::OmitsPartition) {
        responses.last_mut().map(|topic| topic.partition_responses.pop());
    }
    for answer in responses.iter_mut().flat_map(|topic| &mut topic.partition_responses) {
        answer.error_code = call.habits().told(answer.error_code);
    }
    let response = ProduceResponse { responses, ..ProduceResponse::default() };
    let deadline = call.wait_until(request.timeout_ms);
    let delayed = DelayedProduce::new(call.reply, response, pending, deadline);
    let answers_all = call.habits().answers_acks_zero || call.has(Defect::AnswersAcksZero);
    if acks(call, request) == 0 && !answers_all {
        if delayed.has_failed() { Outcome::Close } else { Outcome::Silence }
    } else if delayed.is_done() {
        delayed.answer(call.state, call.session)
    } else {
        Outcome::Produced(Box::new(delayed))
    }
}

/// Names the leader of every partition that was asked elsewhere, and where it is reached.
fn add_hints(
    response: &mut ProduceResponse<'static>,
    state: &State,
    listener: Listener,
    version: i16,
) {
    if version < FIRST_WITH_HINTS || !state.settings.persona.habits().names_new_leaders {
        return;
    }
    let mut leaders = Leaders::new(state, listener);
    for topic in &mut response.responses {
        for answer in &mut topic.partition_responses {
            if answer.error_code != ErrorCode::NOT_LEADER_OR_FOLLOWER {
                continue;
            }
            if let Some(leader) = leaders.of((&topic.name, topic.topic_id), answer.index) {
                answer.current_leader = LeaderIdAndEpoch {
                    leader_id: leader.node,
                    leader_epoch: leader.epoch,
                    ..LeaderIdAndEpoch::default()
                };
            }
        }
    }
    let endpoint = |at: Reached| NodeEndpoint {
        node_id: at.node,
        host: at.host,
        port: at.port,
        rack: at.rack,
        ..NodeEndpoint::default()
    };
    response.node_endpoints = leaders.addresses().map(endpoint).collect();
}
