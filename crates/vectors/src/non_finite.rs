//! Floats that JSON has no numbers for: infinities, and what is no number at all.

use klamm_protocol::catalogue::Entry;
use serde_json::{Value, json};

/// What stands for them in the JSON of a line.
const NAMES: &[&str] = &["NaN", "Infinity", "-Infinity"];

const WIDTH: usize = size_of::<f64>();

/// Whether one of the names stands where the message has a float, and not a text.
pub(crate) fn is_in(entry: &Entry, json: &Value, version: i16) -> bool {
    let mut pointers = Vec::new();
    named(json, String::new(), &mut pointers);
    pointers.iter().any(|pointer| {
        let mut with_number = json.clone();
        let Some(place) = with_number.pointer_mut(pointer) else { return false };
        *place = json!(0.5);
        entry.from_json(&with_number, version).is_ok()
    })
}

/// The pointers to all texts that are one of the names.
fn named(json: &Value, pointer: String, pointers: &mut Vec<String>) {
    match json {
        Value::Object(fields) => {
            let each = |(key, value)| named(value, format!("{pointer}/{key}"), pointers);
            fields.iter().for_each(each);
        }
        Value::Array(items) => {
            let each = |(index, item)| named(item, format!("{pointer}/{index}"), pointers);
            items.iter().enumerate().for_each(each);
        }
        Value::String(text) if NAMES.contains(&text.as_str()) => pointers.push(pointer),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Our bytes, but with the line's bits wherever both have a float that is no number.
///
/// Many bits say that, and JSON does not tell which.
pub(crate) fn with_bits_of(line: &[u8], mut ours: Vec<u8>) -> Vec<u8> {
    if line.len() != ours.len() {
        return ours;
    }
    let mut from = 0;
    while let Some(at) = (from..line.len()).find(|at| line.get(*at) != ours.get(*at)) {
        let starts = at.saturating_sub(WIDTH - 1).max(from)..=at;
        let nan = starts.into_iter().find(|at| is_nan(line, *at) && is_nan(&ours, *at));
        let Some(start) = nan else { break };
        from = start + WIDTH;
        if let (Some(ours), Some(line)) = (ours.get_mut(start..from), line.get(start..from)) {
            ours.copy_from_slice(line);
        }
    }
    ours
}

fn is_nan(bytes: &[u8], at: usize) -> bool {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
    bytes.is_some_and(|bytes| f64::from_be_bytes(*bytes).is_nan())
}

#[cfg(test)]
mod tests {
    use klamm_protocol::catalogue;

    use super::*;

    fn bytes(nan: u64) -> Vec<u8> {
        [&[1, 2, 3][..], &nan.to_be_bytes(), &[4]].concat()
    }

    #[test]
    fn a_name_counts_only_where_a_float_stands() {
        let entry = catalogue::by_name("AlterClientQuotasRequest").unwrap();
        let of = |key, value| {
            let ops = json!([{"key": key, "value": value, "remove": true}]);
            json!({"entries": [{"entity": [], "ops": ops}], "validateOnly": false})
        };
        assert!(is_in(entry, &of("a", json!("NaN")), 0));
        assert!(is_in(entry, &of("NaN", json!("-Infinity")), 0));
        assert!(!is_in(entry, &of("NaN", json!(1.5)), 0));
        assert!(!is_in(entry, &of("a", json!(1.5)), 0));
    }

    #[test]
    fn bits_of_what_is_no_number_are_taken_from_the_line() {
        let (one, other) = (bytes(0x7ff8_0000_0000_0000), bytes(0xfff0_0000_0000_0001));
        assert_eq!(with_bits_of(&one, other.clone()), one);
        assert_eq!(with_bits_of(&other, one), other);
    }

    #[test]
    fn all_other_bytes_stay_ours() {
        let (nan, infinite) = (bytes(0x7ff8_0000_0000_0000), bytes(0x7ff0_0000_0000_0000));
        assert_eq!(with_bits_of(&nan, infinite.clone()), infinite);
        assert_eq!(with_bits_of(&infinite, nan.clone()), nan);
        assert_eq!(with_bits_of(&[1], vec![2]), [2]);
        assert_eq!(with_bits_of(&[1], vec![1, 2]), [1, 2]);
    }
}
