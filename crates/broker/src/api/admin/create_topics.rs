//! CreateTopics: new topics, or whether they could be created.

use std::collections::BTreeSet;

use klamm_protocol::create_topics::request::CreatableTopic;
use klamm_protocol::create_topics::response::{CreatableTopicConfigs, CreatableTopicResult};
use klamm_protocol::create_topics::{CreateTopicsRequest, CreateTopicsResponse};
use klamm_wire::{ErrorCode, NodeId, TopicId};

use super::{Nodes, named_twice, owned, repeated, settings, text};
use crate::api::{Call, Outcome};
use crate::cluster::{Coordinates, Layout, Refusal};
use crate::topic::{Spoken, TopicSettings};

/// The topic in which real controllers keep their state.
const CONTROLLER_TOPIC: &str = "__cluster_metadata";
/// Where a count is left to the cluster.
const BY_DEFAULT: i32 = -1;

/// A topic that was created, or could be.
struct Created {
    id: TopicId,
    settings: TopicSettings,
    spoken: Spoken,
    replicas: Vec<Vec<NodeId>>,
}

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &CreateTopicsRequest<'_>) -> Outcome {
    let names = || request.topics.iter().map(|topic| topic.name.as_ref());
    let twice = repeated(names());
    let mut answered = BTreeSet::new();
    // All names are judged before any topic exists: like Kafka, which sees no collision within a
    // request.
    let judged: Vec<_> = request
        .topics
        .iter()
        .filter(|topic| answered.insert(topic.name.as_ref()))
        .map(|topic| (topic, check_name(call, &topic.name, &twice)))
        .collect();
    let topics = judged.into_iter().map(|(topic, name)| {
        let created = name.and_then(|()| create(call, topic, request.validate_only));
        answer(call, &topic.name, created)
    });
    let topics = topics.collect();
    call.answer(&CreateTopicsResponse { topics, ..CreateTopicsResponse::default() })
}

fn check_name(call: &Call<'_>, name: &str, twice: &BTreeSet<&str>) -> Result<(), Refusal> {
    if twice.contains(name) {
        return Err(named_twice());
    }
    if name == CONTROLLER_TOPIC {
        let why = format!("Creation of internal topic {name} is prohibited.");
        return Err(Refusal::new(ErrorCode::INVALID_REQUEST, why));
    }
    if !call.may_create(name) {
        let code = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
        return Err(Refusal::new(code, "Authorization failed."));
    }
    call.state.topics.check_name(name)
}

fn create(
    call: &mut Call<'_>,
    topic: &CreatableTopic<'_>,
    validate_only: bool,
) -> Result<Created, Refusal> {
    let (settings, spoken) = configured(call, topic)?;
    let nodes = Nodes::of(call.state);
    let layout = layout(call, topic, &nodes)?;
    let topics = &mut call.state.topics;
    let replicas = topics.place(layout, nodes.ground())?;
    let id = topics.next_id();
    let created = Created { id, settings, spoken, replicas };
    if !validate_only {
        let described = (created.settings.clone(), created.spoken.clone());
        topics.insert((&topic.name, id), described, created.replicas.clone(), &nodes.live);
    }
    Ok(created)
}

/// The settings that the topic is to have, and those of them that the request names.
fn configured(
    call: &Call<'_>,
    topic: &CreatableTopic<'_>,
) -> Result<(TopicSettings, Spoken), Refusal> {
    let refused = |why: String| Refusal::new(ErrorCode::INVALID_CONFIG, why);
    let mut settings = call.state.settings.topics.settings.clone();
    settings.internal = [Coordinates::Groups, Coordinates::Transactions]
        .iter()
        .any(|kind| kind.topic() == topic.name);
    let mut spoken = Spoken::new();
    for config in &topic.configs {
        let Some(value) = config.value.as_deref() else {
            let name = &config.name;
            return Err(refused(format!("Null value not supported for topic configs: {name}")));
        };
        let accepted = settings.accept(&config.name, value);
        let (name, value) = accepted.map_err(|invalid| refused(invalid.to_string()))?;
        spoken.insert(name, value);
    }
    Ok((settings, spoken))
}

/// How many partitions, and where.
fn layout(call: &Call<'_>, topic: &CreatableTopic<'_>, nodes: &Nodes) -> Result<Layout, Refusal> {
    if !topic.assignments.is_empty() {
        return assigned(topic);
    }
    let defaults = &call.state.settings.topics;
    let partitions = match topic.num_partitions {
        BY_DEFAULT => defaults.partitions,
        partitions => partitions,
    };
    let replication = match i32::from(topic.replication_factor) {
        BY_DEFAULT => {
            let most = i16::try_from(nodes.all.len()).unwrap_or(i16::MAX);
            defaults.replication.min(most)
        }
        _ => topic.replication_factor,
    };
    Ok(Layout::Spread { partitions, replication })
}

fn assigned(topic: &CreatableTopic<'_>) -> Result<Layout, Refusal> {
    let ambiguous = |what: &str| {
        let why =
            format!("A manual partition assignment was specified, but {what} was not set to -1.");
        Err(Refusal::new(ErrorCode::INVALID_REQUEST, why))
    };
    if i32::from(topic.replication_factor) != BY_DEFAULT {
        return ambiguous("replication factor");
    }
    if topic.num_partitions != BY_DEFAULT {
        return ambiguous("numPartitions");
    }
    let mut parts: Vec<_> = topic.assignments.iter().collect();
    parts.sort_by_key(|part| part.partition_index);
    let is_gapless = (0..).zip(&parts).all(|(index, part)| part.partition_index.0 == index);
    if !is_gapless {
        let why = "partitions should be a consecutive 0-based integer sequence";
        return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
    }
    Ok(Layout::Assigned(parts.iter().map(|part| part.broker_ids.to_vec()).collect()))
}

fn answer(
    call: &Call<'_>,
    name: &str,
    created: Result<Created, Refusal>,
) -> CreatableTopicResult<'static> {
    let created = match created {
        Ok(created) => created,
        Err(refusal) => {
            return CreatableTopicResult {
                name: owned(name),
                error_code: refusal.code,
                error_message: text(refusal),
                configs: Some(Vec::new()),
                ..CreatableTopicResult::default()
            };
        }
    };
    let copies = created.replicas.first().map_or(0, Vec::len);
    let count = |number| i32::try_from(number).unwrap_or(i32::MAX);
    let defaults = &call.state.settings.topics.settings;
    let shown = settings::of_topic(&created.settings, &created.spoken, defaults);
    CreatableTopicResult {
        name: owned(name),
        topic_id: created.id,
        num_partitions: count(created.replicas.len()),
        replication_factor: i16::try_from(copies).unwrap_or(i16::MAX),
        configs: Some(shown.into_iter().map(config).collect()),
        ..CreatableTopicResult::default()
    }
}

fn config(shown: settings::Shown) -> CreatableTopicConfigs<'static> {
    CreatableTopicConfigs {
        name: shown.name.into(),
        value: shown.value.map(Into::into),
        read_only: shown.read_only,
        config_source: shown.source as i8,
        ..CreatableTopicConfigs::default()
    }
}
