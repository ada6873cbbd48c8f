//! The shape of the repository: a closed top level, a complete map, no build scripts.

use std::collections::BTreeSet;

use super::super::finding::Finding;
use super::tree::Tree;

/// What may stand at the top, besides dot-files and licence texts.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "crates",
    "protocol-specs",
    "fuzz",
    "benches",
    "xtask",
    "README.md",
    "NOTICE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
];

/// The map of the crates.
const MAP: &str = "crates/README.md";

/// Everything that this module looks for in a tree of files.
pub(super) fn findings(tree: &Tree) -> Vec<Finding> {
    top_level(tree).into_iter().chain(map(tree)).chain(build_scripts(tree)).collect()
}

fn top_level(tree: &Tree) -> Vec<Finding> {
    let names: BTreeSet<&str> = tree.paths().filter_map(|path| path.split('/').next()).collect();
    let is_allowed = |name: &str| {
        name.starts_with('.') || name.starts_with("LICENSE-") || TOP_LEVEL.contains(&name)
    };
    let text = "the top level of the repository is closed";
    let stray = names.into_iter().filter(|name| !is_allowed(name));
    stray.map(|name| Finding::of(name, "top-level", text)).collect()
}

/// Members that the map does not name.
fn map(tree: &Tree) -> Vec<Finding> {
    let map = tree.text(MAP).unwrap_or_default();
    let member = |path: &str| match path.split('/').collect::<Vec<_>>().as_slice() {
        ["crates", name, "Cargo.toml"] => Some(format!("crates/{name}")),
        ["xtask", "Cargo.toml"] => Some("xtask".to_owned()),
        _ => None,
    };
    let missing =
        tree.paths().filter_map(member).filter(|name| !map.contains(&format!("`{name}`")));
    missing.map(|name| Finding::of(MAP, "map", format!("`{name}` is not on the map"))).collect()
}

/// Code generation is a command of ours, never a part of somebody's build.
fn build_scripts(tree: &Tree) -> Vec<Finding> {
    let scripts = tree.paths().filter(|path| path.split('/').next_back() == Some("build.rs"));
    scripts.map(|path| Finding::of(path, "build-script", "no crate has a build script")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<&'static str> {
        rules(&findings(&Tree::planted(files)))
    }

    #[test]
    fn the_house_as_it_should_stand_passes() {
        let files = [
            ("Cargo.toml", ""),
            (".gitignore", ""),
            (".ci/run", ""),
            ("LICENSE-MIT", ""),
            ("crates/wire/Cargo.toml", ""),
            ("xtask/Cargo.toml", ""),
            (MAP, "| `crates/wire` | bytes |\n| `xtask` | checks |\n"),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn a_stranger_at_the_top_is_found() {
        assert_eq!(found(&[("scripts/run.py", "")]), ["top-level"]);
        assert_eq!(found(&[("clippy.toml", "")]), ["top-level"]);
    }

    #[test]
    fn a_member_that_is_not_on_the_map_is_found() {
        let map = (MAP, "`crates/wire` is there, crates/net is only mentioned\n");
        assert_eq!(found(&[map, ("crates/net/Cargo.toml", "")]), ["map"]);
        assert_eq!(found(&[map, ("xtask/Cargo.toml", "")]), ["map"]);
        assert_eq!(found(&[("crates/wire/Cargo.toml", "")]), ["map"]);
    }

    #[test]
    fn a_build_script_is_found() {
        assert_eq!(found(&[("crates/wire/build.rs", "")]), ["build-script"]);
    }
}
