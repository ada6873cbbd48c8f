//! The files that belong to the repository, as tidy sees them.

use crate::support;

/// Folders of foreign bytes, which obey no rule for text.
const DATA_FOLDERS: &[&str] = &["corpus"];

/// A set of files; the paths are relative to the root and use `/`.
pub(super) struct Tree {
    files: Vec<File>,
}

struct File {
    path: String,
    /// Absent for binary files and foreign data.
    text: Option<String>,
}

impl Tree {
    /// What git tracks or would track, as it stands on the disk.
    pub(super) fn of_repository() -> Result<Self, String> {
        let root = support::root();
        let files = support::repository_files(&root)?.into_iter().filter_map(|path| {
            // A file that git still lists but that is deleted on the disk is no longer there.
            let bytes = std::fs::read(root.join(&path)).ok()?;
            Some(File { text: text_of(&path, bytes), path })
        });
        Ok(Self { files: files.collect() })
    }

    #[cfg(test)]
    pub(super) fn planted(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: text_of(path, text.as_bytes().to_vec()),
        };
        Self { files: files.iter().map(file).collect() }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Path and content of each text file.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The content of one text file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.texts().find_map(|(other, text)| (other == path).then_some(text))
    }
}

fn text_of(path: &str, bytes: Vec<u8>) -> Option<String> {
    if path.split('/').any(|part| DATA_FOLDERS.contains(&part)) || bytes.contains(&0) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_are_listed_but_hold_no_text() {
        let tree = Tree::planted(&[
            ("fuzz/corpus/decode/a", "looks like text "),
            ("crates/a/tests/vectors/b.gz", "\0\u{1}"),
            ("README.md", "# klamm\n"),
        ]);
        assert_eq!(tree.paths().count(), 3);
        assert_eq!(tree.texts().collect::<Vec<_>>(), [("README.md", "# klamm\n")]);
        assert_eq!(tree.text("fuzz/corpus/decode/a"), None);
    }
}
