//! What klamm has promised of record batches.

use klamm_peers_bench::{Bound, Outcome, Verdict};

/// Promises of the contests whose titles start like this.
const GOALS: &[(&str, Bound)] = &[
    ("append", Bound::NeverAllocates),
    ("append 100 B without key", Bound::FloorAtMost(1.5)),
    ("encode borrowed", Bound::PeerAtLeast(3.0)),
    // Within a tenth of the faster crate.
    ("crc32c", Bound::PeerAtLeast(0.9)),
];

/// Those of all goals that speak about `outcome`.
pub(crate) fn verdicts(outcome: &Outcome<String>) -> impl Iterator<Item = Verdict> {
    let concerns = |(start, _): &&(&str, Bound)| outcome.title.starts_with(start);
    GOALS.iter().filter(concerns).filter_map(|(_, bound)| Verdict::on(outcome, *bound))
}
