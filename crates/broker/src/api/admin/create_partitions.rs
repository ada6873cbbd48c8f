//! CreatePartitions: more partitions for topics that exist.

use std::collections::BTreeSet;

use klamm_protocol::create_partitions::request::CreatePartitionsTopic;
use klamm_protocol::create_partitions::response::CreatePartitionsTopicResult;
use klamm_protocol::create_partitions::{CreatePartitionsRequest, CreatePartitionsResponse};
use klamm_wire::{ErrorCode, NodeId};

use super::{Nodes, bare, named_twice, owned, repeated, text};
use crate::api::{Call, Outcome};
use crate::cluster::Refusal;
use crate::security::acl::{Operation, Resource};

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &CreatePartitionsRequest<'_>) -> Outcome {
    let twice = repeated(request.topics.iter().map(|topic| topic.name.as_ref()));
    let mut answered = BTreeSet::new();
    let mut results = Vec::new();
    for topic in &request.topics {
        if !answered.insert(topic.name.as_ref()) {
            continue;
        }
        let grown = if twice.contains(topic.name.as_ref()) {
            Err(named_twice())
        } else {
            grow(call, topic, request.validate_only)
        };
        results.push(answer(&topic.name, grown));
    }
    call.answer(&CreatePartitionsResponse { results, ..CreatePartitionsResponse::default() })
}

fn grow(
    call: &mut Call<'_>,
    topic: &CreatePartitionsTopic<'_>,
    validate_only: bool,
) -> Result<(), Refusal> {
    let name = topic.name.as_ref();
    call.check(Operation::Alter, Resource::Topic(name)).map_err(bare)?;
    let known = call.state.topics.get(name);
    let known = known.ok_or_else(|| bare(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
    let held = known.partitions.len();
    let copies = known.partitions.first().map_or(1, |first| first.replicas.len());
    let more = additional(name, held, topic.count)?;
    call.state.topics.check_room(more)?;
    let replicas = place(call, topic, more, copies)?;
    if !validate_only {
        let live = call.state.live_nodes();
        call.state.topics.grow(name, replicas, &live);
    }
    Ok(())
}

/// How many partitions a topic lacks that has `held`.
fn additional(name: &str, held: usize, wanted: i32) -> Result<usize, Refusal> {
    let refused = |why| Err(Refusal::new(ErrorCode::INVALID_PARTITIONS, why));
    match usize::try_from(wanted) {
        Ok(wanted) if wanted == held => refused(format!("Topic already has {held} partition(s).")),
        Ok(wanted) if wanted > held => Ok(wanted.saturating_sub(held)),
        _ => refused(format!(
            "The topic {name} currently has {held} partition(s); {wanted} would not be an increase."
        )),
    }
}

/// Where they go: as the request says, or wherever there is room.
fn place(
    call: &mut Call<'_>,
    topic: &CreatePartitionsTopic<'_>,
    more: usize,
    copies: usize,
) -> Result<Vec<Vec<NodeId>>, Refusal> {
    let nodes = Nodes::of(call.state);
    let Some(assignments) = &topic.assignments else {
        return call.state.topics.place_more(more, copies, nodes.ground());
    };
    if assignments.len() != more {
        let why = format!(
            "Attempted to add {more} additional partition(s), but only {} assignment(s) were \
             specified.",
            assignments.len()
        );
        return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
    }
    let replicas: Vec<_> = assignments.iter().map(|part| part.broker_ids.to_vec()).collect();
    nodes.ground().check(&replicas, Some(copies))?;
    Ok(replicas)
}

fn answer(name: &str, grown: Result<(), Refusal>) -> CreatePartitionsTopicResult<'static> {
    let (error_code, error_message) = match grown {
        Ok(()) => (ErrorCode::NONE, None),
        Err(refusal) => (refusal.code, text(refusal)),
    };
    CreatePartitionsTopicResult {
        name: owned(name),
        error_code,
        error_message,
        ..CreatePartitionsTopicResult::default()
    }
}
