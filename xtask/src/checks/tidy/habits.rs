//! Small habits of code: no unfinished places, no idle tests, no unexplained `expect`.

use syn::{Item, ItemMod, UseTree};

use super::super::finding::Finding;
use super::rust::{RustFile, Token};

/// Marks of unfinished work; put together here so that this file does not hold them.
const MARKS: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X")];

/// What an `expect` outside of tests must start its text with.
const INVARIANT: &str = "\"invariant: ";

/// Everything that this module looks for in a Rust file.
pub(super) fn findings(file: &RustFile<'_>) -> Vec<Finding> {
    let mut found = unfinished(file);
    found.extend(ignored_tests(file));
    found.extend(named_after_testing(file));
    found.extend(sleeping_tests(file));
    found.extend(expectations(file));
    found
}

fn unfinished(file: &RustFile<'_>) -> Vec<Finding> {
    let at = |line, what: &str| {
        Finding::at(file.path, line, "unfinished", format!("`{what}` marks unfinished work"))
    };
    let macros = file.lines_with(&["todo", "!"]).into_iter().map(|line| at(line, "todo!"));
    let lines = file.text.lines().enumerate();
    let marks = lines.filter_map(|(index, line)| {
        let mark = MARKS.iter().find(|mark| words(line).any(|word| word == **mark))?;
        Some(at(index + 1, mark))
    });
    macros.chain(marks).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn ignored_tests(file: &RustFile<'_>) -> Vec<Finding> {
    let text = "a test is run or deleted, not ignored";
    let at = |line| Finding::at(file.path, line, "ignored-test", text);
    file.lines_with(&["#", "[", "ignore"]).into_iter().map(at).collect()
}

fn named_after_testing(file: &RustFile<'_>) -> Vec<Finding> {
    let judge = |window: &[Token]| {
        let [marker, bracket, keyword, name] = window else { return None };
        // Inside a macro the attribute is all there is to know a test by.
        let is_marked = marker.text == "test" && bracket.text == "]";
        let is_test = is_marked || file.is_test(name.line);
        (is_test && keyword.text == "fn" && name.text.starts_with("test_")).then(|| {
            let text = format!("`{}` is no sentence: leave out `test_`", name.text);
            Finding::at(file.path, name.line, "test-name", text)
        })
    };
    file.tokens.windows(4).filter_map(judge).collect()
}

/// A test that sleeps on the real clock passes on one machine and fails on another.
fn sleeping_tests(file: &RustFile<'_>) -> Vec<Finding> {
    let text = "a test never sleeps on the real clock";
    let at = |line| Finding::at(file.path, line, "sleeping-test", text);
    let named = ["thread", "time"].map(|module| file.lines_with(&[module, ":", ":", "sleep"]));
    let imported = uses(&file.syntax.items, &["std::thread", "tokio::time"]);
    named.into_iter().flatten().chain(imported).filter(|line| file.is_test(*line)).map(at).collect()
}

/// The lines on which a module's `sleep` is imported from inside a group, `use std::{…}`.
fn uses(items: &[Item], modules: &[&str]) -> Vec<usize> {
    let mut lines = Vec::new();
    for item in items {
        if let Item::Use(import) = item {
            imports(&import.tree, "", &mut |path, line| {
                if path.strip_suffix("::sleep").is_some_and(|from| modules.contains(&from)) {
                    lines.push(line);
                }
            });
        } else if let Item::Mod(ItemMod { content: Some((_, inner)), .. }) = item {
            lines.extend(uses(inner, modules));
        }
    }
    lines
}

/// Calls `note` with each full path that a use tree imports, and its line.
pub(super) fn imports(tree: &UseTree, before: &str, note: &mut impl FnMut(&str, usize)) {
    match tree {
        UseTree::Path(path) => imports(&path.tree, &format!("{before}{}::", path.ident), note),
        UseTree::Name(name) => note(&format!("{before}{}", name.ident), line(&name.ident)),
        UseTree::Rename(name) => note(&format!("{before}{}", name.ident), line(&name.ident)),
        UseTree::Glob(_) => {}
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| imports(tree, before, note));
        }
    }
}

