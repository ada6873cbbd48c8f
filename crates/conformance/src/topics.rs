//! Topics of a case: made before it needs them, gone after it.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::create_topics::CreateTopicsRequest;
use klamm_protocol::create_topics::request::{CreatableTopic, CreatableTopicConfig};
use klamm_protocol::delete_topics::DeleteTopicsRequest;
use klamm_protocol::delete_topics::request::DeleteTopicState;
use klamm_protocol::list_offsets::ListOffsetsRequest;
use klamm_protocol::list_offsets::request::{ListOffsetsPartition, ListOffsetsTopic};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId};
use serde_json::Value;

use crate::answer::Answer;
use crate::case::Stop;
use crate::conn::{Conn, PATIENCE};
use crate::requests;
use crate::target::Advertised;

/// How often one asks again.
const PAUSE: Duration = Duration::from_millis(50);
/// The last version of DeleteTopics that takes names alone.
const DELETE_BY_NAME: i16 = 5;
/// The newest version of ListOffsets that is needed to ask for ends.
const ENDS: i16 = 7;
/// The first version of Metadata that can ask not to make what it asks for.
const REFUSES_CREATION: i16 = 4;

/// A topic that exists, with a leader for each of its partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name, with the prefix of the run.
    pub name: String,
    /// Its id; zero where the broker has none.
    pub id: TopicId,
    /// `host:port` of the leader of each partition.
    pub leaders: Vec<String>,
}

/// What a topic shall be like.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The name, with the prefix of the run.
    pub name: &'a str,
    /// How many partitions.
    pub partitions: i32,
    /// How many brokers hold each of them.
    pub copies: i16,
    /// Settings of the topic.
    pub configs: &'a [(&'a str, &'a str)],
}

/// Makes a topic and waits until its leaders are known; more copies than brokers are skipped.
///
/// # Errors
/// When the broker refuses, or takes too long.
pub fn create(conn: &mut Conn, can: &Advertised, wish: Wish<'_>) -> Result<Topic, Stop> {
    let Some(versions) = can.usable(ApiKey::CreateTopics) else {
        return Err(Stop::Skipped("CreateTopics is not advertised".into()));
    };
    let answer = conn.ask(versions.max, &creation(wish))?;
    let code = answer.code("/topics/0/errorCode");
    if wish.copies > 1 && code == Some(ErrorCode::INVALID_REPLICATION_FACTOR) {
        return Err(Stop::Skipped(format!("fewer than {} brokers", wish.copies)));
    }
    if code.is_none_or(|code| !code.is_ok()) {
        let text = answer.text("/topics/0/errorMessage").unwrap_or_default();
        let came = code.map_or_else(|| answer.kind().to_owned(), |code| code.to_string());
        return Err(Stop::Failed(format!("create {}: {came} {text}", wish.name)));
    }
    let topic = await_leaders(conn, can, wish)?;
    await_service(conn, can, &topic)?;
    Ok(topic)
}

/// Waits until every leader serves: a broker can tell of a leader before that one knows it.
fn await_service(conn: &mut Conn, can: &Advertised, topic: &Topic) -> Result<(), Stop> {
    let Some(versions) = can.usable(ApiKey::ListOffsets) else { return Ok(()) };
    let until = Instant::now() + PATIENCE;
    for leader in topic.leaders.iter().collect::<BTreeSet<_>>() {
        let led = (0..).zip(&topic.leaders).filter(|(_, other)| *other == leader);
        let request = ends(&topic.name, led.map(|(partition, _)| partition));
        let mut at_leader = conn.another(leader)?;
        loop {
            let answer = at_leader.ask(versions.max.min(ENDS), &request)?;
            let partitions = answer.list("/topics/0/partitions");
            let serves = |partition: &Value| int(partition, "errorCode") == Some(0);
            if !partitions.is_empty() && partitions.iter().all(serves) {
                break;
            }
            if Instant::now() > until {
                return Err(Stop::Hang(format!("a leader of {} does not serve", topic.name)));
            }
            sleep(PAUSE);
        }
    }
    Ok(())
}

