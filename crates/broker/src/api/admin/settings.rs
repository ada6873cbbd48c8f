//! The settings of topics and nodes, as clients are shown them.
//!
//! Each has its value, and the source that it comes from.

use crate::cluster::ClusterSettings;
use crate::topic::{SETTINGS, Setting, Spoken, TopicSettings, ValueType};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The topic has it of its own.
    Topic = 1,
    /// The nodes were started with it.
    Node = 4,
    /// Nobody said anything.
    Default = 5,
}

/// One value of a setting, under the name and from the source that it has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Synonym {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) source: Source,
}

/// A setting and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
    pub(super) source: Source,
    pub(super) value_type: ValueType,
    pub(super) read_only: bool,
    /// Every value that there is for it, the one that counts first.
    pub(super) synonyms: Vec<Synonym>,
}

/// All settings of a topic.
pub(super) fn of_topic(
    settings: &TopicSettings,
    spoken: &Spoken,
    defaults: &TopicSettings,
) -> Vec<Shown> {
    SETTINGS.iter().map(|setting| one_of_topic(setting, settings, spoken, defaults)).collect()
}

fn one_of_topic(
    setting: &'static Setting,
    settings: &TopicSettings,
    spoken: &Spoken,
    defaults: &TopicSettings,
) -> Shown {
    let Setting { name, kind, .. } = setting;
    let (own, inherited) = (kind.read(settings), kind.read(defaults));
    let said = spoken.get(name).cloned();
    let own = said.or_else(|| (own != inherited).then_some(own));
    let own = own.map(|value| Synonym { name, value, source: Source::Topic });
    let mut synonyms: Vec<Synonym> = own.into_iter().chain(of_nodes(setting, defaults)).collect();
    let first = synonyms.first().cloned();
    let (value, source) = match first {
        Some(first) => (first.value, first.source),
        None => (inherited, Source::Default),
    };
    // Where a node has no name for it there is nothing to list but what the topic has.
    synonyms.retain(|one| one.source == Source::Topic || setting.broker_name.is_some());
    let value_type = kind.value_type();
    Shown { name, value: Some(value), source, value_type, read_only: false, synonyms }
}

/// What nodes give every topic: what they were started with, and what they would have otherwise.
fn of_nodes(setting: &'static Setting, defaults: &TopicSettings) -> Vec<Synonym> {
    let name = setting.broker_name.unwrap_or(setting.name);
    let (given, usual) =
        (setting.kind.read(defaults), setting.kind.read(&TopicSettings::default()));
    let is_given = given != usual;
    let usual = Synonym { name, value: usual, source: Source::Default };
    let given = is_given.then_some(Synonym { name, value: given, source: Source::Node });
    given.into_iter().chain([usual]).collect()
}

/// All settings of a node that this cluster knows of.
pub(super) fn of_node(node: i32, settings: &ClusterSettings) -> Vec<Shown> {
    let defaults = &settings.topics.settings;
    let shared = SETTINGS.iter().filter_map(|setting| {
        let name = setting.broker_name?;
        let synonyms = of_nodes(setting, defaults);
        let first = synonyms.first()?.clone();
        let value_type = setting.kind.value_type();
        let (value, source) = (Some(first.value), first.source);
        Some(Shown { name, value, source, value_type, read_only: false, synonyms })
    });
    let mut shown: Vec<Shown> = shared.chain(own(node, settings)).collect();
    shown.sort_by_key(|one| one.name);
    shown
}

/// What only nodes have.
fn own(node: i32, settings: &ClusterSettings) -> Vec<Shown> {
    let usual = ClusterSettings::default();
    let rack = settings.nodes.iter().find(|one| one.id.0 == node).and_then(|one| one.rack.clone());
    let mut shown: Vec<Shown> = numbers(settings)
        .into_iter()
        .zip(numbers(&usual))
        .map(|((name, value_type, value), (.., usual))| {
            let source = if value == usual { Source::Default } else { Source::Node };
            fixed(name, value_type, Some(value.to_string()), source)
        })
        .collect();
    let auto = settings.topics.auto_create;
    let auto_source = if auto { Source::Default } else { Source::Node };
    let flag = |name, value: bool, source| {
        fixed(name, ValueType::Boolean, Some(value.to_string()), source)
    };
    shown.push(flag("auto.create.topics.enable", auto, auto_source));
    shown.push(flag("delete.topic.enable", true, Source::Default));
    let rack_source = if rack.is_some() { Source::Node } else { Source::Default };
    shown.push(fixed("broker.rack", ValueType::Text, rack, rack_source));
    for name in ["broker.id", "node.id"] {
        shown.push(fixed(name, ValueType::Int, Some(node.to_string()), Source::Node));
    }
    let hours = settings.topics.settings.retention_ms.checked_div(3_600_000).unwrap_or(-1);
    shown.push(fixed(
        "log.retention.hours",
        ValueType::Int,
        Some(hours.to_string()),
        Source::Default,
    ));
    shown
}

/// Those that are numbers.
fn numbers(settings: &ClusterSettings) -> [(&'static str, ValueType, u128); 11] {
    let (topics, limits) = (&settings.topics, &settings.limits);
    let of = |number: i64| u128::try_from(number).unwrap_or(0);
    let bytes = |number: usize| u128::try_from(number).unwrap_or(u128::MAX);
    let lag = settings.replication.lag_max.as_millis();
    let internal = of(i64::from(topics.internal_partitions));
    let timeout = of(i64::from(limits.transaction_timeout_ms));
    let expiration = of(limits.producer_expiration_ms);
    let replication = of(i64::from(topics.replication));
    [
        ("connections.max.idle.ms", ValueType::Long, limits.idle.as_millis()),
        ("default.replication.factor", ValueType::Int, replication),
        ("fetch.max.bytes", ValueType::Int, bytes(limits.fetch_bytes)),
        ("num.partitions", ValueType::Int, of(i64::from(topics.partitions))),
        ("offsets.topic.num.partitions", ValueType::Int, internal),
        ("producer.id.expiration.ms", ValueType::Int, expiration),
        ("replica.lag.time.max.ms", ValueType::Long, lag),
        ("socket.request.max.bytes", ValueType::Int, bytes(limits.request_bytes)),
        ("transaction.max.timeout.ms", ValueType::Int, timeout),
        ("transaction.state.log.num.partitions", ValueType::Int, internal),
        ("transactional.id.expiration.ms", ValueType::Int, 604_800_000),
    ]
}

/// A setting that nobody can change while the node runs.
fn fixed(
    name: &'static str,
    value_type: ValueType,
    value: Option<String>,
    source: Source,
) -> Shown {
    let synonym = value.clone().map(|value| Synonym { name, value, source });
    Shown {
        name,
        value,
        source,
        value_type,
        read_only: true,
        synonyms: synonym.into_iter().collect(),
    }
}
