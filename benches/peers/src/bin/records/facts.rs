//! The records that all sides write and read.

use std::fmt;
use std::sync::LazyLock;

use klamm_records::{Checksum, Entry, Header, OpenBatch, RecordSet, RecordView};
use klamm_wire::WallMillis;

/// The time of the first record.
const START: i64 = 1_760_000_000_000;
/// So many records come within one millisecond.
const RECORDS_PER_MILLISECOND: i64 = 100;
/// Values are cut out of a text of this length; it is that long so that a compressor does not see
/// the same value twice within its window.
const TEXT: usize = 2 << 20;

/// A record as an application hands it in: everything is borrowed, and nothing is ever freed, so
/// that contenders can own what they do with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input {
    pub(crate) time: WallMillis,
    pub(crate) key: Option<&'static [u8]>,
    pub(crate) value: &'static [u8],
    pub(crate) headers: &'static [Header<'static>],
}

/// What a record has beside its value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parts {
    ValueOnly,
    Key,
    KeyAndHeaders,
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValueOnly => "without key",
            Self::Key => "with key",
            Self::KeyAndHeaders => "with key and 2 headers",
        })
    }
}

/// So many records with values of this length.
pub(crate) fn inputs(count: usize, value_len: usize, parts: Parts) -> &'static [Input] {
    static LINES: LazyLock<Vec<u8>> = LazyLock::new(|| text(TEXT));
    let input = |nth: usize| {
        let from = (nth * value_len) % (TEXT - value_len);
        let value = LINES.get(from..).and_then(|text| text.get(..value_len));
        let key = format!("key-{:04}", nth % 10_000).into_bytes();
        Input {
            time: WallMillis(START + nth as i64 / RECORDS_PER_MILLISECOND),
            key: (!matches!(parts, Parts::ValueOnly)).then(|| &*key.leak()),
            value: value.expect("the text is longer than any value"),
            headers: if matches!(parts, Parts::KeyAndHeaders) { HEADERS } else { &[] },
        }
    };
    (0..count).map(input).collect::<Vec<Input>>().leak()
}

const HEADERS: &[Header<'_>] =
    &[Header::new("traceparent", b"4bf92f3577b34da6"), Header::new("origin", b"checkout")];

/// Lines as services log them, with numbers that differ from line to line.
fn text(len: usize) -> Vec<u8> {
    let mut text = String::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while text.len() < len {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        let (order, cents, status) = (state >> 40, (state >> 20) & 0xffff, (state >> 12) & 7);
        text += &format!("{{\"order\":{order},\"cents\":{cents},\"status\":\"s{status}\"}}\n");
    }
    text.truncate(len);
    text.into_bytes()
}

/// Appends all inputs, which fit.
#[inline(never)]
pub(crate) fn append_all(batch: &mut OpenBatch, inputs: &[Input]) {
    for Input { time, key, value, headers } in inputs {
        batch.append(*time, *key, Some(value), headers).expect("the room was granted");
    }
}

/// Proves that a batch of whoever's making holds these records and nothing else.
pub(crate) fn prove(who: &str, batch: &[u8], inputs: &[Input]) {
    let mut set = RecordSet::new(batch).with_checksum(Checksum::Checked);
    let entry: Entry<'_> = set.next().expect("there is a batch").expect("it can be read");
    let mut unused = klamm_records::Decompressors::new();
    let records = entry.records(&mut unused, 0).expect("it is not compressed");
    let mut count = 0;
    for (nth, (record, input)) in records.zip(inputs).enumerate() {
        let record = record.expect("it can be read");
        assert!(is_same(&record, nth, input), "{who}: record {nth} is {record:?}");
        count += 1;
    }
    assert_eq!(count, inputs.len(), "{who}: records are missing");
    assert!(set.next().is_none() && set.tail().is_empty(), "{who}: there is more than a batch");
}

fn is_same(record: &RecordView<'_>, nth: usize, input: &Input) -> bool {
    let headers = record.headers.map(|header| (header.key, header.value));
    record.offset == nth as i64
        && record.timestamp == input.time
        && record.key == input.key
        && record.value == Some(input.value)
        && headers.eq(input.headers.iter().map(|header| (header.key.as_bytes(), header.value)))
}
