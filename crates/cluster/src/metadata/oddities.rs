//! What answers held that they should not have.

/// How often answers and hints held something that was left out, since the beginning. A number
/// that grows says that a broker is broken, or that something speaks the protocol badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Oddities {
    /// Answers without one usable broker, or with an error of their own: not taken at all.
    pub unusable_answers: u64,
    /// Topics, partitions and brokers that an answer named twice; the first one was taken.
    pub duplicates: u64,
    /// Topics that were not asked for.
    pub unasked_topics: u64,
    /// Topics without a name.
    pub nameless_topics: u64,
    /// Partitions with a negative number, or one far beyond how many were listed.
    pub misnumbered_partitions: u64,
    /// Partitions that were left out although ones with greater numbers were listed.
    pub holes: u64,
    /// Answers with fewer partitions than a topic has.
    pub shrunken_topics: u64,
    /// Leaders that are not among the brokers of their answer.
    pub foreign_leaders: u64,
    /// News of leaderships that are older than what is known.
    pub old_news: u64,
    /// Brokers with an address that cannot be one, or a negative id.
    pub bad_brokers: u64,
    /// Answers that bear the id of another cluster.
    pub other_clusters: u64,
    /// Hints that were not taken.
    pub void_hints: u64,
}

/// One more of an oddity.
pub(super) fn count(oddity: &mut u64) {
    *oddity = oddity.saturating_add(1);
}
