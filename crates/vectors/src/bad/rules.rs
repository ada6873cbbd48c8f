//! The rules by which ours refuses what the reference accepts, each by a name.
//!
//! A rule is told by the error of ours alone: which kind, in which field. They are described in
//! the README of the records crate, under "Stricter than the reference".

use klamm_records::BatchErrorKind as Kind;
use klamm_records::compression::DecompressErrorKind as Stream;

use super::reading::Refusal;

/// A rule: its name, and what it refuses.
struct Rule {
    name: &'static str,
    refuses: fn(Kind, &str) -> bool,
}

/// The rule for header keys, which readers hand out as they are and callers ask for as text.
const HEADER_KEY: &str = "header-key-utf8";

/// The fields in which −1 stands for null.
const NULLABLE: &[&str] =
    &["Record.key", "Record.value", "Record.headers.value", "Message.key", "Message.value"];

const RULES: &[Rule] = &[
    Rule {
        name: "negative-length",
        refuses: |kind, field| matches!(kind, Kind::NegativeLength(_)) && NULLABLE.contains(&field),
    },
    Rule { name: "varint-bits", refuses: |kind, _| matches!(kind, Kind::VarintTooLong) },
    Rule {
        name: "count-zero-with-payload",
        refuses: |kind, field| {
            matches!(kind, Kind::TrailingBytes) && field == "RecordBatch.records"
        },
    },
    Rule {
        name: "bytes-behind-value",
        refuses: |kind, field| matches!(kind, Kind::TrailingBytes) && field == "Message",
    },
    Rule { name: "mixed-magic", refuses: |kind, _| matches!(kind, Kind::MixedMagic(_)) },
    Rule {
        name: "inner-offset-range",
        refuses: |kind, field| matches!(kind, Kind::WrongOffset(_)) && field == "Message.offset",
    },
    Rule {
        name: "stream-cut",
        refuses: |kind, _| matches!(kind, Kind::Decompression(Stream::Truncated)),
    },
    Rule {
        name: "gzip-reserved-flags",
        refuses: |kind, _| is_malformed(kind, "reserved flags of gzip are set"),
    },
    Rule {
        name: "lz4-empty-block",
        refuses: |kind, _| is_malformed(kind, "an lz4 block of nothing"),
    },
    Rule {
        name: "lz4-no-distance",
        refuses: |kind, _| is_malformed(kind, "an lz4 repetition at no distance"),
    },
    Rule {
        name: "zstd-exact-lengths",
        refuses: |kind, _| INEXACT.iter().any(|text| is_malformed(kind, text)),
    },
    Rule {
        name: "zstd-window",
        refuses: |kind, _| is_malformed(kind, "a repetition of what was never written"),
    },
];

/// What the C library of zstd does not compare in its fastest loops.
const INEXACT: &[&str] = &[
    "literals of another length",
    "a frame whose content has another length",
    "a block longer than its frame allows",
    "a bit stream without an end mark",
    "bits are left behind the last sequence",
];

/// Whether a stream is malformed in just this way.
fn is_malformed(kind: Kind, text: &str) -> bool {
    matches!(kind, Kind::Decompression(Stream::Malformed(found)) if found == text)
}

/// The rule by which ours refuses, if it has one that the reference lacks.
pub(super) fn rule(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::HeaderKey => Some(HEADER_KEY),
        Refusal::Batch(error) => {
            let mut rules = RULES.iter();
            let rule = rules.find(|rule| (rule.refuses)(error.kind(), error.field()))?;
            Some(rule.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const README: &str = include_str!("../../../records/README.md");

    #[test]
    fn every_rule_is_described_once_where_readers_look_for_it() {
        let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for name in names.into_iter().chain([HEADER_KEY]) {
            assert_eq!(README.matches(&format!("\n- `{name}`: ")).count(), 1, "{name}");
        }
    }
}
