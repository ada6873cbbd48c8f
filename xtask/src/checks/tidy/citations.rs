//! Rules are cited by their id where code obeys them, and each id is defined once.
//!
//! `//= R2 …` stands above code, `//= type=test R2` above a test; the ids are those of the
//! `RULES.md` of the same crate.

use std::collections::BTreeSet;

use super::super::finding::Finding;
use super::tree::Tree;

/// What starts a citation.
const CITATION: &str = "//= ";

/// A citation: where it stands, whether a test makes it, and the ids it names.
struct Citation<'a> {
    path: &'a str,
    line: usize,
    by_test: bool,
    ids: Vec<&'a str>,
}

/// Citations of rules that their crate does not define, in crates that define any.
pub(super) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (folder, defined) in rule_books(tree) {
        for citation in citations(tree, &folder) {
            let undefined = citation.ids.iter().filter(|id| !defined.contains(**id));
            found.extend(undefined.map(|id| {
                let text = format!("`{id}` is not defined in {folder}RULES.md");
                Finding::at(citation.path, citation.line, "undefined-rule", text)
            }));
            if citation.ids.is_empty() {
                let text = "a citation names at least one rule, as in `//= R2`";
                found.push(Finding::at(citation.path, citation.line, "undefined-rule", text));
            }
        }
    }
    found
}

/// Defined rules that no test cites.
pub(super) fn unproven(tree: &Tree) -> Vec<String> {
    let mut unproven = Vec::new();
    for (folder, defined) in rule_books(tree) {
        let tests = citations(tree, &folder).filter(|citation| citation.by_test);
        let proven: BTreeSet<&str> = tests.flat_map(|citation| citation.ids).collect();
        let missing = defined.iter().filter(|id| !proven.contains(id.as_str()));
        unproven.extend(missing.map(|id| format!("{id} of {folder}RULES.md")));
    }
    unproven
}

/// The folder of each rule book, with its last `/`, and the ids it defines.
fn rule_books(tree: &Tree) -> Vec<(String, BTreeSet<String>)> {
    let book = |(path, text): (&str, &str)| {
        let folder = path.strip_suffix("RULES.md")?;
        Some((folder.to_owned(), text.lines().filter_map(definition).collect()))
    };
    tree.texts().filter_map(book).collect()
}

/// The id that a line of a rule book defines: the first word of a heading, item or table row.
fn definition(line: &str) -> Option<String> {
    let marked = line.starts_with(['#', '-', '*', '|']);
    let word = line.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty())?;
    (marked && is_id(word)).then(|| word.to_owned())
}

fn citations<'a>(tree: &'a Tree, folder: &'a str) -> impl Iterator<Item = Citation<'a>> {
    let sources = tree.texts().filter(|(path, _)| path.ends_with(".rs"));
    sources.filter(move |(path, _)| path.starts_with(folder)).flat_map(|(path, text)| {
        text.lines().enumerate().filter_map(move |(index, line)| {
            let cited = line.trim_start().strip_prefix(CITATION)?;
            let by_test = cited.starts_with("type=test ");
            let words = cited.trim_start_matches("type=test ").split([' ', ',']);
            let ids =
                words.filter(|word| !word.is_empty()).take_while(|word| is_id(word)).collect();
            Some(Citation { path, line: index + 1, by_test, ids })
        })
    })
}

/// A capital letter and a number.
fn is_id(word: &str) -> bool {
    let number = word.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or_default();
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    const BOOK: (&str, &str) =
        ("crates/a/RULES.md", "# Rules\n\n## R1 one\n- **R2** two\n| R3 |\n");

    fn cited_in(path: &str, citation: &str) -> Vec<&'static str> {
        let text = format!("{}{citation}\nfn f() {{}}\n", CITATION);
        rules(&findings(&Tree::planted(&[BOOK, (path, &text)])))
    }

    #[test]
    fn a_citation_of_a_defined_rule_passes() {
        for citation in ["R1 wraps to 0", "R2, R3", "type=test R2"] {
            assert!(cited_in("crates/a/src/a.rs", citation).is_empty(), "{citation}");
        }
    }

    #[test]
    fn a_citation_of_an_undefined_rule_is_found() {
        assert_eq!(cited_in("crates/a/src/a.rs", "R4 no such rule"), ["undefined-rule"]);
        assert_eq!(cited_in("crates/a/tests/a.rs", "type=test R1 R9"), ["undefined-rule"]);
        assert_eq!(cited_in("crates/a/src/a.rs", "the second rule"), ["undefined-rule"]);
    }

    #[test]
    fn a_crate_without_a_rule_book_may_cite_what_it_likes() {
        assert!(cited_in("crates/b/src/a.rs", "R9").is_empty());
    }

    #[test]
    fn rules_that_no_test_cites_are_listed() {
        let text = format!("{CITATION}R1 in code\n{CITATION}type=test R2\n");
        let tree = Tree::planted(&[BOOK, ("crates/a/src/a.rs", &text)]);
        assert_eq!(unproven(&tree), ["R1 of crates/a/RULES.md", "R3 of crates/a/RULES.md"]);
    }
}
