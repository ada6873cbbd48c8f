//! The features that a cluster has agreed on, of which the newest word counts.

use std::collections::BTreeMap;

use super::caps::Condition;
use crate::api_versions::ApiVersionsResponse;

/// The feature that decides how transactions go (KIP-890).
pub const TRANSACTION_VERSION: &str = "transaction.version";

/// From this level on, brokers add partitions and groups to transactions by themselves.
const IMPLICIT_PARTITIONS: i16 = 2;

/// The finalized features as one broker told them.
///
/// Each change in the cluster raises the epoch, so of what several brokers say,
/// [`newest`](Self::newest) keeps the right one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FinalizedFeatures {
    /// Negative when the broker does not know; there are no levels then.
    epoch: i64,
    levels: BTreeMap<String, i16>,
}

impl Default for FinalizedFeatures {
    fn default() -> Self {
        Self { epoch: -1, levels: BTreeMap::new() }
    }
}

impl FinalizedFeatures {
    /// The number of changes before; `None` when the broker did not know the features.
    pub fn epoch(&self) -> Option<i64> {
        (self.epoch >= 0).then_some(self.epoch)
    }

    /// The level in force of a feature, 0 for one that is not.
    pub fn level(&self, name: &str) -> i16 {
        self.levels.get(name).copied().unwrap_or(0)
    }

    /// Of two answers, the one with the higher epoch; this one when they have the same.
    #[must_use]
    pub fn newest(self, other: Self) -> Self {
        if other.epoch > self.epoch { other } else { self }
    }

    /// The condition that requests of a transaction are under:
    /// [`TransactionV1`](Condition::TransactionV1) or [`TransactionV2`](Condition::TransactionV2).
    pub fn transactions(&self) -> Condition {
        if self.level(TRANSACTION_VERSION) >= IMPLICIT_PARTITIONS {
            Condition::TransactionV2
        } else {
            Condition::TransactionV1
        }
    }
}

impl From<&ApiVersionsResponse<'_>> for FinalizedFeatures {
    fn from(answer: &ApiVersionsResponse<'_>) -> Self {
        if answer.finalized_features_epoch < 0 {
            return Self::default();
        }
        let features = answer.finalized_features.iter();
        let levels = features.map(|level| (level.name.to_string(), level.max_version_level));
        Self { epoch: answer.finalized_features_epoch, levels: levels.collect() }
    }
}
