//! MET: what Metadata says of topics, brokers and leaders.

mod topics;
mod whole;

use crate::case::Case;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "MET-01",
        "a list of null, from v1 on",
        "Null asks for all topics.",
        &["PG"],
        whole::null_is_all,
    ),
    Case::must(
        "MET-02",
        "an empty list, from v1 on",
        "An empty list asks for no topic.",
        &["PG"],
        whole::empty_is_none,
    ),
    Case::must(
        "MET-03",
        "an empty list in v0",
        "Version 0 has no null: its empty list asks for all topics.",
        &["PG"],
        whole::empty_was_all,
    ),
    Case::must(
        "MET-04",
        "an unknown topic that shall not be made",
        "It is answered as unknown, and stays unknown.",
        &["KA"],
        topics::not_made,
    )
    .reference(),
    Case::must(
        "MET-05",
        "an unknown topic that may be made",
        "It appears within half a minute, or is unknown where the broker makes none.",
        &["KA"],
        topics::made_on_demand,
    )
    .reference(),
    Case::must("MET-06", "the topic `a b`", "A name with a blank is invalid.", &["KA"], |run| {
        topics::invalid_name(run, "a b")
    })
    .reference(),
    Case::must(
        "MET-07",
        "a topic of 250 characters",
        "A name has at most 249 characters.",
        &["KA"],
        |run| topics::invalid_name(run, &"x".repeat(250)),
    )
    .reference(),
    Case::must(
        "MET-08",
        "one name twice",
        "A topic that is asked for twice is told once.",
        &["KA"],
        topics::twice,
    )
    .reference(),
    Case::must(
        "MET-09",
        "an id or a null name in v10 and v11",
        "These versions have the fields and do not serve them: no topic is made up.",
        &["KA"],
        topics::ids_too_early,
    )
    .reference(),
    Case::must(
        "MET-10",
        "an unknown id, from v12 on",
        "An id that nobody has is answered by 100 and a name of null.",
        &["KA", "K-516"],
        topics::unknown_id,
    )
    .reference(),
    Case::must(
        "MET-11",
        "a known id, from v12 on",
        "The name that belongs to an id is told.",
        &["KA", "K-516"],
        topics::known_id,
    )
    .reference(),
    Case::must(
        "MET-12",
        "every address that is advertised",
        "A broker that is told of serves.",
        &["PG"],
        whole::addresses_serve,
    ),
    Case::must(
        "MET-13",
        "what an answer is made of",
        "Partitions are numbered from 0, leaders are listed brokers, the cluster has an id.",
        &["KA"],
        whole::structure,
    )
    .reference(),
    Case::must(
        "MET-14",
        "leader epochs, twice from v7 on",
        "The epoch of a leadership never falls.",
        &["K-320"],
        whole::epochs_never_fall,
    )
    .reference(),
];
