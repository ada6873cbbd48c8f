//! Lines with a message set of magic 0 or 1: its outer messages, and the records in them.

use klamm_records::legacy::{LegacyView, TimestampType};
use klamm_records::{BatchErrorKind, Codec, Decompressors, Entry, RecordSet};
use serde_json::Value;

use crate::batches::{self, CAP};
use crate::fields::{self, Fields, Problem};
use crate::prefixes;
use crate::records::{self, ToldRecord};

/// A message's checksum covers everything from here on.
const COVERED_FROM: usize = 16;

/// What is not as the line says.
pub(crate) fn check(line: Fields<'_>) -> Vec<Problem> {
    compare(line).unwrap_or_else(|problem| vec![problem])
}

fn compare(line: Fields<'_>) -> Result<Vec<Problem>, Problem> {
    let bytes = line.bytes("hex")?;
    let told = records::told(line, records::ABSOLUTE)?;
    let entries = entries(&bytes)?;
    let mut problems = Vec::new();
    let mut ours = Vec::new();
    for message in &entries {
        compare_format(&mut problems, line, message);
        ours.push(records_of(message)?);
    }
    compare_shallow(&mut problems, line.array("shallow")?, &entries, &ours);
    problems.extend(records::difference(&ours.concat(), &told));
    problems.extend(damaged(&entries));
    problems.extend(cut(&bytes, &entries));
    Ok(problems)
}

/// The messages of the set, which has nothing behind them.
fn entries(bytes: &[u8]) -> Result<Vec<LegacyView<'_>>, Problem> {
    let mut set = RecordSet::new(bytes);
    let mut entries = Vec::new();
    for entry in &mut set {
        match entry.map_err(|error| format!("`hex`: {error}"))? {
            Entry::Legacy(message) => entries.push(message),
            Entry::Batch(_) => return Err("`hex`: a batch of magic 2".to_owned()),
        }
    }
    let tail = set.tail().len();
    if tail == 0 { Ok(entries) } else { Err(format!("`hex`: {tail} bytes behind the messages")) }
}

fn records_of(message: &LegacyView<'_>) -> Result<Vec<ToldRecord>, Problem> {
    let mut decompressors = Decompressors::new();
    let records = Entry::Legacy(*message).records(&mut decompressors, CAP);
    let records = records.map_err(|error| error.to_string())?.map(|record| {
        let record = record.map_err(|error| error.to_string())?;
        ToldRecord::of(&record).map_err(|_| "a header in a message without headers".to_owned())
    });
    records.collect()
}

/// Every message of a set has the format of the line.
fn compare_format(problems: &mut Vec<Problem>, line: Fields<'_>, message: &LegacyView<'_>) {
    fields::compare(problems, "magic", line.integer("magic"), &message.magic());
    match message.codec() {
        Ok(codec) => fields::compare(problems, "codec", batches::codec(line, "codec"), &codec),
        Err(error) => problems.push(error.to_string()),
    }
    let kind = match message.timestamp_type() {
        TimestampType::Missing => "NoTimestampType",
        TimestampType::CreateTime => "CreateTime",
        TimestampType::LogAppendTime => "LogAppendTime",
    };
    fields::compare(problems, "timestampType", line.text("timestampType"), &kind);
}

