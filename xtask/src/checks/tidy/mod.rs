//! The size budget of files, functions and types, and the house rules for text.
//!
//! Each rule is a pure function from files to findings, in the module that bears its idea.
//! What stands above a limit for a good reason is named in the list of `ratchet`.

mod budget;
mod citations;
mod docs;
mod habits;
mod purity;
mod ratchet;
mod repository;
mod rust;
mod text;
mod tree;

use super::finding::{self, Finding};
use crate::support::Outcome;

use rust::RustFile;
use tree::Tree;

/// `cargo xtask tidy`.
pub(super) fn run(_args: &[String]) -> Outcome {
    let tree = Tree::of_repository()?;
    for rule in citations::unproven(&tree) {
        println!("note: no test cites {rule}");
    }
    finding::report(findings(&tree))
}

/// Every violation in a tree of files.
fn findings(tree: &Tree) -> Vec<Finding> {
    let mut found = repository::findings(tree);
    found.extend(citations::findings(tree));
    found.extend(tree.texts().flat_map(|(path, text)| text::findings(path, text)));
    let mut excesses = Vec::new();
    for (path, text) in tree.texts() {
        excesses.extend(budget::file_size(path, text));
        if !path.ends_with(".rs") {
            continue;
        }
        match RustFile::parse(path, text) {
            Ok(file) => {
                excesses.extend(budget::excesses(&file));
                found.extend(docs::findings(&file));
                found.extend(habits::findings(&file));
                found.extend(purity::findings(&file));
            }
            Err(finding) => found.push(finding),
        }
    }
    found.extend(ratchet::findings(&excesses, ratchet::RATCHET));
    found
}

#[cfg(test)]
mod tests {
    use super::super::finding::rules;
    use super::*;

    #[test]
    fn a_tree_with_one_violation_per_kind_is_reported_in_full() {
        let tree = Tree::planted(&[
            ("surprise/notes.txt", "A file at a place that is not on the list.\n"),
            ("crates/wire/RULES.md", "- R1 a rule\n"),
            ("crates/wire/src/a.rs", "//! A module.\n\n//= R9 no such rule\nfn f() {}\n"),
            ("crates/wire/src/b.rs", "fn no_module_doc() {}\n"),
            ("crates/wire/src/c.rs", "//! A module.\n\nuse tokio::net;\n"),
            ("crates/wire/src/d.rs", "//! A module.\n\nfn f(o: O) { o.expect(\"luck\"); } \n"),
            (
                "crates/wire/src/e.rs",
                "//! A module.\n\nfn f(a: A, b: A, c: A, d: A, e: A, f: A) {}\n",
            ),
            ("crates/wire/src/f.rs", "//! A module.\n\nfn unfinished( {}\n"),
        ]);
        let mut found = rules(&findings(&tree));
        found.sort_unstable();
        let expected = [
            "arguments",
            "expect-text",
            "impure",
            "module-doc",
            "syntax",
            "top-level",
            "trailing-space",
            "undefined-rule",
        ];
        assert_eq!(found, expected);
    }
}
