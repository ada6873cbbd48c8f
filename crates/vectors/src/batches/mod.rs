//! Lines with one record batch of magic 2: its header, its records, and its bytes.

mod damaged;
mod header;
mod marker;
mod produced;
mod read;
mod written;

use klamm_records::{BatchHeader, BatchView, Codec, Entry, RecordSet};

use crate::fields::{Fields, Problem};
use crate::records::{self, ToldRecord};

pub(crate) use produced::append;

/// More than the batch of any line gives.
pub(crate) const CAP: usize = 1 << 28;

/// A batch as the line tells it.
#[derive(Debug)]
struct Told {
    header: BatchHeader,
    codec: Codec,
    records: Vec<ToldRecord>,
}

/// What is not as the line says.
pub(crate) fn check(line: Fields<'_>) -> Vec<Problem> {
    compare(line).unwrap_or_else(|problem| vec![problem])
}

/// The codec of a line.
pub(crate) fn codec(line: Fields<'_>, key: &str) -> Result<Codec, Problem> {
    line.text(key)?.parse().map_err(|error| format!("`{key}`: {error}"))
}

fn compare(line: Fields<'_>) -> Result<Vec<Problem>, Problem> {
    let bytes = line.bytes("hex")?;
    let told = Told {
        header: header::told(line)?,
        codec: codec(line, "codec")?,
        records: records::told(line, records::DELTAS)?,
    };
    let batch = only_batch(&bytes)?;
    let mut problems = Vec::new();
    header::compare(&mut problems, line, &batch);
    header::compare_level(&mut problems, line);
    let found = [
        read::difference(&batch, &told),
        marker::difference(line, &batch),
        damaged::accepted(&bytes),
        damaged::cut(&bytes),
    ];
    problems.extend(found.into_iter().flatten());
    problems.extend(written::problems(&batch, &told)?);
    Ok(problems)
}

/// The batch that the bytes are, and nothing else.
fn only_batch(bytes: &[u8]) -> Result<BatchView<'_>, Problem> {
    let mut set = RecordSet::new(bytes);
    let batch = match set.next() {
        Some(Ok(Entry::Batch(batch))) => batch,
        Some(Ok(Entry::Legacy(_))) => return Err("`hex`: a message of an older magic".to_owned()),
        Some(Err(error)) => return Err(format!("`hex`: {error}")),
        None => return Err(format!("`hex`: {} bytes are no whole batch", bytes.len())),
    };
    match (set.next(), set.tail()) {
        (None, []) => Ok(batch),
        (None, tail) => Err(format!("`hex`: {} bytes behind the batch", tail.len())),
        (Some(_), _) => Err("`hex`: more than one batch".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A commit marker.
    fn marker() -> Value {
        serde_json::from_str(include_str!("../../tests/lines/marker.json")).unwrap()
    }

    /// The batch of a producer that its codec did not make smaller.
    fn produced() -> Value {
        serde_json::from_str(include_str!("../../tests/lines/produced.json")).unwrap()
    }

    fn problems(line: &Value) -> Vec<Problem> {
        check(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn batches_that_are_right_have_no_problems() {
        assert_eq!(problems(&marker()), [""; 0]);
        assert_eq!(problems(&produced()), [""; 0]);
    }

    #[test]
    fn every_field_of_a_batch_matters() {
        for whole in [marker(), produced()] {
            for (key, value) in whole.as_object().unwrap() {
                let mut line = whole.clone();
                line.as_object_mut().unwrap().remove(key);
                assert!(!problems(&line).is_empty(), "without {key}");
                line[key] = match value {
                    Value::Number(number) => json!(number.as_i64().unwrap() + 1),
                    Value::Bool(bool) => json!(!bool),
                    Value::String(text) => json!(format!("{text}00")),
                    Value::Null => json!(77),
                    Value::Array(_) | Value::Object(_) => json!([value]),
                };
                assert!(!problems(&line).is_empty(), "another {key}");
            }
        }
    }

    #[test]
    fn every_part_of_a_record_matters() {
        let changes = [
            ("/records/0/offsetDelta", json!(1)),
            ("/records/0/timestampDelta", json!(1)),
            ("/records/0/key", json!("")),
            ("/records/0/value", json!(null)),
            ("/records/0/headers", json!([])),
            ("/records/0/headers/0/0", json!("")),
            ("/records/0/headers/0/1", json!("")),
        ];
        for (place, value) in changes {
            let mut line = produced();
            *line.pointer_mut(place).unwrap() = value;
            assert!(problems(&line).len() > 1, "{place}: read and written otherwise");
        }
    }

    #[test]
    fn nothing_stands_before_or_behind_the_batch() {
        let hex = marker()["hex"].as_str().unwrap().to_owned();
        let text = |hex: String| {
            let mut line = marker();
            line["hex"] = json!(hex);
            problems(&line).concat()
        };
        assert_eq!(text(format!("{hex}00")), "`hex`: 1 bytes behind the batch");
        assert_eq!(text(format!("{hex}{hex}")), "`hex`: more than one batch");
        assert_eq!(text(hex[..20].to_owned()), "`hex`: 10 bytes are no whole batch");
    }

    #[test]
    fn a_level_is_one_that_the_codec_asked_for_takes() {
        for (asked, level, is_right) in [
            ("snappy", json!(null), true),
            ("snappy", json!(1), false),
            ("gzip", json!(1), true),
            ("gzip", json!(10), false),
            ("zstd", json!(-131_072), true),
            ("deflate", json!(null), false),
        ] {
            let mut line = produced();
            line["asked"] = json!(asked);
            line["level"] = level;
            assert_eq!(problems(&line).is_empty(), is_right, "{asked}");
        }
    }
}
