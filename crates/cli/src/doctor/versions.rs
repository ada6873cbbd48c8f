//! What the broker speaks: the table of APIs, the features, and what it looks like by them.

use klamm_cluster::failure::Provider;
use klamm_protocol::ApiKey;
use klamm_protocol::VersionRange;
use klamm_protocol::negotiate::{
    Condition, Conditions, Negotiated, TRANSACTION_VERSION, supported,
};
use serde_json::{Value, json};

use super::finding::{Finding, Stage, Trouble};

/// What a producer cannot do without.
const NEEDED: [ApiKey; 3] = [ApiKey::Produce, ApiKey::Metadata, ApiKey::InitProducerId];

/// The newest version of Produce, and the Apache Kafka that first had it.
const GENERATIONS: [(i16, &str); 11] = [
    (13, "4.1 or newer"),
    (12, "4.0"),
    (11, "3.8 or 3.9"),
    (10, "3.7"),
    (9, "2.8 to 3.6"),
    (8, "2.4 to 2.7"),
    (7, "2.1 to 2.3"),
    (6, "2.0"),
    (5, "1.0 or 1.1"),
    (3, "0.11"),
    (0, "0.10 or older"),
];

/// What can be said of the versions of a broker.
pub(super) fn finding(versions: &Negotiated, host: &str, verbose: bool) -> Finding {
    let level = versions.features().epoch().map(|_| versions.features().level(TRANSACTION_VERSION));
    let spoken = NEEDED.map(|key| spoken(versions, key)).join(", ");
    let transactions = level.map_or("unknown".to_owned(), |level| level.to_string());
    let looks = looks_like(versions, host);
    let said = format!("{spoken}; {TRANSACTION_VERSION} {transactions}; like {looks}");
    let mut finding = Finding::good(Stage::Versions, said)
        .with("apis", ApiKey::all().filter_map(|key| row(versions, key)).collect::<Vec<_>>())
        .with("transaction_version", level)
        .with("looks_like", looks)
        .with("quirks", quirks(versions));
    for quirk in quirks(versions) {
        finding = finding.detail(quirk);
    }
    if verbose {
        for key in ApiKey::all().filter(|key| versions.theirs(*key).is_some()) {
            finding = finding.detail(format!("{key}: {}", ranges(versions, key)));
        }
    }
    match NEEDED.into_iter().find(|key| versions.version(*key, Conditions::NONE).is_err()) {
        None => finding,
        Some(key) => {
            let cause =
                format!("a producer needs {}, and none of its versions is common", key.name());
            let next = "Upgrade the broker or the client; without InitProducerId, set \
                        `enable.idempotence=false`.";
            finding.doubtful(Trouble::new(cause, Some(next.to_owned())))
        }
    }
}

/// An API with the version that we would use.
fn spoken(versions: &Negotiated, key: ApiKey) -> String {
    let used = if key == ApiKey::Produce && has_no_topic_ids(versions) {
        versions.version(key, Condition::TopicIdUnknown)
    } else {
        versions.version(key, Conditions::NONE)
    };
    match (versions.theirs(key), used) {
        (None, _) => format!("no {}", key.name()),
        (Some(theirs), Ok(used)) => format!("{} {theirs} (we use {used})", key.name()),
        (Some(theirs), Err(_)) => format!("{} {theirs} (we have none of them)", key.name()),
    }
}

fn ranges(versions: &Negotiated, key: ApiKey) -> String {
    let range = |range: Option<VersionRange>| range.map_or("-".to_owned(), |it| it.to_string());
    let used = versions.version(key, Conditions::NONE);
    let used = used.map_or("none".to_owned(), |used| used.to_string());
    format!("broker {}, client {}, used {used}", range(versions.theirs(key)), range(supported(key)))
}

fn row(versions: &Negotiated, key: ApiKey) -> Option<Value> {
    let pair = |range: VersionRange| json!([range.min, range.max]);
    let theirs = versions.theirs(key)?;
    Some(json!({
        "key": key.code(),
        "name": key.name(),
        "broker": pair(theirs),
        "client": supported(key).map(pair),
        "used": versions.version(key, Conditions::NONE).ok(),
    }))
}

