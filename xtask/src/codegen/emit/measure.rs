//! The `measure` function of a struct: every check of a value, and the bytes it will take.

use super::super::ir::{Element, Field, Type};
use super::super::names;
use super::ctx::{Ctx, by_version, condition, differs, unless};
use crate::specs::versions::Versions;

/// The body of `measure`.
pub(super) fn body(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let always = one.fields.iter().filter(|field| is_always_fixed(ctx, field));
    let fixed: usize = always.filter_map(width).sum();
    let mut code = String::new();
    if fixed > 0 {
        code.push_str(&format!("s.fixed({fixed});\n"));
    }
    let others = one.fields.iter().filter(|field| !is_always_fixed(ctx, field));
    code.extend(others.map(|field| statement(ctx, field)));
    if !one.flexible.is_empty() {
        code.push_str(&tag_section(ctx));
    }
    code + "Ok(())"
}

fn width(field: &Field) -> Option<usize> {
    if let Type::Fixed(fixed) = &field.ty { Some(fixed.primitive.width()) } else { None }
}

fn is_always_fixed(ctx: Ctx<'_>, field: &Field) -> bool {
    width(field).is_some() && field.positional().covers(ctx.one.versions)
}

/// Measures a field in its place, or refuses a value that the version has no place for.
fn statement(ctx: Ctx<'_>, field: &Field) -> String {
    let positional = field.positional();
    let placed = (!positional.is_empty()).then(|| value(ctx, field, positional));
    let refused = refusal(ctx, field);
    match (placed, ctx.when(positional), refused) {
        (None, _, None) => String::new(),
        (None, _, Some((condition, error))) => {
            let test = differs(ctx, field);
            match condition {
                Some(condition) => format!("if {condition} && {test} {{ {error} }}\n"),
                None => format!("if {test} {{ {error} }}\n"),
            }
        }
        (Some(placed), None, _) => placed,
        (Some(placed), Some(condition), None) => format!("if {condition} {{ {placed} }}\n"),
        (Some(placed), Some(condition), Some((absent, error))) => {
            let absent = absent.filter(|_| !field.tagged().is_empty());
            let absent = absent.map(|test| format!("{test} && ")).unwrap_or_default();
            let test = differs(ctx, field);
            format!("if {condition} {{ {placed} }} else if {absent}{test} {{ {error} }}\n")
        }
    }
}

/// The condition under which no version has a place for the field, and the error for it.
fn refusal(ctx: Ctx<'_>, field: &Field) -> Option<(Option<String>, String)> {
    let everywhere = field.presence.covers(ctx.one.versions);
    if everywhere || field.ignorable {
        return None;
    }
    let label = ctx.label(field);
    let error = format!("return Err(s.error(EncodeErrorKind::FieldNotInVersion, {label}));");
    Some((unless(field.presence, ctx.one.versions), error))
}

/// Measures a field in the versions of `range`; the null check first.
fn value(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let nullable = field.nullable.and(range);
    let name = format!("self.{}", names::field(&field.name));
    let mut code = String::new();
    if field.is_optional()
        && let Some(outside) = unless(nullable, range)
    {
        let label = ctx.label(field);
        let also = if outside == "true" { String::new() } else { format!(" && {outside}") };
        code = format!(
            "if {name}.is_none(){also} {{ \
             return Err(s.error(EncodeErrorKind::NullNotAllowed, {label})); }}\n"
        );
    }
    code + &match (&field.ty, field.is_optional()) {
        (Type::Struct(_), true) => {
            let marker = match condition(nullable, range) {
                None => "s.fixed(1);\n".to_owned(),
                Some(_) if nullable.is_empty() => String::new(),
                Some(condition) => format!("if {condition} {{ s.fixed(1); }}\n"),
            };
            format!("{marker} if let Some(some) = &{name} {{ some.measure(s, version)?; }}\n")
        }
        (_, true) => nullable_value(ctx, field, &name, range),
        (_, false) => plain(ctx, field, &name, range),
    }
}

