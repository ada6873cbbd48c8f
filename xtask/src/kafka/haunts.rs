//! Where a defect of the mock is looked for first, so that looking for all of them takes minutes.

/// The nodes of a mock, as one types them.
pub(super) type Nodes = &'static [&'static str];

/// A cluster that needs no other.
pub(super) const ONE: Nodes = &["--brokers", "1"];
const TWO: Nodes = &["--brokers", "2"];
const ONE_OF_TWO: Nodes = &["--brokers", "2", "--down", "2"];

/// The slowest cases are none of the first ones.
const HAUNTS: &[(&[&str], &[&str])] = &[
    (&["wrong-correlation-id", "answers-out-of-order", "skips-bad-sizes"], &["FRM-0*"]),
    (&["answers-unknown-keys"], &["FRM-1*", "API-*"]),
    (&["tagged-api-versions-header", "closes-on-unknown-api-versions"], &["API-*"]),
    (&["refuses-unknown-tags"], &["TAG-*"]),
    (
        &["metadata-empty-means-all", "metadata-always-creates", "metadata-repeats-topics"],
        &["MET-*"],
    ),
    (&["answers-acks-zero", "accepts-any-acks", "omits-partition", "omits-append-time"], PRODUCE),
    (&["wrong-base-offset", "appends-on-follower"], PRODUCE),
    (&["ignores-min-insync", "ignores-max-message-bytes"], PRODUCE),
    (&["ignores-crc"], &["BAT-01"]),
    (&["corrupt-for-invalid", "accepts-control-batches"], &["BAT-03", "BAT-07", "BAT-1*"]),
    (
        &["accepts-keyless-on-compacted", "ignores-timestamp-bounds"],
        &["BAT-20", "BAT-21", "BAT-22"],
    ),
    (&["ignores-topic-compression"], &["COD-10"]),
    (&["accepts-old-zstd"], &["COD-06"]),
    (&["ignores-payload"], &["COD-07", "COD-08", "BAT-09"]),
    (&["appends-duplicates", "duplicate-without-offset", "window-of-one"], SEQUENCES),
    (&["accepts-gaps", "wraps-early", "ignores-epoch"], SEQUENCES),
    (&["epoch-per-producer", "new-epoch-any-sequence"], SEQUENCES),
    (&["same-producer-id", "init-keeps-epoch", "accepts-any-timeout"], &["PID-*"]),
    (&["shows-aborted", "reads-open-transactions"], TRANSACTIONS),
    // Readers wait long for what never comes: one of them is enough.
    (&["acknowledges-without-storing"], &["PRD-01"]),
    (&["forgets-markers"], &["TXN-01"]),
    (&["skips-verification", "leaks-pending-offsets"], TRANSACTIONS),
    (&["end-txn-ignores-epoch"], &["TXN-16"]),
    (&["accepts-any-password", "serves-unauthenticated"], &["SAS-0*"]),
];

const PRODUCE: &[&str] = &["PRD-*"];
const SEQUENCES: &[&str] = &["SEQ-*"];
const TRANSACTIONS: &[&str] = &["TXN-0*", "TXN-21"];

/// Names of cases with `*` for any characters; none at all if there is no better place to begin.
pub(super) fn cases(defect: &str) -> &'static [&'static str] {
    let found = HAUNTS.iter().find(|(defects, _)| defects.contains(&defect));
    found.map_or(&[], |(_, cases)| *cases)
}

/// The nodes among which the defect can be seen.
pub(super) fn nodes(defect: &str) -> Nodes {
    match defect {
        "appends-on-follower" => TWO,
        "ignores-min-insync" => ONE_OF_TWO,
        _ => ONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_defect_is_looked_for_in_two_places() {
        let mut names: Vec<&str> =
            HAUNTS.iter().flat_map(|(defects, _)| *defects).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn an_unknown_defect_is_looked_for_everywhere() {
        assert_eq!((cases("harmless"), nodes("harmless")), (&[] as &[&str], ONE));
        assert_eq!(
            (cases("ignores-crc"), nodes("ignores-min-insync")),
            (&["BAT-01"] as &[&str], ONE_OF_TWO)
        );
    }
}
