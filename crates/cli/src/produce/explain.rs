//! What would be sent, for a run that sends nothing.

use klamm_records::Record;

use super::envelope::{self, Ready};
use super::places::Place;
use crate::doctor::{clean, escaped};

/// How much of a key or a value is shown to people.
const SHOWN: usize = 40;

/// How many bytes the record takes in a batch before compression, where it is the first.
pub(super) fn encoded_len(ready: &Ready<'_>) -> u64 {
    let Ready { key, value, headers, .. } = *ready;
    Record { timestamp_delta: 0, offset_delta: 0, key, value, headers }.len()
}

/// For programs: an object that `--input json` reads.
pub(super) fn object(ready: &Ready<'_>) -> String {
    format!("{}\n", escaped(&envelope::object(ready).to_string()))
}

/// For people.
pub(super) fn line(ready: &Ready<'_>, place: &Place) -> String {
    let goes = match (ready.partition, ready.key) {
        (Some(partition), _) => format!("partition {partition}"),
        (None, Some(_)) => "a partition by its key".to_owned(),
        (None, None) => "any partition".to_owned(),
    };
    let mut text = format!("{} -> {}, {goes}", clean(&place.to_string()), clean(ready.topic));
    text += &format!("; key {}; value {}", shown(ready.key), shown(ready.value));
    for header in ready.headers {
        text += &format!("; header {} {}", clean(header.key), shown(header.value));
    }
    if let Some(timestamp) = ready.timestamp {
        text += &format!("; time {timestamp}");
    }
    let length = encoded_len(ready);
    text + &format!("; {length} bytes encoded\n")
}

fn shown(bytes: Option<&[u8]>) -> String {
    let Some(bytes) = bytes else { return "null".to_owned() };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().nth(SHOWN).is_none() => format!("\"{}\"", clean(text)),
        Ok(text) => format!("\"{}…\"", clean(&text.chars().take(SHOWN).collect::<String>())),
        Err(_) => {
            let digits = bytes.iter().take(SHOWN / 2).map(|byte| format!("{byte:02x}"));
            let more = if bytes.len() > SHOWN / 2 { "…" } else { "" };
            format!("0x{}{more}", digits.collect::<String>())
        }
    };
    format!("{text} ({})", bytes.len())
}

#[cfg(test)]
mod tests {
    use klamm::Header;

    use super::*;

    #[test]
    fn people_read_where_a_record_goes_and_what_is_in_it() {
        let headers = [Header::new("h", b"1"), Header { key: "n", value: None }];
        let ready = Ready {
            topic: "orders",
            partition: None,
            timestamp: Some(5),
            key: Some(b"\xff\x00"),
            value: Some(b"a\x1bb"),
            headers: &headers,
        };
        let place = Place { file: "f".into(), line: 3 };
        let wanted = "f:3 -> orders, a partition by its key; key 0xff00 (2); value \"a\u{fffd}b\" \
                      (3); header h \"1\" (1); header n null; time 5; 19 bytes encoded\n";
        assert_eq!(line(&ready, &place), wanted);
    }
}
