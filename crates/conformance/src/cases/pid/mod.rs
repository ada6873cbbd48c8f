//! PID: who gets which producer id and epoch.

pub(super) mod ids;
mod refusals;
mod transactional;

use crate::case::Case;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "PID-01",
        "no transactional id",
        "A fresh producer id, with epoch 0.",
        &["TC"],
        transactional::without_id,
    ),
    Case::must(
        "PID-02",
        "no transactional id, a thousand times",
        "No producer id is given twice.",
        &["TC"],
        transactional::a_thousand,
    ),
    Case::must(
        "PID-03",
        "an empty transactional id",
        "An empty id is an invalid request.",
        &["TC"],
        refusals::empty_id,
    )
    .reference(),
    Case::must("PID-04", "a timeout of 0 or -1", "A transaction needs time.", &["TC"], |run| {
        refusals::timeouts(run, &[0, -1, i32::MIN])
    })
    .reference(),
    Case::must(
        "PID-05",
        "a timeout above the maximum",
        "No transaction may take longer than the broker allows.",
        &["TC"],
        |run| refusals::timeouts(run, &[900_001, i32::MAX]),
    )
    .reference(),
    Case::must(
        "PID-06",
        "one transactional id twice",
        "The same producer id with the next epoch; the old one is fenced.",
        &["TC"],
        transactional::twice,
    ),
    Case::must(
        "PID-07",
        "a producer id without an epoch, or the reverse",
        "Half an identity is an invalid request.",
        &["KA"],
        refusals::half_an_identity,
    )
    .reference(),
    Case::must(
        "PID-08",
        "the producer id of somebody else, from v4 on",
        "Whoever is not the producer of the transactional id is fenced.",
        &["KA"],
        |run| refusals::anothers_identity(run, true),
    )
    .reference(),
    Case::must(
        "PID-09",
        "the producer id of somebody else, in v3",
        "Before v4 this is an invalid epoch.",
        &["KA"],
        |run| refusals::anothers_identity(run, false),
    )
    .reference(),
    Case::must(
        "PID-10",
        "the current identity, and the same again",
        "The epoch is raised once, and a repetition of the request has the same answer.",
        &["TC", "K-360"],
        transactional::current_identity,
    )
    .reference(),
    Case::must(
        "PID-11",
        "a transactional id with an open transaction",
        "The transaction is aborted first, and the request may come again until then.",
        &["TC"],
        transactional::open_transaction,
    )
    .reference(),
];
