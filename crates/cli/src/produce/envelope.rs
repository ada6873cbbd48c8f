//! A record as an object of JSON, such as `--input json` reads.

use base64::Engine as _;
use serde_json::{Map, Value, json};

/// A record with everything that was decided about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready<'a> {
    pub(super) topic: &'a str,
    pub(super) partition: Option<i32>,
    pub(super) timestamp: Option<i64>,
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: Option<&'a [u8]>,
    pub(super) headers: &'a [klamm::Header<'a>],
}

/// The object of a record.
pub(super) fn object(record: &Ready<'_>) -> Value {
    let mut object = Map::new();
    object.insert("topic".to_owned(), record.topic.into());
    if let Some(partition) = record.partition {
        object.insert("partition".to_owned(), partition.into());
    }
    if let Some(timestamp) = record.timestamp {
        object.insert("timestamp".to_owned(), timestamp.into());
    }
    put(&mut object, "key", record.key);
    put(&mut object, "value", record.value);
    let headers = record.headers.iter().map(|header| {
        let mut object = Map::new();
        object.insert("key".to_owned(), header.key.into());
        put(&mut object, "value", header.value);
        Value::Object(object)
    });
    object.insert("headers".to_owned(), Value::Array(headers.collect()));
    Value::Object(object)
}

/// As text where it is one.
fn put(object: &mut Map<String, Value>, name: &str, bytes: Option<&[u8]>) {
    let text = bytes.map(std::str::from_utf8);
    let value = match (bytes, text) {
        (Some(bytes), Some(Err(_))) => {
            object.insert(format!("{name}_encoding"), json!("base64"));
            base64::engine::general_purpose::STANDARD.encode(bytes).into()
        }
        (_, Some(Ok(text))) => text.into(),
        _ => Value::Null,
    };
    object.insert(name.to_owned(), value);
}

#[cfg(test)]
mod tests {
    use klamm::Header;
    use proptest::prelude::*;

    use super::*;
    use crate::produce::input::{Format, Input, Reading, Step};
    use crate::produce::row::{Key, Row};

    fn bytes() -> impl Strategy<Value = Option<Vec<u8>>> {
        let text = any::<String>().prop_map(String::into_bytes);
        prop::option::of(prop_oneof![any::<Vec<u8>>(), text])
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_read_again(
            key in bytes(),
            value in bytes(),
            partition: Option<i32>,
            timestamp: Option<i64>,
            headers in prop::collection::vec((any::<String>(), bytes()), 0..4),
        ) {
            let given: Vec<_> = headers
                .iter()
                .map(|(key, value)| Header { key, value: value.as_deref() })
                .collect();
            let (topic, key, value) = ("t", key.as_deref(), value.as_deref());
            let ready = Ready { topic, partition, timestamp, key, value, headers: &given };
            let mut input = Input::new(&Reading { format: Format::Json, ..Reading::default() });
            input.feed(object(&ready).to_string().as_bytes());
            input.end();
            let mut row = Row::default();
            prop_assert_eq!(input.next(&mut row), Step::Row);
            prop_assert_eq!(row.topic(), Some(topic));
            prop_assert_eq!(row.key(), key.map_or(Key::Null, Key::Bytes));
            prop_assert_eq!(row.value(), value);
            prop_assert_eq!((row.partition, row.timestamp), (partition, timestamp));
            let read: Vec<_> = row.headers().map(|(key, value)| Header { key, value }).collect();
            prop_assert_eq!(read, given);
        }
    }
}
