//! The topics that were found, by name.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use crate::topic::Topic;

/// The topics that were found, by name. It is asked for every record that names its topic by a
/// text, so that it is a hash table; nobody goes through it in order.
#[derive(Default)]
pub(crate) struct Directory {
    known: RwLock<HashMap<String, Topic>>,
    /// Those that are being looked up for nobody in particular.
    wanted: Mutex<HashSet<String>>,
}

impl Directory {
    pub(crate) fn get(&self, name: &str) -> Option<Topic> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(name).cloned()
    }

    pub(crate) fn put(&self, topic: Topic) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(topic.name().to_owned(), topic);
    }

    pub(crate) fn forget(&self, name: &str) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Whether nobody looks for the topic yet; from here on somebody does.
    pub(crate) fn want(&self, name: &str) -> bool {
        let mut wanted = self.wanted();
        !wanted.contains(name) && wanted.insert(name.to_owned())
    }

    /// Nobody looks for it any more.
    pub(crate) fn unwant(&self, name: &str) {
        self.wanted().remove(name);
    }

    fn wanted(&self) -> MutexGuard<'_, HashSet<String>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
