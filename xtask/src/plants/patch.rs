//! Sets a plant: applies a patch to a folder, wholly and exactly or not at all.

use std::path::Path;
use std::process::Command;

use crate::support::{self, Outcome};

/// Applies a patch; one whose context is not there to the letter changes nothing and fails.
pub(super) fn apply(patch: &Path, tree: &Path) -> Outcome {
    let refused = |error: String| format!("the patch does not apply: {error}");
    support::output(git_apply(tree)?.arg("--check").arg(patch)).map_err(refused)?;
    support::output(git_apply(tree)?.arg(patch)).map(|_| ())
}

/// `git apply` that knows neither a repository around the folder nor the user's taste in blanks.
///
/// Inside a repository it would quietly leave out every file that is not below the folder in
/// which it was started, as that repository counts folders.
fn git_apply(tree: &Path) -> Result<Command, String> {
    let unknown = |error| format!("cannot find {}: {error}", tree.display());
    let tree = tree.canonicalize().map_err(unknown)?;
    let mut command = Command::new("git");
    command.current_dir(&tree).env("GIT_CEILING_DIRECTORIES", tree.parent().unwrap_or(&tree));
    for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(inherited);
    }
    command.args(["-c", "apply.ignoreWhitespace=no", "-c", "apply.whitespace=nowarn", "apply"]);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::scratch;
    use super::*;

    const PATCH: &str = "Plant: the sum is wrong\nCaught-by: test sums two\n\n\
        diff --git a/src/lib.rs b/src/lib.rs\n--- a/src/lib.rs\n+++ b/src/lib.rs\n\
        @@ -1,3 +1,3 @@\n one\n-two\n+three\n four\n";

    /// A folder whose file holds this text, and beside it the patch.
    fn planted(name: &str, text: &str) -> (PathBuf, PathBuf) {
        let folder = scratch::empty(name);
        let patch = folder.join("plant.patch");
        support::write(&patch, PATCH).unwrap();
        support::write(&folder.join("tree/src/lib.rs"), text).unwrap();
        (patch, folder.join("tree"))
    }

    fn text(tree: &Path) -> String {
        support::read(&tree.join("src/lib.rs")).unwrap()
    }

    #[test]
    fn a_patch_applies_in_the_middle_of_another_repository() {
        let (patch, tree) = planted("patch-applies", "one\ntwo\nfour\n");
        apply(&patch, &tree).unwrap();
        assert_eq!(text(&tree), "one\nthree\nfour\n");
    }

    #[test]
    fn a_patch_whose_context_has_changed_does_not_apply() {
        for (name, stale) in [
            ("patch-line", "one\n2\nfour\n"),
            ("patch-context", "one\ntwo\n4\n"),
            ("patch-blanks", "one\ntwo\n  four\n"),
        ] {
            let (patch, tree) = planted(name, stale);
            let error = apply(&patch, &tree).unwrap_err();
            assert!(error.starts_with("the patch does not apply: "), "{error}");
            assert_eq!(text(&tree), stale);
        }
    }

    #[test]
    fn a_patch_of_a_file_that_is_gone_does_not_apply() {
        let (patch, tree) = planted("patch-gone", "");
        std::fs::remove_file(tree.join("src/lib.rs")).unwrap();
        assert!(apply(&patch, &tree).is_err());
    }
}
