//! Folders for tests, below the target folder so that git and cargo look elsewhere.

use std::path::PathBuf;

use crate::support;

/// An empty folder of this name, which belongs to one test.
pub(super) fn empty(name: &str) -> PathBuf {
    let folder = support::root().join("target/kafka-tests").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
