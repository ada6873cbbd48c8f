//! PRD: what Produce does with good and bad requests.

mod acks;
mod limits;
mod replicas;
mod shapes;
mod versions;

use klamm_wire::TopicId;

use crate::case::{Case, Need};

const STORED: &str = "The record is appended at the end, its offset is told, and it can be read.";

pub(super) const CASES: &[Case] = &[
    Case::must("PRD-01", "one record with acks 1", STORED, &["PG"], |run| acks::one_record(run, 1)),
    Case::must("PRD-02", "one record with acks -1", STORED, &["PG"], |run| {
        acks::one_record(run, -1)
    }),
    Case::must(
        "PRD-03",
        "acks 0",
        "Nothing answers; the record arrives, and the next request has its own answer.",
        &["KA"],
        acks::without_answer,
    ),
    Case::must(
        "PRD-04",
        "acks 0 to an unknown topic",
        "An error that cannot be answered ends the connection.",
        &["KA"],
        acks::without_answer_in_vain,
    )
    .reference(),
    Case::must(
        "PRD-05",
        "acks 2, -2 and 32767",
        "Other acks than -1, 0 and 1 are refused, and nothing is written.",
        &["RM"],
        acks::invalid,
    )
    .reference(),
    Case::must(
        "PRD-06",
        "the same record in every version",
        "Every version from 3 on stores the same record.",
        &["PG"],
        versions::same_record,
    ),
    Case::must(
        "PRD-07",
        "a partition that exists and one that does not",
        "Each partition has an answer of its own.",
        &["KA"],
        shapes::one_of_two,
    ),
    Case::must(
        "PRD-08",
        "an unknown topic id in v13",
        "An id that nobody has is answered by 100.",
        &["KA", "K-516"],
        |run| versions::by_id(run, versions::NOBODYS),
    )
    .reference(),
    Case::must(
        "PRD-09",
        "a zero topic id in v13",
        "An id that nobody has is answered by 100, and zero is nobody's.",
        &["KA", "K-516"],
        |run| versions::by_id(run, TopicId::ZERO),
    )
    .reference(),
    Case::must(
        "PRD-10",
        "a batch to a broker that does not lead",
        "Only the leader appends: any other broker refuses, and nothing is written.",
        &["RM", "PT"],
        replicas::elsewhere,
    )
    .needing(&[Need::ManyNodes]),
    Case::must(
        "PRD-11",
        "a batch of exactly max.message.bytes",
        "The limit itself is allowed.",
        &["UL"],
        |run| limits::around_the_limit(run, 0),
    ),
    Case::must(
        "PRD-12",
        "a batch of one byte more",
        "A batch above the limit is refused, and nothing is written.",
        &["UL"],
        |run| limits::around_the_limit(run, 1),
    ),
    Case::must(
        "PRD-13",
        "a batch that is larger than a segment",
        "No segment can hold it: it is refused, and nothing is written.",
        &["UL"],
        limits::larger_than_a_segment,
    )
    .reference(),
    Case::must(
        "PRD-14",
        "a batch to an internal topic",
        "Internal topics are not for clients.",
        &["RM"],
        |run| limits::internal_topic(run, false),
    )
    .reference(),
    Case::must(
        "PRD-15",
        "the same with the client id __admin_client",
        "A client that calls itself so may write to internal topics.",
        &["KA"],
        |run| limits::internal_topic(run, true),
    )
    .quirk(),
    Case::must(
        "PRD-16",
        "too few replicas in sync",
        "With acks -1 a batch is refused if too few replicas are in sync, and with acks 1 taken.",
        &["PT"],
        replicas::too_few,
    ),
    Case::must(
        "PRD-19",
        "records of null",
        "Null is no batch: it is never accepted. The reference gives no answer at all.",
        &["KA"],
        shapes::null_records,
    )
    .reference(),
    Case::must(
        "PRD-20",
        "records of no bytes",
        "No bytes are no batch: an invalid record.",
        &["PR"],
        shapes::no_bytes,
    )
    .reference(),
    Case::must(
        "PRD-21",
        "no topics",
        "What asks for nothing is answered with nothing.",
        &["KA"],
        shapes::no_topics,
    )
    .reference(),
    Case::must(
        "PRD-22",
        "one partition twice in a request",
        "The last batch is kept and answered once; the first vanishes.",
        &["KA"],
        shapes::one_partition_twice,
    )
    .quirk(),
    Case::must(
        "PRD-23",
        "fifty partitions",
        "Every partition has one entry.",
        &["KA"],
        shapes::fifty_partitions,
    ),
    Case::must(
        "PRD-25",
        "a transactional batch under a transactional id of null",
        "A transactional batch needs a transactional id: all partitions are refused.",
        &["KA"],
        shapes::transactional_without_id,
    )
    .reference(),
    Case::must(
        "PRD-26",
        "the fields of each version",
        "The log's start comes from v5 on, the refused records from v8, tags from v9.",
        &["PG"],
        versions::fields,
    ),
    Case::must(
        "PRD-27",
        "the append time of topics with either kind of timestamps",
        "With log-append time the answer tells the time that is stored, else -1.",
        &["LV"],
        versions::append_time,
    )
    .reference(),
];
