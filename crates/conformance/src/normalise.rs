//! What may differ between two runs without meaning anything, and how it is renamed.
//!
//! This is the only place that does so. Each rule has a name here and a line in the README:
//! `own-names`, `endpoints`, `cluster-id`, `topic-ids`, `producer-ids`, `node-ids`, `now`,
//! `throttle`, `feature-epoch`, `tokens`, `order`. Error texts stay as they are; whether they are
//! compared is for `compare` to know.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// Fields of `endpoints`.
const ENDPOINTS: &[&str] = &["host", "port"];
/// Fields of `topic-ids`.
const TOPIC_IDS: &[&str] = &["topicId"];
/// Fields of `producer-ids`.
const PRODUCER_IDS: &[&str] = &["producerId", "ongoingTxnProducerId"];
/// Fields of `node-ids`.
const NODE_IDS: &[&str] = &["nodeId", "leaderId", "controllerId", "brokerId"];
/// Lists of `node-ids`.
const NODE_LISTS: &[&str] = &["replicaNodes", "isrNodes", "offlineReplicas"];
/// Fields of `now`.
const TIMES: &[&str] = &["logAppendTimeMs", "timestamp", "baseTimestamp", "maxTimestamp"];
/// Lists of `order`: their elements come in any order.
const UNORDERED: &[&str] = &[
    "brokers",
    "topics",
    "partitions",
    "responses",
    "partitionResponses",
    "coordinators",
    "resultsByTopicV3AndBelow",
    "resultsByTransaction",
    "mechanisms",
    "topicResults",
    "resultsByPartition",
    "apiKeys",
    "supportedFeatures",
    "finalizedFeatures",
];
/// What is close enough to be the time of the run.
const NEARBY_MILLIS: i64 = 2 * 24 * 3600 * 1000;
/// A topic without an id.
const ZERO_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Renames by first appearance, for one case.
#[derive(Debug, Default)]
pub struct Normaliser {
    prefix: String,
    names: BTreeMap<(&'static str, String), String>,
    counts: BTreeMap<&'static str, usize>,
}

impl Normaliser {
    /// For a case whose topics and ids begin with `prefix`.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..Self::default() }
    }