fn line(ident: &proc_macro2::Ident) -> usize {
    ident.span().start().line
}

fn expectations(file: &RustFile<'_>) -> Vec<Finding> {
    let judge = |window: &[Token]| {
        let [dot, name, open, text] = window else { return None };
        let calls = dot.text == "." && name.text == "expect" && open.text == "(";
        let is_text = text.text.starts_with('"') || text.text.starts_with("r\"");
        let explains = text.text.trim_start_matches('r').starts_with(INVARIANT);
        (calls && is_text && !explains && !file.is_test(name.line)).then(|| {
            let text = "the text of `expect` states why it holds: \"invariant: …\"";
            Finding::at(file.path, name.line, "expect-text", text)
        })
    };
    file.tokens.windows(4).filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    fn found_in(path: &str, text: &str) -> Vec<&'static str> {
        rules(&findings(&RustFile::parse(path, text).expect("the planted text is Rust")))
    }

    fn found(text: &str) -> Vec<&'static str> {
        found_in("src/a.rs", text)
    }

    #[test]
    fn marks_of_unfinished_work_are_found() {
        assert_eq!(found("fn f() { todo!() }"), ["unfinished"]);
        assert_eq!(found(&format!("// {}: later\nfn f() {{}}", MARKS[0])), ["unfinished"]);
        assert_eq!(found(&format!("// {}\nfn f() {{}}", MARKS[1])), ["unfinished"]);
        assert!(found("// A word like XXXL is none.\nfn todo() {}").is_empty());
    }

    #[test]
    fn an_ignored_test_is_found() {
        assert_eq!(found("#[test]\n#[ignore]\nfn a() {}"), ["ignored-test"]);
        assert_eq!(found("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), ["ignored-test"]);
    }

    #[test]
    fn a_test_named_after_being_a_test_is_found() {
        assert_eq!(found("#[test]\nfn test_decode() {}"), ["test-name"]);
        assert_eq!(found("proptest! { #[test] fn test_all(n in 0..9) {} }"), ["test-name"]);
        assert!(found("#[test]\nfn a_test_of_decoding() {}").is_empty());
        assert!(found("mod a { pub fn test_files() {} }").is_empty(), "this one is no test");
    }

    #[test]
    fn a_test_that_sleeps_is_found_and_other_code_may() {
        let sleep = "fn f() { std::thread::sleep(SECOND); }";
        assert!(found(sleep).is_empty());
        assert_eq!(found_in("crates/a/tests/b.rs", sleep), ["sleeping-test"]);
        assert_eq!(found(&format!("#[cfg(test)]\nmod tests {{ {sleep} }}")), ["sleeping-test"]);
        let imported = "use std::{thread::{self, sleep}};";
        assert_eq!(found_in("crates/a/tests/b.rs", imported), ["sleeping-test"]);
        let runtime = "async fn f() { tokio::time::sleep(SECOND).await }";
        assert_eq!(found_in("crates/a/tests/b.rs", runtime), ["sleeping-test"]);
    }

    #[test]
    fn an_expect_without_an_invariant_is_found_outside_of_tests() {
        let call = |text: &str| format!("fn f(o: O) {{ o.expect({text}); }}");
        assert_eq!(found(&call("\"should work\"")), ["expect-text"]);
        assert!(found(&call("\"invariant: checked above\"")).is_empty());
        assert!(found(&call("Word::Fn")).is_empty(), "a parser's own `expect` is something else");
        assert!(found(&format!("#[cfg(test)]\nmod t {{ {} }}", call("\"luck\""))).is_empty());
        assert_eq!(found("fn f() { check!(o.expect(\"luck\")); }"), ["expect-text"]);
    }
}
