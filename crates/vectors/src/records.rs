//! Records as a line tells them, beside those that ours reads.

use klamm_records::RecordView;
use serde_json::Value;

use crate::bytewise;
use crate::fields::{self, Fields, Problem};

/// A header: its name, and its value or null.
pub(crate) type ToldHeader = (String, Option<Vec<u8>>);

/// A record, with its numbers either as they are in the log or relative to the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToldRecord {
    pub(crate) offset: i64,
    pub(crate) timestamp: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<ToldHeader>,
}

/// How the fields of a record's numbers are called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    offset: &'static str,
    timestamp: &'static str,
}

/// Relative to the batch, as they are on the wire.
pub(crate) const DELTAS: Numbers = Numbers { offset: "offsetDelta", timestamp: "timestampDelta" };
/// As a reader of the log sees them.
pub(crate) const ABSOLUTE: Numbers = Numbers { offset: "offset", timestamp: "timestamp" };

/// A header's key that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8;

/// The records of a line.
pub(crate) fn told(line: Fields<'_>, numbers: Numbers) -> Result<Vec<ToldRecord>, Problem> {
    let records = line.array("records")?.iter().enumerate();
    let record = |(index, record): (usize, &Value)| {
        let fields = record.as_object().ok_or_else(|| "no object".to_owned());
        let told = fields.and_then(|fields| ToldRecord::told(Fields(fields), numbers));
        told.map_err(|problem| format!("`records[{index}]`: {problem}"))
    };
    records.map(record).collect()
}

impl ToldRecord {
    fn told(record: Fields<'_>, numbers: Numbers) -> Result<Self, Problem> {
        let headers = record.entries("headers")?.iter().map(header);
        Ok(Self {
            offset: record.integer(numbers.offset)?,
            timestamp: record.integer(numbers.timestamp)?,
            key: record.nullable_base64("key")?,
            value: record.nullable_base64("value")?,
            headers: headers.collect::<Result<_, Problem>>()?,
        })
    }

    /// A record of ours, every part of it touched.
    pub(crate) fn of(record: &RecordView<'_>) -> Result<Self, NotUtf8> {
        let header = |header: klamm_records::view::HeaderView<'_>| {
            let name = header.name().map_err(|_| NotUtf8)?.to_owned();
            Ok((name, header.value.map(<[u8]>::to_vec)))
        };
        Ok(Self {
            offset: record.offset,
            timestamp: record.timestamp.0,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record.headers.map(header).collect::<Result<_, NotUtf8>>()?,
        })
    }

    /// Where this record of ours differs from that of the line.
    fn difference(&self, line: &Self) -> Option<Problem> {
        let number = |name: &str, ours: i64, line: i64| {
            (ours != line).then(|| format!("{name}: ours is {ours}, the line has {line}"))
        };
        number("offset", self.offset, line.offset)
            .or_else(|| number("timestamp", self.timestamp, line.timestamp))
            .or_else(|| part("key", self.key.as_deref(), line.key.as_deref()))
            .or_else(|| part("value", self.value.as_deref(), line.value.as_deref()))
            .or_else(|| headers(&self.headers, &line.headers))
    }
}

fn header(entry: &Value) -> Result<ToldHeader, Problem> {
    let told = entry.as_array().and_then(|entry| match entry.as_slice() {
        [name, value] => Some((name.as_str()?.to_owned(), fields::nullable_base64(value).ok()?)),
        _ => None,
    });
    told.ok_or_else(|| format!("`headers`: {entry} is no name and its value"))
}

/// The first record of ours that differs from that of the line, of those that both have.
pub(crate) fn first_difference(ours: &[ToldRecord], line: &[ToldRecord]) -> Option<Problem> {
    ours.iter().zip(line).enumerate().find_map(|(index, (ours, line))| {
        let problem = ours.difference(line)?;
        Some(format!("`records[{index}]`: {problem}"))
    })
}

/// The first difference, records that only one has included.
pub(crate) fn difference(ours: &[ToldRecord], line: &[ToldRecord]) -> Option<Problem> {
    first_difference(ours, line).or_else(|| {
        let (ours, line) = (ours.len(), line.len());
        (ours != line).then(|| format!("`records`: ours are {ours}, the line has {line}"))
    })
}

fn part(name: &str, ours: Option<&[u8]>, line: Option<&[u8]>) -> Option<Problem> {
    match (ours, line) {
        (None, None) => None,
        (Some(ours), Some(line)) => {
            bytewise::difference(ours, line).map(|problem| format!("{name}: {problem}"))
        }
        (None, Some(line)) => Some(format!("{name}: ours is null, the line has {}", line.len())),
        (Some(ours), None) => Some(format!("{name}: ours has {}, the line null", ours.len())),
    }
}

fn headers(ours: &[ToldHeader], line: &[ToldHeader]) -> Option<Problem> {
    if ours.len() != line.len() {
        return Some(format!("headers: ours are {}, the line has {}", ours.len(), line.len()));
    }
    ours.iter().zip(line).enumerate().find_map(|(index, (ours, line))| {
        let name = part("name", Some(ours.0.as_bytes()), Some(line.0.as_bytes()));
        let problem = name.or_else(|| part("value", ours.1.as_deref(), line.1.as_deref()))?;
        Some(format!("headers[{index}]: {problem}"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(record: &Value) -> Result<ToldRecord, Problem> {
        let line = json!({"records": [record]});
        let records = told(Fields(line.as_object().unwrap()), ABSOLUTE)?;
        Ok(records.into_iter().next().unwrap())
    }

    fn whole() -> Value {
        json!({"offset": 7, "timestamp": -1, "key": null, "value": "",
            "headers": [["é", null], ["", "AA=="]]})
    }

    #[test]
    fn a_record_is_read_as_the_line_tells_it() {
        let headers = vec![("é".to_owned(), None), (String::new(), Some(vec![0]))];
        let expected =
            ToldRecord { offset: 7, timestamp: -1, key: None, value: Some(vec![]), headers };
        assert_eq!(read(&whole()), Ok(expected));
    }

    #[test]
    fn each_part_that_differs_is_told() {
        let line = read(&whole()).unwrap();
        let changes = [
            ("offset", json!(8)),
            ("timestamp", json!(0)),
            ("key", json!("")),
            ("value", json!(null)),
            ("headers", json!([["é", null]])),
            ("headers", json!([["e", null], ["", "AA=="]])),
            ("headers", json!([["é", ""], ["", "AA=="]])),
        ];
        for (field, value) in changes {
            let mut changed = whole();
            changed[field] = value;
            let problem = read(&changed).unwrap().difference(&line).unwrap();
            assert!(problem.starts_with(field), "{problem}");
        }
        assert_eq!(line.difference(&line), None);
    }

    #[test]
    fn a_record_that_is_malformed_is_a_problem() {
        for (field, value) in [
            ("offset", json!("7")),
            ("key", json!("A")),
            ("value", json!(1)),
            ("headers", json!([["a"]])),
            ("headers", json!([["a", "A"]])),
            ("headers", json!([[1, null]])),
        ] {
            let mut changed = whole();
            changed[field] = value;
            assert!(read(&changed).unwrap_err().starts_with("`records[0]`: "), "{field}");
        }
        assert!(read(&json!(1)).is_err());
    }

    #[test]
    fn a_record_too_many_is_a_difference_only_where_both_must_end() {
        let record = read(&whole()).unwrap();
        let (one, two) = ([record.clone()], [record.clone(), record]);
        assert_eq!(first_difference(&one, &two), None);
        assert!(difference(&one, &two).is_some());
    }
}
