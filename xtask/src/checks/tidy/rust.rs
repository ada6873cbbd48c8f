//! One Rust file, parsed once for all rules: syntax tree, flat tokens, lines that are tests.

use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, ItemImpl, ItemMod, Meta};

use super::super::finding::Finding;

/// What every generated file's first line starts with.
const GENERATED: &str = "// @generated";

/// A parsed file of Rust.
pub(super) struct RustFile<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) syntax: syn::File,
    pub(super) tokens: Vec<Token>,
    test_lines: Vec<RangeInclusive<usize>>,
}

/// A token without its nesting: brackets are tokens of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
}

impl<'a> RustFile<'a> {
    pub(super) fn parse(path: &'a str, text: &'a str) -> Result<Self, Finding> {
        let refuse = |line: usize, error: String| Finding::at(path, line, "syntax", error);
        let syntax = syn::parse_file(text)
            .map_err(|error| refuse(error.span().start().line, error.to_string()))?;
        let stream: TokenStream = text.parse().map_err(|_| refuse(0, "no tokens".to_owned()))?;
        let mut tests = TestLines::default();
        tests.visit_file(&syntax);
        Ok(Self { path, text, syntax, tokens: flatten(stream), test_lines: tests.lines })
    }

    /// Written by the generator: its size is the generator's affair.
    pub(super) fn is_generated(&self) -> bool {
        self.path.split('/').any(|part| part == "generated") || is_marked_generated(self.text)
    }

    /// Inside a test function, a test module, or a file that only tests or benches compile.
    pub(super) fn is_test(&self, line: usize) -> bool {
        is_test_file(self.path) || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The lines on which these tokens stand in a row.
    pub(super) fn lines_with(&self, texts: &[&str]) -> Vec<usize> {
        let windows = self.tokens.windows(texts.len());
        let here =
            windows.filter(|window| window.iter().zip(texts).all(|(t, text)| t.text == *text));
        here.filter_map(<[Token]>::first).map(|token| token.line).collect()
    }
}

/// Whether a file says in its first line that it is generated.
pub(super) fn is_marked_generated(text: &str) -> bool {
    text.starts_with(GENERATED)
}

fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| ["tests", "tests.rs", "benches"].contains(&part))
}

/// Whether an attribute marks a test function, of whatever test framework.
pub(super) fn is_test_function(attributes: &[Attribute]) -> bool {
    let last =
        |attribute: &Attribute| attribute.path().segments.last().map(|s| s.ident.to_string());
    attributes.iter().any(|attribute| last(attribute).as_deref() == Some("test"))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_cfg_test = |attribute: &Attribute| match &attribute.meta {
        Meta::List(list) => {
            let condition = flatten(list.tokens.clone());
            let has = |word: &str| condition.iter().any(|token| token.text == word);
            list.path.is_ident("cfg") && has("test") && !has("not")
        }
        Meta::Path(_) | Meta::NameValue(_) => false,
    };
    is_test_function(attributes) || attributes.iter().any(is_cfg_test)
}

/// Collects the lines of items that are compiled for tests alone.
#[derive(Default)]
struct TestLines {
    lines: Vec<RangeInclusive<usize>>,
}

impl TestLines {
    fn note(&mut self, attributes: &[Attribute], first: usize, last: usize) {
        if is_for_tests(attributes) {
            self.lines.push(first..=last);
        }
    }
}

impl<'ast> Visit<'ast> for TestLines {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if let Some((brace, _)) = &item.content {
            let first = item.ident.span().start().line;
            self.note(&item.attrs, first, brace.span.close().end().line);
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let first = item.sig.ident.span().start().line;
        self.note(&item.attrs, first, item.block.brace_token.span.close().end().line);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let first = item.sig.ident.span().start().line;
        self.note(&item.attrs, first, item.block.brace_token.span.close().end().line);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let first = item.impl_token.span.start().line;
        self.note(&item.attrs, first, item.brace_token.span.close().end().line);
        visit::visit_item_impl(self, item);
    }
}

/// The tokens of a stream in the order of the text, brackets included.
pub(super) fn flatten(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    push_all(stream, &mut tokens);
    tokens
}

fn push_all(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let TokenTree::Group(group) = tree else {
            tokens.push(Token { text: tree.to_string(), line: tree.span().start().line });
            continue;
        };
        let (open, close) = brackets(group.delimiter());
        tokens.push(Token { text: open.to_owned(), line: group.span_open().start().line });
        push_all(group.stream(), tokens);
        tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
    }
}

const fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_test_modules_and_test_functions_are_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[test]\nfn c() {\n}\n\
            #[cfg(not(test))]\nmod other {\n}\n";
        let file = RustFile::parse("src/a.rs", text).expect("the text is Rust");
        let tests: Vec<usize> = (1..=11).filter(|line| file.is_test(*line)).collect();
        assert_eq!(tests, [3, 4, 5, 7, 8]);
    }

    #[test]
    fn files_under_tests_are_tests_throughout() {
        for path in ["crates/a/tests/b.rs", "crates/a/src/tests.rs", "crates/a/benches/c.rs"] {
            assert!(RustFile::parse(path, "fn a() {}\n").expect("the text is Rust").is_test(1));
        }
    }

    #[test]
    fn generated_files_are_known_by_their_folder_or_their_first_line() {
        let is_generated = |path, text| RustFile::parse(path, text).expect("Rust").is_generated();
        assert!(is_generated("src/generated/a.rs", "//! A.\n"));
        assert!(is_generated("src/a.rs", "// @generated by cargo xtask codegen\n"));
        assert!(!is_generated("src/a.rs", "//! A.\n"));
    }

    #[test]
    fn broken_syntax_is_a_finding_with_its_line() {
        let finding = RustFile::parse("a.rs", "fn a() {}\nfn b(\n").err().expect("it is broken");
        assert_eq!(finding.rule, "syntax");
    }
}
