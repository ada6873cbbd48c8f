//! The `read` function of a struct, and its smallest size where an array holds it.

use super::super::ir::{self, Default, Element, Field, Fixed, Primitive, Type};
use super::super::names;
use super::ctx::{Ctx, by_version};
use crate::specs::versions::Versions;

/// The body of `read`: it fills a struct that nobody has set, in place.
pub(super) fn body(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let mut code: String = one.fields.iter().map(|field| statement(ctx, field)).collect();
    if !one.flexible.is_empty() {
        code.push_str(&tag_section(ctx));
    }
    code + "Ok(())"
}

/// Reads a field where it stands; elsewhere it keeps its default.
fn statement(ctx: Ctx<'_>, field: &Field) -> String {
    let positional = field.positional();
    if positional.is_empty() {
        return String::new();
    }
    let value = value(ctx, field, positional);
    let is_one_test = matches!(field.ty, Type::Struct(_)) && field.default == Default::Null;
    match (ctx.when(positional), value.strip_prefix("if ").filter(|_| is_one_test)) {
        (None, _) => value,
        (Some(condition), Some(present)) => format!("if {condition} && {present}"),
        (Some(condition), None) => format!("if {condition} {{ {value} }}\n"),
    }
}

/// Reads a field in its place, in versions of `range`.
fn value(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let nullable = field.nullable.and(range);
    if !field.is_optional() {
        return plain(ctx, field, range);
    }
    match super::ctx::condition(nullable, range) {
        None => nullable_value(ctx, field, range),
        Some(_) if nullable.is_empty() => present(ctx, field, range),
        Some(condition) => {
            let present = present(ctx, field, range);
            let nullable = nullable_value(ctx, field, nullable);
            format!("if {condition} {{ {nullable} }} else {{ {present} }}\n")
        }
    }
}

/// Reads a field that may be null elsewhere but not here.
fn present(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let place = place(field);
    match &field.ty {
        Type::Struct(name) => format!(
            "let mut value = {name}::default();\nvalue.read(r, version)?;\n\
             {place} = Some(r.boxed(value, {})?);\n",
            ctx.label(field)
        ),
        Type::Array(Element::Struct(name)) => {
            structs(ctx, field, range, &format!("{place}.insert(Vec::new())"), name)
        }
        Type::Fixed(_) | Type::String | Type::Bytes | Type::Records | Type::Array(_) => {
            format!("{place} = Some({});\n", expression(ctx, field, range))
        }
    }
}

fn plain(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let place = place(field);
    match &field.ty {
        Type::Struct(_) => format!("{place}.read(r, version)?;\n"),
        Type::Array(Element::Struct(name)) => {
            structs(ctx, field, range, &format!("&mut {place}"), name)
        }
        Type::Fixed(_) | Type::String | Type::Bytes | Type::Records | Type::Array(_) => {
            format!("{place} = {};\n", expression(ctx, field, range))
        }
    }
}

fn place(field: &Field) -> String {
    format!("self.{}", names::field(&field.name))
}

/// Reads the elements into a vector that stands in its struct.
fn structs(ctx: Ctx<'_>, field: &Field, range: Versions, into: &str, name: &str) -> String {
    let (label, compact) = (ctx.label(field), ctx.compact(field, range));
    format!(
        "r.structs({into}, {label}, {compact}, {name}::min_size(version), \
         |item, r| item.read(r, version))?;\n"
    )
}

/// The value of a field that is neither a struct nor holds any.
fn expression(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let label = ctx.label(field);
    let compact = ctx.compact(field, range);
    match &field.ty {
        Type::Fixed(fixed) => fixed_value(fixed, &label),
        Type::String => format!("Cow::Borrowed(r.string({label}, {compact})?)"),
        Type::Bytes => format!("Cow::Borrowed(r.bytes({label}, {compact})?)"),
        Type::Records => format!("Records::from(r.piece({label}, {compact})?)"),
        Type::Array(element) => format!("r.{}?", array(element, "", &label, &compact)),
        Type::Struct(_) => String::new(),
    }
}

fn nullable_value(ctx: Ctx<'_>, field: &Field, range: Versions) -> String {
    let label = ctx.label(field);
    let compact = ctx.compact(field, range);
    let place = place(field);
    let value = match &field.ty {
        Type::Fixed(fixed) => fixed_value(fixed, &label),
        Type::String => format!("r.nullable_string({label}, {compact})?.map(Cow::Borrowed)"),
        Type::Bytes => format!("r.nullable_bytes({label}, {compact})?.map(Cow::Borrowed)"),
        Type::Records => format!("r.nullable_piece({label}, {compact})?.map(Records::from)"),
        Type::Struct(_) => return nullable_struct(ctx, field, range, "is_present"),
        Type::Array(Element::Struct(name)) => {
            return format!(
                "r.nullable_structs(&mut {place}, {label}, {compact}, {name}::min_size(version), \
                 |item, r| item.read(r, version))?;\n"
            );
        }
        Type::Array(element) => format!("r.{}?", array(element, "nullable_", &label, &compact)),
    };
    format!("{place} = {value};\n")
}