fn plain(ctx: Ctx<'_>, field: &Field, name: &str, range: Versions) -> String {
    let label = ctx.label(field);
    let compact = ctx.compact(field, range);
    match &field.ty {
        Type::Fixed(fixed) => format!("s.fixed({});\n", fixed.primitive.width()),
        Type::String => format!("s.string({label}, &{name}, {compact})?;\n"),
        Type::Bytes => format!("s.bytes({label}, {name}.len(), {compact})?;\n"),
        Type::Records => format!("{name}.measure(s, {label}, {compact})?;\n"),
        Type::Struct(_) => format!("{name}.measure(s, version)?;\n"),
        Type::Array(Element::Fixed(_)) => {
            format!("s.fixed_array({label}, &{name}, {compact})?;\n")
        }
        Type::Array(element) => format!(
            "s.array_len({label}, {name}.len(), {compact})?;\nfor item in &{name} {{ {} }}\n",
            item(element, &label, &compact)
        ),
    }
}

fn nullable_value(ctx: Ctx<'_>, field: &Field, name: &str, range: Versions) -> String {
    let label = ctx.label(field);
    let compact = ctx.compact(field, range);
    match &field.ty {
        Type::Fixed(_) | Type::Struct(_) => plain(ctx, field, name, range),
        Type::String => format!("s.nullable_string({label}, {name}.as_deref(), {compact})?;\n"),
        Type::Bytes => {
            let len = format!("{name}.as_ref().map(|some| some.len())");
            format!("s.nullable_bytes({label}, {len}, {compact})?;\n")
        }
        Type::Records => {
            let records = format!("{name}.as_ref()");
            format!("Records::measure_nullable({records}, s, {label}, {compact})?;\n")
        }
        Type::Array(Element::Fixed(_)) => {
            format!("s.nullable_fixed_array({label}, {name}.as_ref(), {compact})?;\n")
        }
        Type::Array(element) => format!(
            "s.nullable_array_len({label}, {name}.as_ref().map(Vec::len), {compact})?;\n\
             for item in {name}.as_deref().unwrap_or_default() {{ {} }}\n",
            item(element, &label, &compact)
        ),
    }
}

fn item(element: &Element, label: &str, compact: &str) -> String {
    match element {
        Element::Fixed(_) => String::new(),
        Element::String => format!("s.string({label}, item, {compact})?;"),
        Element::Bytes => format!("s.bytes({label}, item.len(), {compact})?;"),
        Element::Struct(_) => "item.measure(s, version)?;".to_owned(),
    }
}

fn tag_section(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let name = &one.name;
    let known: Vec<&Field> = by_tag(&one.fields);
    let section = if known.is_empty() {
        format!("s.unknown_tags(\"{name}\", &self.unknown_tags, 0, &[])?;\n")
    } else {
        let fields: String = known.iter().map(|field| tagged(ctx, field)).collect();
        let reserved = by_version(one.flexible, |version| {
            let known = known.iter().filter_map(|field| field.tag);
            let numbers = known.filter(|tag| tag.versions.contains(version)).map(|tag| tag.number);
            format!("&[{}]", numbers.map(|n| n.to_string()).collect::<Vec<_>>().join(", "))
        });
        format!(
            "let mut known = 0;\n{fields} let reserved: &[u32] = {reserved};\n\
             s.unknown_tags(\"{name}\", &self.unknown_tags, known, reserved)?;\n"
        )
    };
    match ctx.when(one.flexible) {
        None => section,
        Some(_) => format!(
            "if flexible {{ {section} }} else {{ \
             s.no_tags(\"{name}\", &self.unknown_tags)?; }}\n"
        ),
    }
}

/// The fields that have a tag in some version, by its number.
pub(super) fn by_tag(fields: &[Field]) -> Vec<&Field> {
    let mut known: Vec<&Field> = fields.iter().filter(|field| !field.tagged().is_empty()).collect();
    known.sort_by_key(|field| field.tag.map(|tag| tag.number));
    known
}

/// The test that a tagged field is written, among the flexible versions.
pub(super) fn is_written(ctx: Ctx<'_>, field: &Field) -> String {
    let when = condition(field.tagged(), ctx.one.flexible);
    let when = when.map(|condition| format!("{condition} && ")).unwrap_or_default();
    format!("{when}{}", differs(ctx, field))
}

fn tagged(ctx: Ctx<'_>, field: &Field) -> String {
    let Some(tag) = field.tag else { return String::new() };
    let test = is_written(ctx, field);
    // The marker of a tagged nullable struct is a uvarint: one byte, like the untagged marker.
    let body = value(ctx, field, tag.versions);
    format!(
        "if {test} {{ known += 1; s.tagged_field({}, |s| {{ {body} Ok(()) }})?; }}\n",
        tag.number
    )
}
