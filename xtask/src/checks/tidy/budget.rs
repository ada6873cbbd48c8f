//! How large a file, a function, a type or an argument list may be.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, FnArg, ImplItem, ImplItemFn, ItemFn, ItemImpl, ItemStruct, Macro, Signature,
    TraitItemFn, Type, Variant,
};

use super::ratchet::Excess;
use super::rust::{self, RustFile, Token};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;
const TEST_LINES: usize = 40;
const ARGUMENTS: usize = 5;
const FIELDS: usize = 12;
const METHODS: usize = 20;

/// Languages whose files are held to the limit of lines.
const LANGUAGES: &[&str] = &[".rs", ".java", ".go"];

/// A source file of too many lines.
pub(super) fn file_size(path: &str, text: &str) -> Option<Excess> {
    let size = text.lines().count();
    let is_source = LANGUAGES.iter().any(|ending| path.ends_with(ending));
    let is_generated =
        path.split('/').any(|part| part == "generated") || rust::is_marked_generated(text);
    (is_source && !is_generated && size > FILE_LINES).then(|| Excess {
        place: path.to_owned(),
        line: 0,
        rule: "file-size",
        item: String::new(),
        size,
        limit: FILE_LINES,
    })
}

/// Everything in a Rust file that is larger than its limit; generated files have none.
pub(super) fn excesses(file: &RustFile<'_>) -> Vec<Excess> {
    if file.is_generated() {
        return Vec::new();
    }
    let mut measures =
        Measures { place: file.path, excesses: Vec::new(), methods: BTreeMap::new() };
    measures.visit_file(&file.syntax);
    measures.note_methods();
    measures.excesses
}

/// Walks a file and notes what is too large.
struct Measures<'a> {
    place: &'a str,
    excesses: Vec<Excess>,
    /// For each type: the line of its first inherent `impl` and the methods of all of them.
    methods: BTreeMap<String, (usize, usize)>,
}

/// A limit by the name of its rule.
struct Limit(&'static str, usize);

impl Measures<'_> {
    fn note(&mut self, item: &Ident, limit: &Limit, size: usize) {
        self.note_at(item.span().start().line, item.to_string(), limit, size);
    }

    fn note_at(&mut self, line: usize, item: String, limit: &Limit, size: usize) {
        let Limit(rule, limit) = *limit;
        if size > limit {
            self.excesses.push(Excess {
                place: self.place.to_owned(),
                line,
                rule,
                item,
                size,
                limit,
            });
        }
    }

    fn note_function(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block) {
        let first = signature.ident.span().start().line;
        let lines = block.brace_token.span.close().end().line.saturating_sub(first) + 1;
        self.note(&signature.ident, &size_limit(rust::is_test_function(attributes)), lines);
    }

    /// The receiver is not counted: it is where the method lives.
    fn note_arguments(&mut self, signature: &Signature) {
        let is_typed = |argument: &&FnArg| matches!(argument, FnArg::Typed(_));
        let count = signature.inputs.iter().filter(is_typed).count();
        self.note(&signature.ident, &Limit("arguments", ARGUMENTS), count);
    }

    fn note_methods(&mut self) {
        for (name, (line, count)) in std::mem::take(&mut self.methods) {
            self.note_at(line, name, &Limit("methods", METHODS), count);
        }
    }
}

const fn size_limit(is_test: bool) -> Limit {
    if is_test { Limit("test-size", TEST_LINES) } else { Limit("function-size", FUNCTION_LINES) }
}