/// Asks for the end of partitions.
fn ends(topic: &str, partitions: impl Iterator<Item = i32>) -> ListOffsetsRequest<'_> {
    let end = |partition| ListOffsetsPartition {
        partition_index: PartitionIndex(partition),
        timestamp: -1,
        ..ListOffsetsPartition::default()
    };
    ListOffsetsRequest {
        replica_id: NodeId::NONE,
        topics: vec![ListOffsetsTopic {
            name: topic.into(),
            partitions: partitions.map(end).collect(),
            ..ListOffsetsTopic::default()
        }],
        ..ListOffsetsRequest::default()
    }
}

fn creation(wish: Wish<'_>) -> CreateTopicsRequest<'_> {
    CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: wish.name.into(),
            num_partitions: wish.partitions,
            replication_factor: wish.copies,
            configs: wish
                .configs
                .iter()
                .map(|(name, value)| CreatableTopicConfig {
                    name: (*name).into(),
                    value: Some((*value).into()),
                    ..CreatableTopicConfig::default()
                })
                .collect(),
            ..CreatableTopic::default()
        }],
        timeout_ms: 15_000,
        ..CreateTopicsRequest::default()
    }
}

fn await_leaders(conn: &mut Conn, can: &Advertised, wish: Wish<'_>) -> Result<Topic, Stop> {
    let Some(versions) = can.usable(ApiKey::Metadata) else {
        return Err(Stop::Skipped("Metadata is not advertised".into()));
    };
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let mut request = requests::metadata(&[wish.name]);
        request.allow_auto_topic_creation = versions.max < REFUSES_CREATION;
        let answer = conn.ask(versions.max, &request)?;
        if let Some(topic) = topic_of(&answer, wish) {
            return Ok(topic);
        }
        sleep(PAUSE);
    }
    Err(Stop::Hang(format!("no leaders for {}", wish.name)))
}

fn topic_of(answer: &Answer, wish: Wish<'_>) -> Option<Topic> {
    let partitions = answer.list("/topics/0/partitions");
    if i32::try_from(partitions.len()).ok() != Some(wish.partitions) {
        return None;
    }
    let mut leaders: Vec<(i64, String)> = partitions
        .iter()
        .map(|partition| {
            let leader = int(partition, "leaderId")?;
            Some((int(partition, "partitionIndex")?, endpoint(answer, leader)?))
        })
        .collect::<Option<_>>()?;
    leaders.sort();
    let id = answer.text("/topics/0/topicId").and_then(|id| id.parse().ok());
    Some(Topic {
        name: wish.name.to_owned(),
        id: id.map_or(TopicId::ZERO, TopicId),
        leaders: leaders.into_iter().map(|(_, address)| address).collect(),
    })
}

/// `host:port` of a node in a Metadata answer.
#[must_use]
pub fn endpoint(answer: &Answer, node: i64) -> Option<String> {
    let mut brokers = answer.list("/brokers").iter();
    let broker = brokers.find(|broker| int(broker, "nodeId") == Some(node))?;
    Some(format!("{}:{}", broker.get("host")?.as_str()?, int(broker, "port")?))
}

fn int(value: &Value, field: &str) -> Option<i64> {
    value.get(field)?.as_i64()
}

/// Removes topics, as far as the broker lets one.
pub fn delete(conn: &mut Conn, can: &Advertised, names: &[String]) {
    let Some(versions) = can.usable(ApiKey::DeleteTopics) else { return };
    let state = |name: &String| DeleteTopicState {
        name: Some(name.clone().into()),
        ..DeleteTopicState::default()
    };
    let mut request = DeleteTopicsRequest { timeout_ms: 15_000, ..DeleteTopicsRequest::default() };
    if versions.max > DELETE_BY_NAME {
        request.topics = names.iter().map(state).collect();
    } else {
        request.topic_names = names.iter().map(|name| name.clone().into()).collect();
    }
    // A topic that stays behind has a name that nobody else uses.
    let _ = conn.ask(versions.max, &request);
}
