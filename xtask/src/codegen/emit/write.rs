//! The `write` function of a struct: it trusts what `measure` has checked.

use super::super::ir::{Element, Field, Fixed, Type};
use super::super::names;
use super::ctx::{Ctx, condition};
use super::measure::{by_tag, is_written};
use super::read::method;
use crate::specs::versions::Versions;

/// The body of `write`.
pub(super) fn body(ctx: Ctx<'_>) -> String {
    let mut code: String = ctx.one.fields.iter().map(|field| statement(ctx, field)).collect();
    if !ctx.one.flexible.is_empty() {
        code.push_str(&tag_section(ctx));
    }
    code
}

fn statement(ctx: Ctx<'_>, field: &Field) -> String {
    let positional = field.positional();
    if positional.is_empty() {
        return String::new();
    }
    let value = value(ctx, field, positional, false);
    match ctx.when(positional) {
        None => value,
        Some(condition) => format!("if {condition} {{ {value} }}\n"),
    }
}

/// Writes a field; a value that may be null elsewhere has the same bytes here.
fn value(ctx: Ctx<'_>, field: &Field, range: Versions, tagged: bool) -> String {
    let name = format!("self.{}", names::field(&field.name));
    let compact = ctx.compact(field, range);
    match (&field.ty, field.is_optional()) {
        (Type::Fixed(fixed), _) => fixed_value(fixed, &name),
        (Type::String, false) => format!("w.string(&{name}, {compact});\n"),
        (Type::String, true) => format!("w.nullable_string({name}.as_deref(), {compact});\n"),
        (Type::Bytes, false) => format!("w.bytes(&{name}, {compact});\n"),
        (Type::Bytes, true) => format!("w.nullable_bytes({name}.as_deref(), {compact});\n"),
        (Type::Records, false) => format!("{name}.write(w, {compact});\n"),
        (Type::Records, true) => {
            format!("Records::write_nullable({name}.as_ref(), w, {compact});\n")
        }
        (Type::Struct(_), false) => format!("{name}.write(w, version);\n"),
        (Type::Struct(_), true) => nullable_struct(field, &name, range, tagged),
        (Type::Array(element), optional) => array(element, &name, optional, &compact),
    }
}

fn fixed_value(fixed: &Fixed, name: &str) -> String {
    let inner = if fixed.newtype.is_some() { ".0" } else { "" };
    format!("w.{}({name}{inner});\n", method(fixed.primitive))
}

/// The marker, where the versions have one, and the struct. The marker of a tagged struct is a
/// uvarint of 0 or 1; that of any other is a signed byte, -1 or 1.
fn nullable_struct(field: &Field, name: &str, range: Versions, tagged: bool) -> String {
    let nullable = field.nullable.and(range);
    let write_marker = if tagged {
        format!("w.uvarint(u32::from({name}.is_some()));\n")
    } else {
        format!("w.i8(if {name}.is_some() {{ 1 }} else {{ -1 }});\n")
    };
    let marker = match condition(nullable, range) {
        None => write_marker,
        Some(_) if nullable.is_empty() => String::new(),
        Some(condition) => format!("if {condition} {{ {write_marker} }}\n"),
    };
    format!("{marker} if let Some(some) = &{name} {{ some.write(w, version); }}\n")
}

fn array(element: &Element, name: &str, optional: bool, compact: &str) -> String {
    let item = match element {
        Element::Fixed(_) if optional => {
            return format!("w.nullable_fixed_array({name}.as_ref(), {compact});\n");
        }
        Element::Fixed(_) => return format!("w.fixed_array(&{name}, {compact});\n"),
        Element::String => format!("w.string(item, {compact});"),
        Element::Bytes => format!("w.bytes(item, {compact});"),
        Element::Struct(_) => "item.write(w, version);".to_owned(),
    };
    if optional {
        format!(
            "w.nullable_array_len({name}.as_ref().map(Vec::len), {compact});\n\
             for item in {name}.as_deref().unwrap_or_default() {{ {item} }}\n"
        )
    } else {
        format!("w.array_len({name}.len(), {compact});\nfor item in &{name} {{ {item} }}\n")
    }
}

fn tag_section(ctx: Ctx<'_>) -> String {
    let known = by_tag(&ctx.one.fields);
    let section = if known.is_empty() {
        "w.unknown_tags(&self.unknown_tags);\n".to_owned()
    } else {
        let fields: String = known.iter().map(|field| tagged(ctx, field)).collect();
        format!("let mut tags = w.tags(&self.unknown_tags);\n{fields} w.end_tags(tags);\n")
    };
    match ctx.when(ctx.one.flexible) {
        None => section,
        Some(_) => format!("if flexible {{ {section} }}\n"),
    }
}

fn tagged(ctx: Ctx<'_>, field: &Field) -> String {
    let Some(tag) = field.tag else { return String::new() };
    let test = is_written(ctx, field);
    let body = value(ctx, field, tag.versions, true);
    format!("if {test} {{ w.tagged_field(&mut tags, {}, |w| {{ {body} }}); }}\n", tag.number)
}
