//! A reason for each direct dependency, read from the table in the crate's README.
//!
//! The table is a list under the heading `## Dependencies`, a line each: "- `bytes`: why".

use std::collections::BTreeSet;

use super::super::finding::Finding;
use super::super::graph::Package;

/// Direct dependencies without a reason, and reasons without a dependency.
pub(super) fn findings(package: &Package, readme: Option<&str>) -> Vec<Finding> {
    let place = format!("{}/README.md", package.folder());
    let direct: BTreeSet<&str> =
        package.dependencies.iter().filter(|d| !d.inside).map(|d| d.name.as_str()).collect();
    let given = readme.map(reasons).unwrap_or_default();
    let missing = direct.iter().filter(|name| !given.contains(**name)).map(|name| {
        let text = format!("no line \"- `{name}`: reason\" under `## Dependencies`");
        Finding::of(&place, "no-reason", text)
    });
    let stale = given.iter().filter(|name| !direct.contains(name.as_str())).map(|name| {
        let text = format!("a reason for `{name}`, which is not a direct dependency");
        Finding::of(&place, "stale-reason", text)
    });
    missing.chain(stale).collect()
}

/// The names that have a reason.
fn reasons(readme: &str) -> BTreeSet<String> {
    readme
        .lines()
        .skip_while(|line| line.trim_end() != "## Dependencies")
        .skip(1)
        .take_while(|line| !line.starts_with("## ") && !line.starts_with("# "))
        .filter_map(reason)
        .collect()
}

/// The name of a line that also says why.
fn reason(line: &str) -> Option<String> {
    let (name, rest) = line.strip_prefix("- `")?.split_once('`')?;
    let (_, why) = rest.split_once(':')?;
    (!why.trim().is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::super::super::graph::planted::member;
    use super::*;

    const README: &str = "# a\n\n## Dependencies\n\n- `bytes`: shared pieces\n\
        - `proptest` (tests): properties\n- `nom`:\n\n## More\n\n- `serde`: not in the list\n";

    #[test]
    fn a_reason_stands_in_the_list_and_is_not_empty() {
        let names: Vec<String> = reasons(README).into_iter().collect();
        assert_eq!(names, ["bytes", "proptest"]);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found_for_tests_too() {
        let package = member("klamm-wire").uses("bytes").uses("nom").tests_with("proptest");
        let found = findings(&package, Some(README));
        assert_eq!(rules(&found), ["no-reason"]);
        assert!(found[0].text.contains("`nom`"));
        assert_eq!(rules(&findings(&package, None)), ["no-reason"; 3]);
    }

    #[test]
    fn a_reason_without_a_dependency_is_found() {
        let package = member("klamm-wire").uses("bytes");
        assert_eq!(rules(&findings(&package, Some(README))), ["stale-reason"]);
    }

    #[test]
    fn crates_of_our_own_need_no_reason() {
        let package = member("klamm-protocol").uses("klamm-wire").tests_with("klamm-protocol");
        assert_eq!(findings(&package, None), []);
    }
}
