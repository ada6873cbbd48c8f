//! Everything that a user of the defaults compiles, listed with its reason in a README.
//!
//! The list stands under `## The whole tree`, a line for each reason: "- `a`, `b`: why".

use std::collections::BTreeSet;
use std::process::Command;

use super::super::finding::Finding;
use crate::support;

/// The crates that have such a list: those whose tree holds all that the others bring.
pub(super) const LISTED: &[(&str, &str)] = &[("klamm-net", "crates/net/README.md")];

/// What the list of a crate lacks, and what it has too much of.
pub(super) fn judge(package: &str, readme: &str) -> Result<Vec<Finding>, String> {
    let text = support::read(&support::root().join(readme))?;
    let tree = ["tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none"];
    let mut command = Command::new(env!("CARGO"));
    let command = command.args(tree).args(["--target", TARGET, "--format", "{lib}|{p}"]);
    let printed = support::output(command.current_dir(support::root()))?;
    Ok(findings(readme, &names(&printed), &listed(&text)))
}

/// One platform for all machines that run the check, or the list would differ from one to another.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The packages that cargo printed, without our own.
fn names(printed: &str) -> BTreeSet<String> {
    let package = |line: &str| Some(line.split_once('|')?.1.split_whitespace().next()?.to_owned());
    printed.lines().filter_map(package).filter(|name| !name.starts_with("klamm")).collect()
}

/// The names in the list that have a reason; a line of the list may go on in the next.
fn listed(readme: &str) -> BTreeSet<String> {
    let section = readme.lines().skip_while(|line| line.trim_end() != "## The whole tree").skip(1);
    let lines: Vec<&str> = section.take_while(|line| !line.starts_with('#')).collect();
    let text = lines.join("\n");
    let items = text.split("\n- ").skip(1).filter_map(|item| item.split_once(": "));
    items.flat_map(|(names, _)| names.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn findings(place: &str, tree: &BTreeSet<String>, listed: &BTreeSet<String>) -> Vec<Finding> {
    let missing = tree.difference(listed).map(|name| {
        let text = format!("`{name}` is compiled by default and not under `## The whole tree`");
        Finding::of(place, "unlisted", text)
    });
    let stale = listed.difference(tree).map(|name| {
        let text = format!("`{name}` is under `## The whole tree` and not compiled by default");
        Finding::of(place, "stale-listing", text)
    });
    missing.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    const README: &str = "# a\n\n## The whole tree\n\nWords about `it`.\n\n- `b`,\n  `a`: both\n\
        - `c`: of b\n\n## More\n\n- `d`: not in the list\n";

    #[test]
    fn packages_are_read_from_what_cargo_prints() {
        let printed = "klamm_net|klamm-net v0.1.0 (/here)\nb|b v1.0.0\na|a v0.1.2 (*)\n";
        assert_eq!(names(printed).into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn several_packages_may_share_a_reason() {
        assert_eq!(listed(README).into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_found() {
        let tree = ["a", "b", "x"].map(str::to_owned).into();
        assert_eq!(rules(&findings("r", &tree, &listed(README))), ["unlisted", "stale-listing"]);
    }
}