impl<'ast> Visit<'ast> for Measures<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.note_function(&item.attrs, &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.note_function(&item.attrs, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.note_function(&item.attrs, &item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        self.note_arguments(signature);
        visit::visit_signature(self, signature);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.note(&item.ident, &Limit("fields", FIELDS), item.fields.len());
        visit::visit_item_struct(self, item);
    }

    fn visit_variant(&mut self, variant: &'ast Variant) {
        self.note(&variant.ident, &Limit("fields", FIELDS), variant.fields.len());
        visit::visit_variant(self, variant);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if let (None, Type::Path(path)) = (&item.trait_, &*item.self_ty)
            && let Some(name) = path.path.segments.last()
        {
            let is_method = |item: &&ImplItem| matches!(item, ImplItem::Fn(_));
            let line = item.impl_token.span.start().line;
            let entry = self.methods.entry(name.ident.to_string()).or_insert((line, 0));
            entry.1 += item.items.iter().filter(is_method).count();
        }
        visit::visit_item_impl(self, item);
    }

    /// The tests of a `proptest!` block are functions inside a macro.
    fn visit_macro(&mut self, item: &'ast Macro) {
        let tokens = rust::flatten(item.tokens.clone());
        for at in 0..tokens.len() {
            if let Some((name, size, is_test)) = function_at(&tokens, at) {
                self.note_at(name.line, name.text.clone(), &size_limit(is_test), size);
            }
        }
    }
}

/// The function whose `fn` stands at an index: its name, its lines, whether it is a test.
fn function_at(tokens: &[Token], at: usize) -> Option<(&Token, usize, bool)> {
    let (before, rest) = tokens.split_at_checked(at)?;
    let [keyword, name, open, ..] = rest else { return None };
    if keyword.text != "fn" || !["(", "<"].contains(&open.text.as_str()) {
        return None;
    }
    let mut depth = 0_usize;
    let mut in_body = false;
    for token in rest {
        match token.text.as_str() {
            "{" if depth == 0 => (in_body, depth) = (true, 1),
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if in_body && depth == 0 {
            let is_test = before.iter().rev().take(2).any(|token| token.text == "test");
            return Some((name, token.line.saturating_sub(name.line) + 1, is_test));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, String, usize)> {
        let file = RustFile::parse("src/a.rs", text).expect("the planted text is Rust");
        excesses(&file).into_iter().map(|e| (e.rule, e.item, e.size)).collect()
    }

    fn body(lines: usize) -> String {
        format!("{{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_file_over_the_limit_is_found_unless_it_is_generated() {
        let file = |path, lines: usize| file_size(path, &"//\n".repeat(lines)).map(|e| e.size);
        assert_eq!(file("src/a.rs", 500), None);
        assert_eq!(file("src/a.rs", 501), Some(501));
        assert_eq!(file("src/generated/a.rs", 501), None);
        assert_eq!(file("notes.md", 501), None);
    }

    #[test]
    fn a_function_over_the_limit_is_found_wherever_it_stands() {
        let expected = |name: &str| [("function-size", name.to_owned(), 61)];
        assert_eq!(found(&format!("fn fits() {}", body(60))), []);
        assert_eq!(found(&format!("fn long() {}", body(61))), expected("long"));
        assert_eq!(found(&format!("impl A {{\nfn m() {}}}", body(61))), expected("m"));
        assert_eq!(found(&format!("trait A {{\nfn t() {}}}", body(61))), expected("t"));
        assert_eq!(found(&format!("mod b {{\nfn i() {}}}", body(61))), expected("i"));
    }

    #[test]
    fn a_test_has_a_shorter_limit_inside_a_macro_too() {
        let test = |lines| format!("#[test]\nfn tries() {}", body(lines));
        assert_eq!(found(&test(40)), []);
        assert_eq!(found(&test(41)), [("test-size", "tries".to_owned(), 41)]);
        let wrapped = format!("proptest! {{\n{}}}", test(41));
        assert_eq!(found(&wrapped), [("test-size", "tries".to_owned(), 41)]);
    }

    #[test]
    fn a_sixth_argument_is_found_and_the_receiver_is_not_counted() {
        let typed = |n: usize| vec!["_: A"; n].join(", ");
        assert_eq!(found(&format!("fn f({}) {{}}", typed(5))), []);
        assert_eq!(found(&format!("impl B {{ fn f(&self, {}) {{}} }}", typed(5))), []);
        let sixth = [("arguments", "f".to_owned(), 6)];
        assert_eq!(found(&format!("fn f({}) {{}}", typed(6))), sixth);
        assert_eq!(found(&format!("trait B {{ fn f(&self, {}); }}", typed(6))), sixth);
    }

    #[test]
    fn a_thirteenth_field_is_found_in_structs_and_variants() {
        let fields = |n| (0..n).map(|i| format!("f{i}: A")).collect::<Vec<_>>().join(", ");
        assert_eq!(found(&format!("struct S {{ {} }}", fields(12))), []);
        let thirteen = fields(13);
        let expected = |name: &str| [("fields", name.to_owned(), 13)];
        assert_eq!(found(&format!("struct S {{ {thirteen} }}")), expected("S"));
        assert_eq!(found(&format!("enum E {{ V {{ {thirteen} }} }}")), expected("V"));
    }

    #[test]
    fn a_twenty_first_method_is_found_over_all_inherent_blocks() {
        let methods = |n: usize| "fn m() {}\n".repeat(n);
        let blocks = |n| format!("impl A {{ {} }}\nimpl A {{ {} }}", methods(n), methods(10));
        assert_eq!(found(&blocks(10)), []);
        assert_eq!(found(&blocks(11)), [("methods", "A".to_owned(), 21)]);
        assert_eq!(found(&format!("impl T for A {{ {} }}", methods(21))), []);
    }

    #[test]
    fn generated_code_has_no_limits() {
        let text = format!("// @generated by us\nfn long() {}", body(99));
        assert_eq!(found(&text), []);
    }
}