/// Compares the messages as a reader sees them that does not look inside.
fn compare_shallow(
    problems: &mut Vec<Problem>,
    told: &[Value],
    entries: &[LegacyView<'_>],
    records: &[Vec<ToldRecord>],
) {
    if told.len() != entries.len() {
        let (ours, line) = (entries.len(), told.len());
        problems.push(format!("`shallow`: ours are {ours}, the line has {line}"));
    }
    let ours = entries.iter().zip(records);
    for (index, (told, (message, records))) in told.iter().zip(ours).enumerate() {
        let mut found = Vec::new();
        match told.as_object() {
            Some(told) => compare_entry(&mut found, Fields(told), message, records),
            None => found.push("no object".to_owned()),
        }
        problems.extend(found.into_iter().map(|found| format!("`shallow[{index}]`: {found}")));
    }
}

fn compare_entry(
    problems: &mut Vec<Problem>,
    told: Fields<'_>,
    message: &LegacyView<'_>,
    records: &[ToldRecord],
) {
    // What a compressed message begins with is told by its records alone.
    let is_compressed = !matches!(message.codec(), Ok(Codec::None));
    let first = records.first().filter(|_| is_compressed);
    let base_offset = first.map_or(message.offset(), |record| record.offset);
    let numbers = [
        ("baseOffset", base_offset),
        ("lastOffset", message.offset()),
        ("maxTimestamp", message.timestamp().0),
    ];
    for (key, ours) in numbers {
        fields::compare(problems, key, told.integer(key), &ours);
    }
    fields::compare(problems, "crc", told.integer("crc"), &message.crc());
    let size = message.bytes().len();
    fields::compare(problems, "sizeInBytes", told.integer("sizeInBytes"), &size);
}

/// A changed byte must be told by the checksum; names the first that is not.
fn damaged(entries: &[LegacyView<'_>]) -> Option<Problem> {
    entries.iter().enumerate().find_map(|(index, message)| {
        let mut bytes = message.bytes().to_vec();
        let last = bytes.len().saturating_sub(1);
        let places = [COVERED_FROM + 1, COVERED_FROM.midpoint(last).max(COVERED_FROM + 1), last];
        places.into_iter().find_map(|at| {
            flip(&mut bytes, at)?;
            let is_told = matches!(
                RecordSet::new(&bytes).next(),
                Some(Err(error)) if is_checksum(error.kind())
            );
            flip(&mut bytes, at)?;
            (!is_told).then(|| format!("message {index} with byte {at} changed is not refused"))
        })
    })
}

fn flip(bytes: &mut [u8], at: usize) -> Option<()> {
    bytes.get_mut(at).map(|byte| *byte ^= 0x10)
}

const fn is_checksum(kind: BatchErrorKind) -> bool {
    matches!(kind, BatchErrorKind::WrongChecksum { .. })
}

/// A set that ends inside a message has the whole ones before it, and no error.
fn cut(bytes: &[u8], entries: &[LegacyView<'_>]) -> Option<Problem> {
    let ends: Vec<usize> = entries
        .iter()
        .scan(0, |end, message| {
            *end += message.bytes().len();
            Some(*end)
        })
        .collect();
    prefixes::lengths(bytes.len()).find_map(|length| {
        let whole = ends.iter().filter(|end| **end <= length).count();
        let read = ends.iter().rfind(|end| **end <= length).copied().unwrap_or_default();
        let mut set = RecordSet::new(bytes.get(..length)?);
        let found = set.by_ref().filter(Result::is_ok).count();
        let is_right = found == whole && set.tail().len() == length - read;
        (!is_right).then(|| format!("the first {length} of {} bytes are misread", bytes.len()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Three messages of magic 1, not compressed.
    fn whole() -> Value {
        serde_json::from_str(include_str!("../tests/lines/legacy.json")).unwrap()
    }

    fn problems(line: &Value) -> Vec<Problem> {
        check(Fields(line.as_object().unwrap()))
    }

    #[test]
    fn a_set_that_is_right_has_no_problems() {
        assert_eq!(problems(&whole()), [""; 0]);
    }

    #[test]
    fn every_field_of_a_set_matters() {
        for (key, value) in whole().as_object().unwrap() {
            let mut line = whole();
            line.as_object_mut().unwrap().remove(key);
            assert!(!problems(&line).is_empty(), "without {key}");
            line[key] = match value {
                Value::Number(number) => json!(number.as_i64().unwrap() + 1),
                Value::String(text) => json!(format!("{text}00")),
                Value::Array(items) => json!(items[1..]),
                Value::Null | Value::Bool(_) | Value::Object(_) => json!([value]),
            };
            assert!(!problems(&line).is_empty(), "another {key}");
        }
    }

    #[test]
    fn every_field_of_a_message_matters() {
        for list in ["shallow", "records"] {
            for key in whole()[list][1].as_object().unwrap().keys() {
                let mut line = whole();
                line[list][1][key] = json!(77);
                assert!(!problems(&line).is_empty(), "{list}, {key}");
            }
        }
    }
}