    /// `own-names`: a text without the prefix of the run.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.prefix.is_empty() { text.to_owned() } else { text.replace(&self.prefix, "~") }
    }

    /// Lets the id of a topic be named by the topic, so that its name does not hang on the order
    /// in which a broker tells of several.
    pub fn know_topic(&mut self, id: &str, name: &str) {
        let key = ("topic", Value::from(id).to_string());
        let name = format!("topic {}", self.text(name));
        self.names.insert(key, name);
    }

    /// Renames everywhere in a value.
    pub fn apply(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => self.object(fields),
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::String(text) => *text = self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn object(&mut self, fields: &mut Map<String, Value>) {
        for (name, value) in fields {
            let name = name.as_str();
            self.field(name, value);
            self.apply(value);
            if let (true, Value::Array(items)) = (UNORDERED.contains(&name), value) {
                items.sort_by_cached_key(sorting_key);
            }
        }
    }

    fn field(&mut self, name: &str, value: &mut Value) {
        if ENDPOINTS.contains(&name) && !is_absent(value) {
            *value = format!("<{name}>").into();
        } else if name == "clusterId" && value.is_string() {
            *value = "<cluster>".into();
        } else if TOPIC_IDS.contains(&name) {
            self.rename("topic", value);
        } else if PRODUCER_IDS.contains(&name) {
            self.rename("pid", value);
        } else if NODE_IDS.contains(&name) {
            self.rename("node", value);
        } else if let (true, Value::Array(nodes)) = (NODE_LISTS.contains(&name), &mut *value) {
            nodes.iter_mut().for_each(|node| self.rename("node", node));
        } else if TIMES.contains(&name) && value.as_i64().is_some_and(is_nearby) {
            *value = "<now>".into();
        } else {
            replace_counters(name, value);
        }
    }

    /// The n-th different value of its kind.
    fn rename(&mut self, kind: &'static str, value: &mut Value) {
        if is_absent(value) {
            return;
        }
        let key = (kind, value.to_string());
        if let Some(name) = self.names.get(&key) {
            *value = name.as_str().into();
            return;
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let name = format!("{kind}#{count}");
        *value = name.as_str().into();
        self.names.insert(key, name);
    }
}

/// `throttle`, `feature-epoch` and `tokens`.
fn replace_counters(name: &str, value: &mut Value) {
    let is_positive = value.as_i64().is_some_and(|number| number > 0);
    let is_text = value.as_str().is_some_and(|text| !text.is_empty());
    match name {
        "throttleTimeMs" => *value = "<throttle>".into(),
        "finalizedFeaturesEpoch" => *value = "<epoch>".into(),
        "sessionLifetimeMs" if is_positive => *value = "<lifetime>".into(),
        "authBytes" if is_text => *value = "<token>".into(),
        _ => {}
    }
}

/// Whether a value says that there is none.
fn is_absent(value: &Value) -> bool {
    let is_negative = value.as_i64().is_some_and(|number| number < 0);
    let is_empty = value.as_str().is_some_and(|text| text.is_empty() || text == ZERO_ID);
    value.is_null() || is_negative || is_empty
}

fn is_nearby(millis: i64) -> bool {
    now_millis().abs_diff(millis) < NEARBY_MILLIS.unsigned_abs()
}

/// The wall clock, in milliseconds.
#[must_use]
pub fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Numbers that name an element sort as numbers; anything else as its text.
fn sorting_key(item: &Value) -> (i64, String) {
    let number = ["partitionIndex", "index", "apiKey", "nodeId"]
        .into_iter()
        .find_map(|field| item.get(field).and_then(Value::as_i64));
    (number.unwrap_or_default(), item.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_numbered_by_their_first_appearance() {
        let mut normaliser = Normaliser::new("");
        let mut value = json!([{"producerId": 77}, {"producerId": 5}, {"producerId": 77}]);
        normaliser.apply(&mut value);
        let expected =
            json!([{"producerId": "pid#1"}, {"producerId": "pid#2"}, {"producerId": "pid#1"}]);
        assert_eq!(value, expected);
    }

    #[test]
    fn what_says_that_there_is_none_stays() {
        let mut normaliser = Normaliser::new("");
        let mut value = json!({"producerId": -1, "topicId": ZERO_ID, "timestamp": -1, "host": ""});
        let before = value.clone();
        normaliser.apply(&mut value);
        assert_eq!(value, before);
    }

    #[test]
    fn own_names_lose_their_prefix_wherever_they_stand() {
        let mut normaliser = Normaliser::new("kc1-X-");
        let mut value = json!({"errorMessage": "no topic kc1-X-orders", "name": "kc1-X-orders"});
        normaliser.apply(&mut value);
        assert_eq!(value, json!({"errorMessage": "no topic ~orders", "name": "~orders"}));
    }

    #[test]
    fn an_old_time_stays_and_one_of_now_goes() {
        let mut normaliser = Normaliser::new("");
        let mut value = json!([{"timestamp": 1000}, {"timestamp": now_millis()}]);
        normaliser.apply(&mut value);
        assert_eq!(value, json!([{"timestamp": 1000}, {"timestamp": "<now>"}]));
    }

    #[test]
    fn a_topic_that_is_known_gives_its_id_a_name() {
        let mut normaliser = Normaliser::new("kc1-X-");
        normaliser.know_topic("s7mE3z1hQ0y8rE0bZf0m3w", "kc1-X-orders");
        let mut value = json!({"topicId": "s7mE3z1hQ0y8rE0bZf0m3w"});
        normaliser.apply(&mut value);
        assert_eq!(value, json!({"topicId": "topic ~orders"}));
    }

    #[test]
    fn lists_without_an_order_are_sorted() {
        let mut normaliser = Normaliser::new("");
        let mut value = json!({"partitions": [{"partitionIndex": 10}, {"partitionIndex": 9}]});
        normaliser.apply(&mut value);
        let sorted = json!({"partitions": [{"partitionIndex": 9}, {"partitionIndex": 10}]});
        assert_eq!(value, sorted);
    }
}
