//! What is known of a batch and the log: the join of evidence, and what a caller may believe.
//!
//! Each attempt to write a batch ends with [`Evidence`]. What is known of the batch, [`Known`], is
//! the greatest of it: once one attempt may have written the batch, no later refusal unsays that.

/// What one attempt tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// This attempt did not write the batch.
    Not,
    /// This attempt may have written the batch.
    Maybe,
    /// The batch is in the log.
    Persisted,
}

/// What all attempts so far tell about a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Known {
    /// No attempt was made.
    #[default]
    Unsent,
    /// Every attempt ended without writing the batch.
    DefNot,
    /// An attempt may have written the batch.
    Maybe,
    /// The batch is in the log.
    Persisted,
}

/// What the caller may believe about records that were not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// They are not in the log and never will be: they may be sent again.
    NotWritten,
    /// They may be in the log, or come into it: sent again, they may be there twice.
    Unknown,
    /// They are in the log, although what was asked beyond that failed.
    Written,
}

impl Known {
    /// What is known after one more attempt has ended.
    //= R14 the fate is sticky: the greatest of all that was seen
    #[must_use]
    pub fn join(self, evidence: Evidence) -> Self {
        let told = match evidence {
            Evidence::Not => Self::DefNot,
            Evidence::Maybe => Self::Maybe,
            Evidence::Persisted => Self::Persisted,
        };
        self.max(told)
    }

    /// Whether no attempt so far can have written the batch.
    #[must_use]
    pub const fn is_clean(self) -> bool {
        matches!(self, Self::Unsent | Self::DefNot)
    }

    /// What a caller is told.
    #[must_use]
    pub const fn fate(self) -> Fate {
        match self {
            Self::Unsent | Self::DefNot => Fate::NotWritten,
            Self::Maybe => Fate::Unknown,
            Self::Persisted => Fate::Written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIDENCE: [Evidence; 3] = [Evidence::Not, Evidence::Maybe, Evidence::Persisted];
    const KNOWN: [Known; 4] = [Known::Unsent, Known::DefNot, Known::Maybe, Known::Persisted];

    //= type=test R14
    #[test]
    fn the_order_of_evidence_does_not_matter_and_nothing_is_unsaid() {
        for known in KNOWN {
            for first in EVIDENCE {
                for second in EVIDENCE {
                    let one_way = known.join(first).join(second);
                    assert_eq!(one_way, known.join(second).join(first));
                    assert!(one_way >= known && one_way >= known.join(first));
                }
                assert_eq!(known.join(first).join(first), known.join(first));
            }
        }
    }

    #[test]
    fn only_what_no_attempt_can_have_written_is_called_not_written() {
        assert_eq!(
            KNOWN.map(Known::fate),
            [Fate::NotWritten, Fate::NotWritten, Fate::Unknown, Fate::Written]
        );
        assert_eq!(Known::Unsent.join(Evidence::Not).fate(), Fate::NotWritten);
        assert_eq!(Known::DefNot.join(Evidence::Maybe).join(Evidence::Not).fate(), Fate::Unknown);
    }
}
