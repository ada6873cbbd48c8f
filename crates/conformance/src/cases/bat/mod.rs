//! BAT: batches that are not as they should be, and what becomes of them.

mod attributes;
mod bits;
mod header;
mod kept;
mod length;
pub(super) mod raw;
mod records;
mod times;

use crate::case::{Case, Need};

/// Two partitions that one request writes to must have one leader.
const ONE_NODE: &[Need] = &[Need::OneNode];

pub(super) const CASES: &[Case] = &[
    Case::must(
        "BAT-01",
        "a bit of the payload turned, the checksum stale",
        "A batch whose checksum is wrong is corrupt, and nothing is written.",
        &["UL"],
        header::stale_checksum,
    ),
    Case::must(
        "BAT-02",
        "every bit of a batch of three records turned, one at a time",
        "Whatever is stored is what was sent: a turned bit never becomes other content.",
        &["UL"],
        bits::every_bit,
    ),
    Case::must(
        "BAT-03",
        "magic 0 and 1",
        "From v3 of Produce on only the newest format is taken.",
        &["PR"],
        |run| header::magic(run, &[0, 1], 87),
    )
    .reference(),
    Case::must(
        "BAT-04",
        "magic 3 and -1",
        "A format that does not exist is corrupt.",
        &["BI"],
        |run| header::magic(run, &[3, 127, -1, -128], 2),
    )
    .reference(),
    Case::must(
        "BAT-05",
        "a base offset of 1",
        "A producer counts from 0.",
        &["UL"],
        header::base_offset,
    )
    .reference(),
    Case::must(
        "BAT-06",
        "a last offset delta that is not the count minus 1",
        "Offsets of a producer have no holes.",
        &["LV"],
        header::last_offset_delta,
    )
    .reference(),
    Case::must("BAT-07", "a count of 0", "A batch without records is invalid.", &["LV"], |run| {
        header::count(run, &[(0, -1), (0, 0)])
    })
    .reference(),
    Case::must(
        "BAT-08",
        "a count of -1",
        "A batch with less than no records is invalid.",
        &["LV"],
        |run| header::count(run, &[(-1, -2), (-1, 2), (-1, 0), (i32::MIN, i32::MAX)]),
    )
    .reference(),
    Case::must(
        "BAT-09",
        "a count that is one too high, its delta consistent",
        "The records end too early: invalid.",
        &["DB"],
        |run| header::count(run, &[(4, 3)]),
    )
    .reference(),
    Case::must(
        "BAT-10",
        "a count that is one too low, its delta consistent",
        "Bytes are left behind the last record: invalid.",
        &["DB"],
        |run| header::count(run, &[(2, 1)]),
    )
    .reference(),
    Case::must(
        "BAT-11",
        "a batch length below 14",
        "No message of any format is so short: corrupt.",
        &["BI"],
        |run| length::short(run, &[-1, i32::MIN, 0, 1, 13], Some(2)),
    )
    .reference(),
    Case::must(
        "BAT-12",
        "a batch length from 14 to 48",
        "A header does not fit: any error, and the broker goes on.",
        &["BI"],
        |run| length::short(run, &[14, 15, 22, 30, 40, 47, 48], None),
    )
    .reference(),
    Case::must(
        "BAT-13",
        "a batch length past the end",
        "Half a batch is none: invalid.",
        &["PR"],
        length::past_the_end,
    )
    .reference(),
    Case::must(
        "BAT-14",
        "two batches for one partition",
        "A request has one batch for a partition: invalid.",
        &["PR"],
        length::two_batches,
    ),
    Case::must(
        "BAT-15",
        "1 to 11 bytes behind the batch",
        "What is too short to tell its length is cut off.",
        &["UL"],
        length::bytes_behind,
    )
    .quirk(),
    Case::must(
        "BAT-16",
        "the control bit",
        "Producers do not write control batches.",
        &["LV"],
        attributes::control,
    ),
    Case::must(
        "BAT-17",
        "codecs 5, 6 and 7",
        "A codec that does not exist is an error, and nothing is written.",
        &["UL"],
        attributes::unknown_codec,
    )
    .reference(),
    Case::must(
        "BAT-18",
        "the bit of log-append time in a topic of producers' time",
        "The topic decides: the bit is cleared.",
        &["LV"],
        |run| attributes::append_time(run, "CreateTime"),
    )
    .quirk(),
    Case::must(
        "BAT-19",
        "the bit of log-append time in a topic of log-append time",
        "A producer cannot know that time.",
        &["LV"],
        |run| attributes::append_time(run, "LogAppendTime"),
    )
    .quirk(),
    Case::must(
        "BAT-20",
        "a time of more than an hour ahead",
        "A record too far ahead is refused, by its index from v8 on.",
        &["LV", "K-937"],
        |run| times::too_far(run, times::AHEAD),
    )
    .reference(),
    Case::must(
        "BAT-21",
        "a time before the earliest that is allowed",
        "A record too far back is refused, by its index from v8 on.",
        &["LV", "K-937"],
        |run| times::too_far(run, times::BACK),
    )
    .reference(),
    Case::must(
        "BAT-22",
        "a null key in a compacted topic",
        "Compaction needs keys: refused, by index and with a text from v8 on.",
        &["LV", "K-467"],
        times::null_key,
    )
    .reference(),
    Case::must(
        "BAT-23",
        "a record length past the end",
        "A record that ends behind its batch is invalid.",
        &["DR"],
        |run| records::malformed(run, records::LENGTHS),
    )
    .reference(),
    Case::must(
        "BAT-24",
        "an integer of six bytes",
        "A 32-bit integer has five bytes at most: invalid.",
        &["DR"],
        |run| records::malformed(run, records::VARINTS),
    )
    .reference(),
    Case::must(
        "BAT-25",
        "a header count of -1, or a huge one",
        "Headers that cannot be are invalid.",
        &["DR"],
        |run| records::malformed(run, records::HEADER_COUNTS),
    )
    .reference(),
    Case::must(
        "BAT-26",
        "a header key length of -1",
        "The key of a header is never null: invalid.",
        &["DR"],
        |run| records::malformed(run, records::HEADER_KEYS),
    )
    .reference(),
    Case::must(
        "BAT-27",
        "null and empty keys, values and header values",
        "Null and empty are not the same, and each is read back as it was sent.",
        &["DR"],
        kept::null_and_empty,
    ),
    Case::must(
        "BAT-28",
        "attributes of records, and bits 7 to 15 of batches",
        "Bits that mean nothing are recorded.",
        &["DR"],
        kept::spare_bits,
    )
    .quirk(),
    Case::must(
        "BAT-29",
        "offset deltas that do not count from 0",
        "What becomes of them depends on the codec.",
        &["LV"],
        kept::offset_deltas,
    )
    .quirk(),
    Case::must(
        "BAT-30",
        "a wrong greatest time",
        "It is accepted and corrected.",
        &["LV"],
        kept::max_timestamp,
    )
    .reference(),
    Case::must(
        "BAT-31",
        "a leader epoch",
        "It is accepted and corrected.",
        &["LV"],
        kept::leader_epoch,
    )
    .reference(),
    Case::must(
        "BAT-32",
        "a producer without a sequence",
        "Whoever has a producer id has a sequence: invalid.",
        &["LV"],
        header::no_sequence,
    )
    .reference(),
    Case::must(
        "BAT-33",
        "a bad batch for one partition, a good one for the other",
        "Partitions are judged apart: one is refused, the other written.",
        &["RM"],
        header::bad_and_good,
    )
    .needing(ONE_NODE),
];
