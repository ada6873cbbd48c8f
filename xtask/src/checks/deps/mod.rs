//! What every dependency costs our users: its licence, its age, a second copy, a reason.

mod licence;
mod reasons;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{self, Finding};
use super::graph::{Graph, Package};
use crate::support::{self, Outcome};

/// Packages that may stand in the graph in more than one version, each with the reason.
const DUPLICATES: &[(&str, &str)] = &[
    ("cpufeatures", "proptest's generator has the newer one, the hashes of SCRAM the older"),
    ("getrandom", STATERIGHT),
    ("r-efi", STATERIGHT),
    ("rand", STATERIGHT),
    ("rand_core", STATERIGHT),
    ("syn", STATERIGHT),
    ("windows-sys", "ring's, which only the feature `tls-ring` brings, on Windows alone"),
];

/// The model checker is behind the other tools of our tests in what it builds on.
const STATERIGHT: &str = "stateright's beside those of proptest and others, in tests alone";

/// `cargo xtask deps`.
pub(super) fn run(_args: &[String]) -> Outcome {
    let graph = Graph::of_builds(&["--all-features"])?;
    let mut found = findings(&graph, DUPLICATES);
    for package in graph.members() {
        let readme = support::read(&support::root().join(package.folder()).join("README.md"));
        found.extend(reasons::findings(package, readme.ok().as_deref()));
    }
    for (package, readme) in tree::LISTED {
        found.extend(tree::judge(package, readme)?);
    }
    finding::report(found)
}

/// Licences, rust versions and duplicates of a whole graph.
fn findings(graph: &Graph, exceptions: &[(&str, &str)]) -> Vec<Finding> {
    let ours = graph.members().filter_map(rust_version).max();
    let external = || graph.packages.iter().filter(|package| !package.member);
    let mut found: Vec<Finding> = external().filter_map(judge_licence).collect();
    found.extend(external().filter_map(|package| judge_rust_version(package, ours?)));
    found.extend(judge_duplicates(graph, exceptions));
    found
}

fn place(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}

fn judge_licence(package: &Package) -> Option<Finding> {
    let text = match package.licence.as_deref().map(licence::is_allowed) {
        Some(Ok(true)) => return None,
        Some(Ok(false)) => {
            let licence = package.licence.as_deref().unwrap_or_default();
            format!("the licence `{licence}` is not on the list")
        }
        Some(Err(error)) => error,
        None => "no licence is given".to_owned(),
    };
    Some(Finding::of(place(package), "licence", text))
}

/// Major, minor and patch number.
type RustVersion = (u32, u32, u32);

fn judge_rust_version(package: &Package, ours: RustVersion) -> Option<Finding> {
    let theirs = rust_version(package)?;
    let text =
        || format!("needs Rust {}.{}.{}, which is newer than ours", theirs.0, theirs.1, theirs.2);
    (theirs > ours).then(|| Finding::of(place(package), "rust-version", text()))
}

fn rust_version(package: &Package) -> Option<RustVersion> {
    let mut parts = package.rust_version.as_deref()?.split('.').map(|part| part.parse().ok());
    let major = parts.next()??;
    Some((major, parts.next().flatten().unwrap_or(0), parts.next().flatten().unwrap_or(0)))
}

fn judge_duplicates(graph: &Graph, exceptions: &[(&str, &str)]) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in &graph.packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let excepted = |name: &str| exceptions.iter().any(|(exception, _)| *exception == name);
    let twice = |name: &str| versions.get(name).is_some_and(|versions| versions.len() > 1);
    let duplicates = versions.keys().filter(|name| twice(name) && !excepted(name)).map(|name| {
        let all: Vec<&str> = versions.get(name).into_iter().flatten().copied().collect();
        let text = format!("stands in the graph as {}; see `cargo tree -i`", all.join(" and "));
        Finding::of(*name, "duplicate", text)
    });
    let stale = exceptions.iter().filter(|(name, _)| !twice(name)).map(|(name, _)| {
        Finding::of(*name, "stale-exception", "is excepted but has no second version any more")
    });
    duplicates.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::rules;
    use super::super::graph::planted::{external, graph, member};
    use super::*;

    fn rules_of(package: Package) -> Vec<&'static str> {
        let ours = Package { rust_version: Some("1.92".into()), ..member("klamm-wire") };
        rules(&findings(&graph([ours, package]), &[]))
    }

    #[test]
    fn a_well_kept_dependency_passes() {
        let old = Package { rust_version: Some("1.60.0".into()), ..external("nom", "8.0.0") };
        assert!(rules_of(old).is_empty());
    }

    #[test]
    fn a_licence_off_the_list_is_found() {
        let licensed = |text: &str| {
            rules_of(Package { licence: Some(text.into()), ..external("viral", "1.0.0") })
        };
        assert_eq!(licensed("GPL-3.0-only"), ["licence"]);
        assert_eq!(licensed("MIT AND"), ["licence"]);
        assert_eq!(rules_of(Package { licence: None, ..external("bare", "1.0.0") }), ["licence"]);
    }

    #[test]
    fn a_dependency_that_needs_a_newer_rust_is_found() {
        let needs = |version: &str| {
            rules_of(Package { rust_version: Some(version.into()), ..external("new", "1.0.0") })
        };
        assert_eq!(needs("1.93"), ["rust-version"]);
        assert_eq!(needs("1.92.1"), ["rust-version"]);
        assert!(needs("1.92").is_empty());
        assert!(needs("1.9").is_empty());
    }

    #[test]
    fn a_second_version_is_found_unless_it_is_excepted() {
        let twice = graph([external("syn", "2.0.0"), external("syn", "3.0.0")]);
        assert_eq!(rules(&findings(&twice, &[])), ["duplicate"]);
        assert_eq!(findings(&twice, &[("syn", "an old derive macro wants it")]), []);
    }

    #[test]
    fn an_exception_that_nobody_needs_is_found() {
        let once = graph([external("syn", "2.0.0")]);
        assert_eq!(rules(&findings(&once, &[("syn", "gone")])), ["stale-exception"]);
    }
}
