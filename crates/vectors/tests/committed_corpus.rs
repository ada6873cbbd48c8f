//! Replays the committed corpus: what the reference wrote, ours reads and writes the same.

mod corpus;

use klamm_records::Codec;
use klamm_vectors::Report;

#[test]
fn every_line_of_the_committed_corpus_passes() {
    let mut report = Report::default();
    for (name, text) in corpus::texts() {
        report.add_text(&name, &text);
    }
    assert_eq!(report.failed(), 0, "{report}");
    assert_eq!(report.pairs_covered(), report.pairs_declared(), "{report}");
    assert_eq!(report.pairs_declared(), 625);
    for codec in Codec::ALL {
        assert!(report.batches(2, codec) > 0, "{codec}: {report}");
    }
}