/// A struct that is null in the bytes may be another thing by default.
fn nullable_struct(ctx: Ctx<'_>, field: &Field, range: Versions, marker: &str) -> String {
    let label = ctx.label(field);
    let otherwise = if field.default == Default::Null {
        String::new()
    } else {
        format!(" else {{ {} = None; }}", place(field))
    };
    format!("if r.{marker}({label})? {{ {} }}{otherwise}\n", present(ctx, field, range))
}

fn fixed_value(fixed: &Fixed, label: &str) -> String {
    let method = method(fixed.primitive);
    let value = format!("r.{method}({label})?");
    fixed.newtype.map_or_else(|| value.clone(), |name| format!("{name}({value})"))
}

/// The reader's and the writer's method for a type of fixed width.
pub(super) fn method(primitive: Primitive) -> &'static str {
    if primitive == Primitive::Uuid { "uuid" } else { primitive.rust() }
}

fn array(element: &Element, prefix: &str, label: &str, compact: &str) -> String {
    match element {
        Element::Fixed(_) => format!("{prefix}fixed_array({label}, {compact})"),
        Element::String => text_array("string", 2, prefix, label, compact),
        Element::Bytes => text_array("bytes", 4, prefix, label, compact),
        Element::Struct(_) => String::new(),
    }
}

fn text_array(method: &str, classic: usize, prefix: &str, label: &str, compact: &str) -> String {
    let min = match compact {
        "true" => "1".to_owned(),
        "false" => classic.to_string(),
        _ => format!("if flexible {{ 1 }} else {{ {classic} }}"),
    };
    format!(
        "{prefix}array({label}, {compact}, {min}, \
         |r| Ok(Cow::Borrowed(r.{method}({label}, {compact})?)))"
    )
}

/// Reads the tag section that ends a struct in its flexible versions.
fn tag_section(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let name = &one.name;
    let arms: String = one.fields.iter().filter_map(|field| tag_arm(ctx, field)).collect();
    let section = if arms.is_empty() {
        format!("r.unknown_tags(\"{name}\")?")
    } else {
        format!(
            "r.tagged_fields(\"{name}\", |r, tag| {{ match tag {{ {arms} \
             _ => return Ok(Tagged::Unknown), }} Ok(Tagged::Known) }})?"
        )
    };
    match ctx.when(one.flexible) {
        None => format!("if !r.no_tags() {{ self.unknown_tags = {section}; }}\n"),
        Some(_) => {
            format!("if flexible && !r.no_tags() {{ self.unknown_tags = {section}; }}\n")
        }
    }
}

/// The arm for a known tag; below its tagged versions the tag is kept as an unknown one.
fn tag_arm(ctx: Ctx<'_>, field: &Field) -> Option<String> {
    let tag = field.tag.filter(|tag| !tag.versions.is_empty())?;
    let guard = super::ctx::condition(tag.versions, ctx.one.flexible);
    let guard = guard.map(|condition| format!(" if {condition}")).unwrap_or_default();
    let is_struct = matches!(field.ty, Type::Struct(_));
    let value = if is_struct && field.nullable.covers(tag.versions) {
        nullable_struct(ctx, field, tag.versions, "is_present_tagged")
    } else {
        value(ctx, field, tag.versions)
    };
    Some(format!("{}{guard} => {{ {value} }}\n", tag.number))
}

/// Structs whose fewest bytes never occur, with the fewest that do.
///
/// A listed group has a name of at least one byte: 4 bytes, where the types alone allow 3.
const REAL_MINIMUM: &[(&str, usize)] = &[("ListedGroup", 4)];

/// The compile-time proof that no message of this struct is refused for the memory it takes.
pub(super) fn memory_proof(ctx: Ctx<'_>) -> String {
    let size = |version| ir::min_struct_size(ctx.message, &ctx.one.name, version);
    let real = REAL_MINIMUM.iter().find(|(name, _)| *name == ctx.one.name).map(|(_, min)| *min);
    let min = real.or(ctx.one.versions.iter().map(size).min()).unwrap_or_default();
    let lifetime = if ctx.one.borrows { "<'_>" } else { "" };
    format!(
        "const _: () = assert!(size_of::<{}{lifetime}>() <= {min} * MEMORY_PER_BYTE);\n\n",
        ctx.one.name
    )
}

/// `min_size`, which bounds the counts that an array of this struct may claim.
pub(super) fn min_size(ctx: Ctx<'_>) -> String {
    let size = by_version(ctx.one.versions, |version| {
        ir::min_struct_size(ctx.message, &ctx.one.name, version).to_string()
    });
    let version = if size.contains("version") { "version" } else { "_version" };
    format!("const fn min_size({version}: i16) -> usize {{ {size} }}\n")
}
