//! Finds the patches of a repository and chooses among them by name.

use std::path::{Path, PathBuf};

use super::header::Header;
use crate::support;

/// One patch of a crate.
#[derive(Debug)]
pub(super) struct Plant {
    /// The name of the file without its ending.
    pub(super) name: String,
    /// The folder of the crate, relative to the root.
    pub(super) krate: String,
    pub(super) patch: PathBuf,
    pub(super) header: Header,
}

/// The plants of these names, or every plant; each patch that cannot be read is in the error.
pub(super) fn find(root: &Path, names: &[String]) -> Result<Vec<Plant>, String> {
    let mut patches = patches(root)?;
    let is_there = |name: &&String| !patches.iter().any(|(_, patch)| stem(patch) == **name);
    if let Some(missing) = names.iter().find(is_there) {
        return Err(format!("there is no plant `{missing}`"));
    }
    patches.retain(|(_, patch)| names.is_empty() || names.contains(&stem(patch)));
    if patches.is_empty() {
        return Err("there is no crates/*/plants/*.patch".to_owned());
    }
    let (plants, errors): (Vec<_>, Vec<_>) =
        patches.into_iter().map(|(krate, patch)| read(root, krate, patch)).partition(Result::is_ok);
    let errors: Vec<String> = errors.into_iter().filter_map(Result::err).collect();
    if !errors.is_empty() {
        return Err(errors.join("\n"));
    }
    Ok(plants.into_iter().filter_map(Result::ok).collect())
}

/// Each patch with the folder of its crate, in the order of their paths.
fn patches(root: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let crates = root.join("crates");
    let entries = std::fs::read_dir(&crates)
        .map_err(|error| format!("cannot read {}: {error}", crates.display()))?;
    let mut found = Vec::new();
    for folder in entries.flatten().map(|entry| entry.path().join("plants")) {
        if !folder.is_dir() {
            continue;
        }
        let krate = folder.parent().and_then(|above| above.strip_prefix(root).ok());
        let krate = krate.and_then(Path::to_str).ok_or("a crate's name is not UTF-8")?.to_owned();
        let patches = support::files_in(&folder, "patch")?;
        found.extend(patches.into_iter().map(|patch| (krate.clone(), patch)));
    }
    found.sort();
    Ok(found)
}

fn read(root: &Path, krate: String, patch: PathBuf) -> Result<Plant, String> {
    let place = patch.strip_prefix(root).unwrap_or(&patch).display().to_string();
    let header = Header::parse(&support::read(&patch)?);
    let header = header.map_err(|error| format!("{place}: {error}"))?;
    Ok(Plant { name: stem(&patch), krate, patch, header })
}

fn stem(patch: &Path) -> String {
    patch.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    const SOUND: &str = "Plant: it breaks\nCaught-by: test lib t\n--- a/x\n+++ b/x\n";

    fn found(root: &Path, names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let plants = find(root, &names)?;
        Ok(plants.into_iter().map(|plant| format!("{} {}", plant.krate, plant.name)).collect())
    }

    #[test]
    fn plants_are_found_in_every_crate_and_chosen_by_name() {
        let root = scratch::empty("plant-find");
        for path in ["crates/b/plants/m1.patch", "crates/a/plants/m2.patch", "crates/c/src/m3"] {
            support::write(&root.join(path), SOUND).unwrap();
        }
        assert_eq!(found(&root, &[]), Ok(vec!["crates/a m2".into(), "crates/b m1".into()]));
        assert_eq!(found(&root, &["m1"]), Ok(vec!["crates/b m1".into()]));
        assert_eq!(found(&root, &["m1", "m3"]), Err("there is no plant `m3`".to_owned()));
    }

    #[test]
    fn a_tree_without_plants_is_an_error() {
        let root = scratch::empty("plant-none");
        support::write(&root.join("crates/a/plants/README.md"), SOUND).unwrap();
        assert!(found(&root, &[]).is_err());
    }

    #[test]
    fn every_patch_that_cannot_be_read_is_named() {
        let root = scratch::empty("plant-broken");
        let texts = [("m1", "Plant: it breaks\n--- a/x\n"), ("m2", SOUND), ("m3", "")];
        for (name, text) in texts {
            support::write(&root.join(format!("crates/a/plants/{name}.patch")), text).unwrap();
        }
        let lines = "crates/a/plants/m1.patch: `Caught-by` is missing\n\
            crates/a/plants/m3.patch: there is no diff";
        assert_eq!(found(&root, &[]), Err(lines.to_owned()));
        assert_eq!(found(&root, &["m2"]), Ok(vec!["crates/a m2".to_owned()]));
    }
}
