//! Which Cargo feature each message belongs to.

use super::ir::{Kind, Message};

/// Every group, in the order in which the documentation names them.
pub(crate) const GROUPS: &[&str] =
    &["producer", "topics", "consumer", "admin", "broker", "share", "streams", "telemetry"];

const PRODUCER: &[i16] = &[0, 3, 10, 17, 18, 22, 24, 25, 26, 28, 36];
/// What makes and deletes topics; the feature `admin` brings it along.
const TOPICS: &[i16] = &[19, 20];
const CONSUMER: &[i16] = &[1, 2, 8, 9, 11, 12, 13, 14, 23, 68];
const ADMIN: &[i16] = &[
    15, 16, 21, 29, 30, 31, 32, 33, 34, 35, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50,
    51, 55, 57, 60, 61, 64, 65, 66, 69, 74, 75, 80, 81,
];
const BROKER: &[i16] = &[27, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82];
const SHARE: &[i16] = &[76, 77, 78, 79, 83, 84, 85, 86, 87, 90, 91, 92];
const STREAMS: &[i16] = &[88, 89];
const TELEMETRY: &[i16] = &[71, 72];

/// The group of a message; `None` for the headers, which are always there.
pub(crate) fn group(message: &Message) -> Result<Option<&'static str>, String> {
    match message.kind {
        Kind::Header => Ok(None),
        Kind::Data => Ok(Some(data_group(&message.name))),
        Kind::Request | Kind::Response => {
            let key = message.api_key.unwrap_or(-1);
            let all = [PRODUCER, TOPICS, CONSUMER, ADMIN, BROKER, SHARE, STREAMS, TELEMETRY];
            let found = all.iter().zip(GROUPS).find(|(keys, _)| keys.contains(&key));
            let missing = || format!("{} (key {key}) is in no feature group", message.name);
            found.map(|(_, name)| Some(*name)).ok_or_else(missing)
        }
    }
}

/// What consumers meet in their subscriptions and in the log; all else is between brokers.
fn data_group(name: &str) -> &'static str {
    let met_by_consumers = ["ConsumerProtocol", "EndTxnMarker", "ControlRecordType"];
    let consumer = met_by_consumers.iter().any(|prefix| name.starts_with(prefix));
    if consumer { "consumer" } else { "broker" }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_is_in_exactly_one_group() {
        let all = [PRODUCER, TOPICS, CONSUMER, ADMIN, BROKER, SHARE, STREAMS, TELEMETRY].concat();
        let distinct: BTreeSet<i16> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
    }
}
