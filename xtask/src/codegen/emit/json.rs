//! The JSON of a struct, in the shape of the reference's converter.

use super::super::ir::Field;
use super::super::names;
use super::ctx::{Ctx, condition, default, differs, unless};

/// The implementation of `Json` for one struct.
pub(super) fn implementation(ctx: Ctx<'_>) -> String {
    let one = ctx.one;
    let lifetime = if one.borrows { "<'_>" } else { "" };
    let written: String = one.fields.iter().map(|field| set(ctx, field)).collect();
    let read: String = one.fields.iter().map(|field| get(ctx, field)).collect();
    let tags = if one.flexible.is_empty() { "" } else { "unknown_tags: fields.unknown_tags()?,\n" };
    let no_tags = if tags.is_empty() { "fields.no_unknown_tags()?;\n" } else { "" };
    format!(
        "impl Json for {name}{lifetime} {{\n\
         fn to_json(&self, version: i16) -> Result<Value, EncodeError> {{\n\
         let mut object = Object::at(version);\n{written} Ok(object.into()) }}\n\n\
         fn from_json(value: &Value, version: i16) -> Result<Self, JsonError> {{\n\
         let fields = Fields::of(\"{name}\", value, version)?;\n{no_tags}\
         Ok(Self {{ {read} {tags} }}) }}\n}}\n\n",
        name = one.name,
    )
}

/// A field in its place is always there, a tagged one unless it is the default; elsewhere only
/// the default may be left out.
fn set(ctx: Ctx<'_>, field: &Field) -> String {
    let set = format!("object.set({}, &self.{})?;\n", key(field), names::field(&field.name));
    let mut code = String::new();
    let positional = field.positional();
    if !positional.is_empty() {
        code.push_str(&match condition(positional, ctx.one.versions) {
            None => set.clone(),
            Some(condition) => format!("if {condition} {{ {set} }}\n"),
        });
    }
    if !field.tagged().is_empty() {
        let tagged = condition(field.tagged(), ctx.one.versions);
        let tagged = tagged.map(|condition| format!("{condition} && ")).unwrap_or_default();
        code.push_str(&format!("if {tagged}{} {{ {set} }}\n", differs(ctx, field)));
    }
    let absent = unless(field.presence, ctx.one.versions).filter(|_| !field.ignorable);
    if let Some(absent) = absent {
        let label = ctx.label(field);
        let test = differs(ctx, field);
        code.push_str(&format!(
            "if {absent} && {test} {{ return Err(object.no_place({label})); }}\n"
        ));
    }
    code
}

fn get(ctx: Ctx<'_>, field: &Field) -> String {
    let positional = field.positional();
    let mandatory = match condition(positional, ctx.one.versions) {
        _ if positional.is_empty() => "false".to_owned(),
        None => "true".to_owned(),
        Some(condition) => condition,
    };
    let name = names::field(&field.name);
    // A constant needs the borrowed form, whose type a closure could not tell.
    let default = default(ctx, field).replace("Cow::Borrowed(&[])", "Cow::default()");
    let default = match default.strip_suffix("()") {
        Some(function) if !default.contains("Some(") => function.to_owned(),
        _ => format!("|| {default}"),
    };
    format!("{name}: fields.get({}, {mandatory}, {default})?,\n", key(field))
}

fn key(field: &Field) -> String {
    format!("\"{}\"", names::json(&field.name))
}
