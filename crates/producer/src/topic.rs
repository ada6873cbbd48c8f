//! A topic that was found, so that sending to it needs no look-up.

use std::fmt;
use std::sync::Arc;

/// A topic of one producer. Cheap to clone.
#[derive(Clone)]
pub struct Topic {
    pub(crate) inner: Arc<klamm_engine::Topic>,
    /// Which producer found it: no other one can send to it.
    pub(crate) owner: u64,
}

impl Topic {
    pub(crate) fn new(inner: Arc<klamm_engine::Topic>, owner: u64) -> Self {
        Self { inner, owner }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.inner.name()
    }

    /// How many partitions it has at the moment.
    pub fn partitions(&self) -> usize {
        self.inner.view().map_or(0, |view| view.partitions.len())
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({})", self.name())
    }
}

/// The longest name that brokers take.
const LONGEST: usize = 249;

/// What is wrong with a name, if anything is: brokers would only say that it is.
pub(crate) fn fault_of(name: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() {
        Some("it is empty")
    } else if name == "." || name == ".." {
        Some("it is one that no folder can have")
    } else if name.len() > LONGEST {
        Some("it has more than 249 letters")
    } else if !name.chars().all(is_plain) {
        Some("it has letters beyond a to z, A to Z, 0 to 9, `.`, `_` and `-`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_brokers_refuse_are_refused_here() {
        for bad in ["", ".", "..", "a b", "a/b", "é", "a\n", &"x".repeat(250)] {
            assert!(fault_of(bad).is_some(), "{bad:?}");
        }
        for good in ["a", "...", "A-b_c.9", &"x".repeat(249)] {
            assert_eq!(fault_of(good), None, "{good:?}");
        }
    }
}
