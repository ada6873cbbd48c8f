//! SEQ: what the sequence of a producer's batches must be.

mod epochs;
mod order;
mod resends;
mod wrap;

use crate::case::Case;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "SEQ-01",
        "sequences 0, 1, 2 of a fresh producer",
        "Batches that follow one another are appended one behind the other.",
        &["K-98"],
        order::contiguous,
    ),
    Case::must(
        "SEQ-02",
        "the last batch again",
        "It is known: success with its first offset, and the log does not grow.",
        &["UL", "PA"],
        |run| resends::last(run, 1),
    ),
    Case::must(
        "SEQ-03",
        "each of the last five batches again",
        "Five are known: success with their first offsets, and the log does not grow.",
        &["UL", "PA"],
        |run| resends::last(run, 5),
    ),
    Case::must(
        "SEQ-04",
        "the sixth last batch again",
        "It is forgotten: out of order. Old brokers say that it is a duplicate.",
        &["PA"],
        resends::sixth,
    )
    .reference(),
    Case::must(
        "SEQ-05",
        "a gap in the sequence",
        "A batch that does not follow the last one is refused and not written.",
        &["PA"],
        order::gap,
    ),
    Case::must(
        "SEQ-06",
        "a known sequence with another number of records",
        "Only the exact range is known: anything else is out of order.",
        &["PA"],
        resends::other_count,
    )
    .reference(),
    Case::must(
        "SEQ-07",
        "an epoch that is over",
        "A lower epoch than the last one is fenced and not written.",
        &["PA"],
        epochs::old,
    )
    .reference(),
    Case::must(
        "SEQ-08",
        "a new epoch from sequence 0",
        "A higher epoch begins at 0.",
        &["PA"],
        epochs::new,
    )
    .reference(),
    Case::must(
        "SEQ-09",
        "a new epoch from sequence 5",
        "A higher epoch begins at 0: anything else is out of order.",
        &["PA"],
        epochs::new_with_a_gap,
    )
    .reference(),
    Case::must(
        "SEQ-10",
        "an unknown producer that begins with sequence 7",
        "What nobody remembers may begin anywhere, or nowhere: it depends on the release.",
        &["PA"],
        order::unknown_producer,
    )
    .quirk(),
    Case::must(
        "SEQ-11",
        "the greatest sequence and then 0",
        "Behind 2147483647 comes 0.",
        &["PA"],
        wrap::around,
    ),
    Case::must(
        "SEQ-12",
        "a batch across the greatest sequence",
        "A batch may span the wrap, and the next one follows its last record.",
        &["PA"],
        |run| wrap::across(run, false),
    ),
    Case::must(
        "SEQ-13",
        "a batch across the greatest sequence again",
        "A batch that spans the wrap is known like any other.",
        &["PA"],
        |run| wrap::across(run, true),
    ),
    Case::must(
        "SEQ-14",
        "five pipelined batches, a cut, and all five again",
        "Whatever arrived before the cut, each batch is in the log once and in order.",
        &["K-98"],
        resends::after_a_cut,
    ),
    Case::must(
        "SEQ-17",
        "a gap on one partition, none on the other",
        "Partitions count apart.",
        &["PA"],
        order::partitions_apart,
    )
    .reference(),
    Case::must(
        "SEQ-18",
        "two producers in turn on one partition",
        "Producers count apart.",
        &["PA"],
        order::producers_apart,
    )
    .reference(),
    Case::must(
        "SEQ-19",
        "producer -1, epoch -1, sequence -1, twice",
        "A batch of no producer is appended, as often as it comes.",
        &["LV"],
        order::nobody,
    )
    .reference(),
    Case::must(
        "SEQ-20",
        "a new epoch on one partition, the old one on the other",
        "Each partition knows the epochs that it saw: the old one goes on where no other came.",
        &["PA"],
        epochs::partitions_apart,
    )
    .reference(),
];
