//! A struct: its declaration, its default, and the functions that read, measure and write it.

use super::super::ir::{Field, Kind, Message, Type};
use super::super::names;
use super::ctx::{Ctx, default};
use super::docs::Docs;
use super::{measure, read, write};

/// All structs of a message, the root first.
pub(super) fn message(message: &Message, docs: &Docs) -> String {
    let contexts = message.structs.iter().map(|one| Ctx { message, one });
    contexts.map(|ctx| structure(ctx, docs)).collect()
}

fn structure(ctx: Ctx<'_>, docs: &Docs) -> String {
    let code = declaration(ctx, docs) + &default_implementation(ctx);
    code + &if ctx.is_root() { root(ctx) } else { nested(ctx) }
}

fn declaration(ctx: Ctx<'_>, docs: &Docs) -> String {
    let one = ctx.one;
    let fields: String = one
        .fields
        .iter()
        .map(|field| {
            let doc = docs.of_field(&one.name, field, one.versions);
            format!("{doc}pub {}: {},\n", names::field(&field.name), ctx.field_type(field))
        })
        .collect();
    let tags = if one.flexible.is_empty() {
        ""
    } else {
        "/// Tagged fields that the specs do not know, kept as they came.\n\
         pub unknown_tags: UnknownTags<'a>,\n"
    };
    let doc = docs.of_struct(ctx.message, &one.name, one.versions);
    let name = ctx.struct_type(&one.name);
    format!(
        "{doc}#[derive(Clone, Debug, PartialEq)]\n\
         pub struct {name} {{ {fields} {tags} }}\n\n"
    )
}

/// A constant where it can be one, so that a struct to be read begins as a copy of bytes that the
/// compiler laid out.
fn default_implementation(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let set = |field: &Field| format!("{}: {},\n", names::field(&field.name), default(ctx, field));
    let fields: String = one.fields.iter().map(set).collect();
    let tags = if one.flexible.is_empty() { "" } else { "unknown_tags: UnknownTags::new(),\n" };
    let lifetime = if one.borrows { "<'_>" } else { "" };
    let (ty, value) = (format!("{}{lifetime}", one.name), format!("Self {{ {fields} {tags} }}"));
    let (constant, value) = if ctx.is_constant(&one.name) {
        let constant = format!(
            "impl {ty} {{\n/// Every field at its default.\n\
             pub const DEFAULT: Self = {value};\n}}\n\n"
        );
        (constant, "Self::DEFAULT".to_owned())
    } else {
        (String::new(), value)
    };
    format!("{constant}impl Default for {ty} {{\nfn default() -> Self {{ {value} }} }}\n\n")
}

/// The root implements the crate's traits.
fn root(ctx: Ctx<'_>) -> String {
    let message = ctx.message;
    let name = &message.name;
    let ty = if ctx.one.borrows { format!("{name}<'a>") } else { name.clone() };
    let flexible = match message.flexible {
        none if none.is_empty() => "None".to_owned(),
        some => format!("Some({})", some.min),
    };
    let functions = functions(ctx) + unknown_tags(ctx);
    let traits = match message.kind {
        Kind::Request => request(message, &ty),
        Kind::Response => {
            format!(
                "impl<'a> Response<'a> for {ty} {{\nconst KEY: ApiKey = {};\n}}\n\n",
                key(message)
            )
        }
        Kind::Header | Kind::Data => String::new(),
    };
    format!(
        "impl<'a> Message<'a> for {ty} {{\nconst NAME: &'static str = \"{name}\";\n\
         const VERSIONS: VersionRange = VersionRange::new({}, {});\n\
         const FIRST_FLEXIBLE: Option<i16> = {flexible};\n\n{functions} }}\n\n{traits}",
        message.valid.min, message.valid.max
    )
}

