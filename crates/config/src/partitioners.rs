//! Partitioners by the names that people know.

use std::sync::Arc;

use klamm_batching::Partitioner;
use klamm_batching::partitioner::{self, JavaDefault, Keyless};

use crate::draft::ProducingDraft;
use crate::error::Problem;

/// What the Java client does unless it is told otherwise.
const DEFAULT: &str = "default";

/// What librdkafka does unless it is told otherwise.
pub(crate) const OF_LIBRDKAFKA: &str = "consistent_random";

const NAMES: &[&str] = &[
    DEFAULT,
    "round_robin",
    "random",
    "consistent",
    OF_LIBRDKAFKA,
    "murmur2",
    "murmur2_random",
    "fnv1a",
    "fnv1a_random",
];

const FIX: &str = "Write `default`, `round_robin`, `random`, `consistent`, `consistent_random`, \
    `murmur2`, `murmur2_random`, `fnv1a` or `fnv1a_random`";

/// A class of Java that is known, or one of our names.
pub(crate) fn of_java(text: &str) -> Result<&'static str, Problem> {
    match text.rsplit('.').next().unwrap_or_default() {
        "RoundRobinPartitioner" => Ok("round_robin"),
        "DefaultPartitioner" => Ok(DEFAULT),
        "UniformStickyPartitioner" => Err(Problem::new(
            "this class is gone from the Java client as well",
            "Write `partitioner.ignore.keys=true` in its place",
        )),
        _ => known(text).ok_or_else(|| {
            let is_class = text.contains('.');
            let class = "it names a class of Java, which cannot be run";
            let problem = if is_class { class } else { "there is no partitioner of this name" };
            Problem::new(problem, FIX)
        }),
    }
}

/// One of librdkafka's names, or one of ours.
pub(crate) fn of_librdkafka(text: &str) -> Result<&'static str, Problem> {
    known(text).ok_or_else(|| Problem::new("there is no partitioner of this name", FIX))
}

fn known(text: &str) -> Option<&'static str> {
    NAMES.iter().find(|name| name.eq_ignore_ascii_case(text)).copied()
}

/// The partitioner that the settings come to.
pub(crate) fn made(draft: &ProducingDraft, name: &str) -> Option<Arc<dyn Partitioner>> {
    let keyless = if draft.draws_each { Keyless::Drawn } else { Keyless::Sticky };
    match name {
        DEFAULT => Some(Arc::new(JavaDefault { ignore_keys: draft.ignores_keys })),
        other => partitioner::by_name_with(other, keyless),
    }
}

/// Whether `partitioner.ignore.keys` means something to it.
pub(crate) fn heeds_ignored_keys(name: &str) -> bool {
    name == DEFAULT
}

pub(crate) const fn default_of(is_librdkafka: bool) -> &'static str {
    if is_librdkafka { OF_LIBRDKAFKA } else { DEFAULT }
}

/// Whether it leaves open whether records without a key stay together.
pub(crate) fn leaves_open(name: &str) -> bool {
    name.ends_with("random")
}