/// What the broker looks like, by its name and its versions: a guess.
fn looks_like(versions: &Negotiated, host: &str) -> String {
    if let Some(provider) = Provider::of_host(host) {
        return provider.name().to_owned();
    }
    let Some(produce) = versions.theirs(ApiKey::Produce) else {
        return "no broker: it does not serve Produce".to_owned();
    };
    if has_no_topic_ids(versions) {
        return Provider::AzureEventHubs.name().to_owned();
    }
    // Apache Kafka came to describe producers (2.8) long after it had newer versions of Produce.
    if produce.max <= 7 && versions.theirs(ApiKey::DescribeProducers).is_some() {
        return "Redpanda".to_owned();
    }
    let generation = GENERATIONS.iter().find(|(newest, _)| produce.max >= *newest);
    generation.map_or("nothing known".to_owned(), |(_, name)| format!("Apache Kafka {name}"))
}

/// What this broker does otherwise than Apache Kafka, as far as versions show it.
fn quirks(versions: &Negotiated) -> Vec<&'static str> {
    let newest = |key| versions.theirs(key).map_or(-1, |range| range.max);
    let mut quirks = Vec::new();
    if has_no_topic_ids(versions) {
        quirks.push("quirk: no topic ids in its metadata, so Produce is kept below version 13");
    }
    if (0..7).contains(&newest(ApiKey::Produce)) {
        quirks.push("quirk: Produce below version 7, so zstd cannot be used");
    }
    if (0..3).contains(&newest(ApiKey::Produce)) {
        quirks.push("quirk: Produce below version 3, so it takes old record formats only");
    }
    quirks
}

/// Whether Produce would name topics by ids that nobody can learn.
fn has_no_topic_ids(versions: &Negotiated) -> bool {
    let reaches = |key, version| versions.theirs(key).is_some_and(|range| range.max >= version);
    reaches(ApiKey::Produce, 13) && !reaches(ApiKey::Metadata, 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use klamm_protocol::negotiate::{FinalizedFeatures, Offer};

    use super::*;

    fn offer(ranges: &[(ApiKey, i16, i16)]) -> Negotiated {
        let versions: BTreeMap<i16, VersionRange> = ranges
            .iter()
            .map(|(key, min, max)| (key.code(), VersionRange::new(*min, *max)))
            .collect();
        let features = FinalizedFeatures::default();
        Negotiated::from(Offer { versions, features, throttle_time_ms: 0 })
    }

    fn modern() -> Negotiated {
        offer(&[
            (ApiKey::Produce, 0, 12),
            (ApiKey::Metadata, 0, 13),
            (ApiKey::InitProducerId, 0, 5),
        ])
    }

    #[test]
    fn what_matters_to_a_producer_is_in_one_line() {
        let finding = finding(&modern(), "kafka", false);
        let wanted = "Produce 0-12 (we use 12), Metadata 0-13 (we use 13), InitProducerId 0-5 (we \
                      use 5); transaction.version unknown; like Apache Kafka 4.0";
        assert_eq!(finding.said, wanted);
        assert_eq!(finding.facts["apis"][0]["broker"], json!([0, 12]));
        assert!(finding.details.is_empty() && finding.trouble().is_none());
    }

    #[test]
    fn every_api_is_listed_for_who_wants_to_know() {
        let finding = finding(&modern(), "kafka", true);
        let wanted = "Produce (0): broker 0-12, client 3-13, used 12";
        assert_eq!(finding.details[0], wanted);
        assert_eq!(finding.details.len(), 3);
    }

    #[test]
    fn a_broker_that_lacks_what_is_needed_is_warned_of() {
        let old = offer(&[(ApiKey::Produce, 0, 2), (ApiKey::Metadata, 0, 2)]);
        let finding = finding(&old, "kafka", false);
        assert!(finding.said.contains("no InitProducerId"), "{}", finding.said);
        assert!(finding.trouble().unwrap().cause.contains("a producer needs Produce"));
    }

    #[test]
    fn quirks_and_services_are_recognised() {
        let hubs = offer(&[(ApiKey::Produce, 0, 13), (ApiKey::Metadata, 0, 9)]);
        let told = finding(&hubs, "kafka", false);
        assert_eq!(told.facts["looks_like"], "Azure Event Hubs");
        assert!(told.details[0].contains("no topic ids"));
        let redpanda = offer(&[(ApiKey::Produce, 0, 7), (ApiKey::DescribeProducers, 0, 0)]);
        let told = finding(&redpanda, "kafka", false);
        assert_eq!(told.facts["looks_like"], "Redpanda");
        let told = finding(&modern(), "pkc-1.eu.confluent.cloud", false);
        assert_eq!(told.facts["looks_like"], "Confluent Cloud");
    }
}
