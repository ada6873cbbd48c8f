//! TXN: what transactions show, refuse and end with.

pub(super) mod actor;
mod adding;
mod copies;
mod ends;
mod offsets;
pub(super) mod requests;
mod shown;
mod writes;

use crate::case::{Case, Need};

/// The reference asks coordinators for several requests at once, and then gives all of them the
/// codes that one of them knows.
const ALONE: &[Need] = &[Need::Alone];
/// An id that nobody has may have another coordinator than the one that is asked.
const ONE_NODE: &[Need] = &[Need::OneNode];

pub(super) const CASES: &[Case] = &[
    Case::must(
        "TXN-01",
        "a commit over two partitions",
        "Everything is visible, and each partition has one marker.",
        &["K-98"],
        |run| shown::over_two_partitions(run, true),
    ),
    Case::must(
        "TXN-02",
        "an abort over two partitions",
        "Nothing is visible, and each partition has one marker.",
        &["K-98"],
        |run| shown::over_two_partitions(run, false),
    ),
    Case::must(
        "TXN-03",
        "plain records behind an open transaction",
        "Who reads what is committed stops at the open transaction, until it ends.",
        &["K-98"],
        shown::open_transaction,
    ),
    Case::must(
        "TXN-04",
        "a write to a partition that was not added, up to v10",
        "No transaction is open there: it is refused and not written.",
        &["AT"],
        |run| writes::not_added(run, 0..=10, 48),
    )
    .needing(ALONE)
    .reference(),
    Case::must(
        "TXN-05",
        "a write to a partition that was not added, in v11",
        "From v11 on the refusal says that the transaction can be aborted.",
        &["AT", "K-890"],
        |run| writes::not_added(run, 11..=11, 120),
    )
    .needing(ALONE)
    .reference(),
    Case::must(
        "TXN-06",
        "a write to a partition that was not added, from v12 on",
        "The write adds the partition.",
        &["AT", "K-890"],
        writes::added_by_the_write,
    )
    .reference(),
    Case::must(
        "TXN-07",
        "adding a known and an unknown topic",
        "The unknown one is unknown, the known one was not tried, and nothing is added.",
        &["KA"],
        adding::unknown_topic,
    )
    .reference(),
    Case::must(
        "TXN-08",
        "adding as another producer",
        "The transactional id has another producer id.",
        &["TC"],
        adding::another_producer,
    )
    .needing(ONE_NODE)
    .reference(),
    Case::must(
        "TXN-09",
        "adding under another epoch",
        "The producer is fenced; before v2 its epoch is invalid.",
        &["TC"],
        adding::another_epoch,
    )
    .reference(),
    Case::must(
        "TXN-11",
        "a commit of nothing",
        "There is no transaction to commit.",
        &["TC"],
        |run| ends::of_nothing(run, true),
    )
    .reference(),
    Case::must(
        "TXN-12",
        "an abort of nothing",
        "There is no transaction to abort; from v5 on there need not be one.",
        &["TC", "K-890"],
        |run| ends::of_nothing(run, false),
    )
    .reference(),
    Case::must(
        "TXN-13",
        "the same end twice, up to v4",
        "The second one finds what it wants.",
        &["TC"],
        |run| ends::twice(run, true),
    )
    .reference(),
    Case::must(
        "TXN-14",
        "the other end behind the first, up to v4",
        "What was decided stays decided.",
        &["TC"],
        |run| ends::twice(run, false),
    )
    .reference(),
    Case::must(
        "TXN-15",
        "an end in v5, and the same again",
        "The answer tells the next epoch, and a repetition has the same answer.",
        &["K-890"],
        ends::next_epoch,
    ),
    Case::must(
        "TXN-16",
        "a copy of an end within the next transaction",
        "Where each transaction has its own epoch, the copy is refused and changes nothing.",
        &["TC", "K-890"],
        copies::of_an_end,
    ),
    Case::must(
        "TXN-17",
        "a copy of a write behind its abort",
        "It is refused, and never becomes part of the next transaction.",
        &["UL"],
        copies::of_a_write,
    )
    .needing(ALONE),
    Case::must(
        "TXN-18",
        "a plain batch of a producer with an open transaction",
        "Within a transaction all batches of the producer belong to it.",
        &["PA"],
        writes::plain_within,
    )
    .reference(),
    Case::must(
        "TXN-19",
        "two producers in one transactional request",
        "A request has one producer: it is refused as a whole.",
        &["RM"],
        writes::two_producers,
    )
    .reference(),
    Case::must(
        "TXN-20",
        "a transaction that times out",
        "It is aborted, readers go on, and its epoch is over.",
        &["TC"],
        ends::timeout,
    ),
    Case::must(
        "TXN-21",
        "offsets in a transaction",
        "They are visible when the transaction is committed, and never when it is aborted.",
        &["K-447"],
        offsets::with_the_transaction,
    )
    .reference(),
    Case::must(
        "TXN-23",
        "the end of an unknown transactional id",
        "Nobody has this id.",
        &["TC"],
        |run| ends::of_id(run, "nobody", 49),
    )
    .reference(),
    Case::must(
        "TXN-24",
        "the end of an empty transactional id",
        "An empty id is an invalid request.",
        &["TC"],
        |run| ends::of_id(run, "", 42),
    )
    .reference(),
    Case::must(
        "TXN-25",
        "a transactional batch of no producer",
        "Whether anybody looks at it is recorded.",
        &["UL"],
        writes::of_nobody,
    )
    .quirk(),
];
