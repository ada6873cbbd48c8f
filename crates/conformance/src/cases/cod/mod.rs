//! COD: compressed batches, good and bad.

mod good;
mod harmful;
mod streams;

use klamm_records::Codec;

use crate::case::Case;

const STORED: &str =
    "Records are read back as they were sent, in every version that has the codec.";

pub(super) const CASES: &[Case] = &[
    Case::must("COD-01", "no compression", STORED, &["PG"], |run| good::kept(run, Codec::None)),
    Case::must("COD-02", "gzip", STORED, &["PG"], |run| good::kept(run, Codec::Gzip)),
    Case::must("COD-03", "snappy", STORED, &["PG"], |run| good::kept(run, Codec::Snappy)),
    Case::must("COD-04", "lz4", STORED, &["PG"], |run| good::kept(run, Codec::Lz4)),
    Case::must("COD-05", "zstd", STORED, &["PG"], |run| good::kept(run, Codec::Zstd)),
    Case::must(
        "COD-06",
        "zstd before v7",
        "A version that does not have the codec refuses it.",
        &["PR", "K-110"],
        good::zstd_too_early,
    )
    .reference(),
    Case::must(
        "COD-07",
        "a corrupt payload with a right checksum",
        "What cannot be decompressed is an error, and nothing is written.",
        &["DB"],
        harmful::corrupt,
    )
    .reference(),
    Case::must(
        "COD-08",
        "an empty stream with a count of 1",
        "The record is missing: an error, and nothing is written.",
        &["DB"],
        harmful::empty,
    )
    .reference(),
    Case::must(
        "COD-09",
        "a small stream that becomes 256 MiB",
        "Whatever is answered, the broker lives and serves others.",
        &["CVE-2023-34455"],
        harmful::bomb,
    ),
    Case::must(
        "COD-10",
        "a topic with a compression of its own",
        "Batches are stored with the topic's codec, their records unchanged.",
        &["LV"],
        good::recompressed,
    )
    .reference(),
    Case::must(
        "COD-11",
        "snappy without its frame",
        "Other implementations write such a stream: recorded.",
        &["DB"],
        streams::raw_snappy,
    )
    .quirk(),
    Case::must(
        "COD-12",
        "flags of an LZ4 frame",
        "Checksums, sizes, dependent and uncompressed blocks: recorded.",
        &["DB"],
        streams::lz4_flags,
    )
    .quirk(),
    Case::must(
        "COD-13",
        "two gzip members",
        "A stream in two parts: recorded.",
        &["DB"],
        streams::gzip_members,
    )
    .quirk(),
];
