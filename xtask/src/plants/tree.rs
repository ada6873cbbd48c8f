//! The copy of the repository in which plants are set, and its way back to what it was.
//!
//! Only files that differ are written: what is left alone keeps its time of change, and cargo
//! does not compile it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{self, Outcome};

/// The files of a repository as they stood at one moment; paths are relative to its root.
pub(super) struct Snapshot {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Snapshot {
    /// What git tracks or would track, as it stands on the disk.
    pub(super) fn of(root: &Path) -> Result<Self, String> {
        let with_bytes = |path: String| {
            // A file that git still lists but that is deleted on the disk is no longer there.
            let bytes = std::fs::read(root.join(&path)).ok()?;
            Some((PathBuf::from(path), bytes))
        };
        let files = support::repository_files(root)?.into_iter().filter_map(with_bytes).collect();
        Ok(Self { files })
    }

    /// Gives a folder these files and no others.
    pub(super) fn restore(&self, folder: &Path) -> Outcome {
        for path in self.differences(folder)? {
            let place = folder.join(&path);
            match self.files.get(&path) {
                Some(bytes) => write(&place, bytes)?,
                None => remove(&place)?,
            }
        }
        Ok(())
    }

    /// The files that a folder lacks, has too many or has with other bytes.
    pub(super) fn differences(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let mut found = Vec::new();
        if folder.exists() {
            walk(folder, &mut found)?;
        }
        let relative = |path: &PathBuf| path.strip_prefix(folder).ok().map(Path::to_path_buf);
        let stray = found.iter().filter_map(relative).filter(|path| !self.files.contains_key(path));
        let is_other = |path: &Path, bytes: &[u8]| {
            std::fs::read(folder.join(path)).map_or(true, |there| there != bytes)
        };
        let other = self.files.iter().filter(|(path, bytes)| is_other(path, bytes));
        Ok(stray.chain(other.map(|(path, _)| path.clone())).collect())
    }
}

/// Collects every file below a folder.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let fail = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if entry.file_type().map_err(fail)?.is_dir() {
            walk(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn write(place: &Path, bytes: &[u8]) -> Outcome {
    let fail = |error: std::io::Error| format!("cannot write {}: {error}", place.display());
    if let Some(above) = place.parent() {
        std::fs::create_dir_all(above).map_err(fail)?;
    }
    std::fs::write(place, bytes).map_err(fail)
}

/// Removes a file and the folders above it that it leaves empty.
fn remove(place: &Path) -> Outcome {
    std::fs::remove_file(place)
        .map_err(|error| format!("cannot remove {}: {error}", place.display()))?;
    // An empty folder could pass for a member of the workspace; a full one is not removed.
    let above = place.ancestors().skip(1);
    above.take_while(|folder| std::fs::remove_dir(folder).is_ok()).for_each(drop);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::super::scratch;
    use super::*;

    fn snapshot(files: &[(&str, &str)]) -> Snapshot {
        let file = |(path, text): &(&str, &str)| (PathBuf::from(path), text.as_bytes().to_vec());
        Snapshot { files: files.iter().map(file).collect() }
    }

    fn text(folder: &Path, path: &str) -> String {
        std::fs::read_to_string(folder.join(path)).unwrap()
    }

    #[test]
    fn a_folder_that_is_not_there_is_made() {
        let folder = scratch::empty("tree-new").join("tree");
        snapshot(&[("a/b.rs", "one"), ("c", "")]).restore(&folder).unwrap();
        assert_eq!((text(&folder, "a/b.rs"), text(&folder, "c")), ("one".into(), String::new()));
    }

    #[test]
    fn changed_lost_and_stray_files_are_put_right() {
        let folder = scratch::empty("tree-changed");
        let snapshot = snapshot(&[("a/b.rs", "one"), ("a/c.rs", "two"), ("d", "three")]);
        snapshot.restore(&folder).unwrap();
        std::fs::write(folder.join("a/b.rs"), "other").unwrap();
        std::fs::remove_file(folder.join("d")).unwrap();
        write(&folder.join("new/deep/e"), b"stray").unwrap();
        let differences = snapshot.differences(&folder).unwrap();
        assert_eq!(differences, ["new/deep/e", "a/b.rs", "d"].map(PathBuf::from));
        snapshot.restore(&folder).unwrap();
        assert!(snapshot.differences(&folder).unwrap().is_empty());
        assert!(!folder.join("new").exists());
    }

    #[test]
    fn a_file_that_is_as_it_should_be_is_not_written() {
        let folder = scratch::empty("tree-same");
        let snapshot = snapshot(&[("a", "one"), ("b", "two")]);
        snapshot.restore(&folder).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH;
        File::options().write(true).open(folder.join("a")).unwrap().set_modified(long_ago).unwrap();
        std::fs::write(folder.join("b"), "other").unwrap();
        snapshot.restore(&folder).unwrap();
        let modified = std::fs::metadata(folder.join("a")).unwrap().modified().unwrap();
        assert_eq!((modified, text(&folder, "b")), (long_ago, "two".to_owned()));
    }

    #[test]
    fn what_git_ignores_is_not_copied() {
        let root = scratch::repository("tree-git", &[("kept", "one"), (".gitignore", "/out\n")]);
        write(&root.join("out/lost"), b"two").unwrap();
        let files = Snapshot::of(&root).unwrap().files;
        assert_eq!(
            files.into_keys().collect::<Vec<_>>(),
            [".gitignore", "kept"].map(PathBuf::from)
        );
    }
}
