//! Folders for tests, below the target folder so that git and cargo look elsewhere.

use std::path::PathBuf;
use std::process::Command;

use crate::support;

/// An empty folder of this name, which belongs to one test.
pub(super) fn empty(name: &str) -> PathBuf {
    let folder = support::root().join("target/plants-tests").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A repository of its own that holds these files; none is committed.
pub(super) fn repository(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = empty(name);
    for (path, text) in files {
        support::write(&root.join(path), text).unwrap();
    }
    support::output(Command::new("git").current_dir(&root).args(["init", "--quiet"])).unwrap();
    root
}