fn request(message: &Message, ty: &str) -> String {
    let base = message.name.strip_suffix("Request").unwrap_or(&message.name);
    format!(
        "impl<'a> Request<'a> for {ty} {{\nconst KEY: ApiKey = {};\n\
         type Response<'r> = super::response::{base}Response{{RESPONSE_LIFETIME}};\n}}\n\n",
        key(message)
    )
}

/// The variant of `ApiKey` for a request or a response.
pub(super) fn key(message: &Message) -> String {
    let name = message.name.strip_suffix("Request").or(message.name.strip_suffix("Response"));
    format!("ApiKey::{}", name.unwrap_or(&message.name))
}

fn nested(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let (generics, ty) =
        if one.borrows { ("<'a>", format!("{}<'a>", one.name)) } else { ("", one.name.clone()) };
    let min_size = if one.is_element { read::min_size(ctx) + "\n" } else { String::new() };
    let functions = functions(ctx);
    let is_boxed = is_boxed(ctx);
    let proof = if one.is_element || is_boxed { read::memory_proof(ctx) } else { String::new() };
    format!("impl{generics} {ty} {{\n{min_size}{functions} }}\n\n{proof}")
}

/// Whether a field may be null, so that the struct stands on the heap.
fn is_boxed(ctx: Ctx<'_>) -> bool {
    let fields = ctx.message.structs.iter().flat_map(|one| &one.fields);
    let ty = Type::Struct(ctx.one.name.clone());
    fields.into_iter().any(|field| field.ty == ty && field.is_optional())
}

/// The door to the root's tag section, for those who do not know the type.
fn unknown_tags(ctx: Ctx<'_>) -> &'static str {
    if ctx.one.flexible.is_empty() {
        return "";
    }
    "fn unknown_tags_mut(&mut self) -> Option<&mut UnknownTags<'a>> {\n\
     Some(&mut self.unknown_tags) }\n"
}

fn functions(ctx: Ctx<'_>) -> String {
    let reader = if ctx.one.borrows || ctx.is_root() { "Reader<'a>" } else { "Reader<'_>" };
    let mut code = String::new();
    let parts = [
        (
            "read",
            format!("&mut self, r: &mut {reader}"),
            " -> Result<(), DecodeError>",
            read::body(ctx),
        ),
        (
            "measure",
            "&self, s: &mut Sizer".to_owned(),
            " -> Result<(), EncodeError>",
            measure::body(ctx),
        ),
        ("write", "&self, w: &mut Writer".to_owned(), "", write::body(ctx)),
    ];
    for (name, arguments, result, body) in parts {
        let prologue = prologue(ctx, &body);
        let used = mentions(&format!("{prologue}{body}"), "version");
        let version = if used { "" } else { "_" };
        let arguments = unused_marked(&arguments, &body);
        code.push_str(&format!(
            "fn {name}({arguments}, {version}version: i16){result} {{\n{prologue}{body} }}\n\n"
        ));
    }
    code
}

/// `let flexible = …;` where the body asks for it.
fn prologue(ctx: Ctx<'_>, body: &str) -> String {
    match ctx.when(ctx.one.flexible) {
        Some(condition) if mentions(body, "flexible") => format!("let flexible = {condition};\n"),
        _ => String::new(),
    }
}

/// A struct without content leaves its reader or writer alone.
fn unused_marked(arguments: &str, body: &str) -> String {
    let Some((before, after)) = arguments.rsplit_once(": &mut") else {
        return arguments.to_owned();
    };
    let name = before.rsplit([' ', ',']).next().unwrap_or(before);
    if mentions(body, name) {
        return arguments.to_owned();
    }
    let head = before.strip_suffix(name).unwrap_or_default();
    format!("{head}_{name}: &mut{after}")
}

/// Whether `word` stands in `code` as a word of its own, not as the name of a field.
fn mentions(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let joins_before = before.is_some_and(|c| is_part(c) || c == '.');
        let joins_after = after.is_some_and(|c| is_part(c) || c == ':');
        !joins_before && !joins_after
    })
}
