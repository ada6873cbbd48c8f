//! What every part of the printer asks: conditions on the version, labels, types, defaults.

use super::super::ir::{Default, Element, Field, Fixed, Message, Primitive, Struct, Type};
use super::super::names;
use crate::specs::versions::Versions;

/// A struct in its message.
#[derive(Clone, Copy)]
pub(super) struct Ctx<'a> {
    pub(super) message: &'a Message,
    pub(super) one: &'a Struct,
}

impl Ctx<'_> {
    pub(super) fn is_root(&self) -> bool {
        std::ptr::eq(self.message.root(), self.one)
    }

    /// The condition that the version is in `range`, where that is not always so.
    pub(super) fn when(&self, range: Versions) -> Option<String> {
        condition(range, self.one.versions)
    }

    /// `S.field`, as errors name it.
    pub(super) fn label(&self, field: &Field) -> String {
        format!("\"{}.{}\"", self.one.name, names::snake(&field.name))
    }

    /// Whether lengths are compact, for code that runs in the versions of `range`.
    pub(super) fn compact(&self, field: &Field, range: Versions) -> String {
        let compact = field.compact.and(range);
        if compact.is_empty() {
            "false".to_owned()
        } else if compact.covers(range) {
            "true".to_owned()
        } else if compact == self.one.flexible.and(range) {
            "flexible".to_owned()
        } else {
            condition(compact, range).unwrap_or_default()
        }
    }

    /// The Rust type of a field.
    pub(super) fn field_type(&self, field: &Field) -> String {
        let plain = self.plain_type(&field.ty);
        match (&field.ty, field.is_optional()) {
            (Type::Struct(_), true) => format!("Option<Box<{plain}>>"),
            (_, true) => format!("Option<{plain}>"),
            (_, false) => plain,
        }
    }

    fn plain_type(&self, ty: &Type) -> String {
        match ty {
            Type::Fixed(fixed) => fixed_type(fixed).to_owned(),
            Type::String => "Cow<'a, str>".to_owned(),
            Type::Bytes => "Cow<'a, [u8]>".to_owned(),
            Type::Records => "Records<'a>".to_owned(),
            Type::Struct(name) => self.struct_type(name),
            Type::Array(Element::Fixed(fixed)) => format!("FixedArray<'a, {}>", fixed_type(fixed)),
            Type::Array(Element::String) => "Vec<Cow<'a, str>>".to_owned(),
            Type::Array(Element::Bytes) => "Vec<Cow<'a, [u8]>>".to_owned(),
            Type::Array(Element::Struct(name)) => format!("Vec<{}>", self.struct_type(name)),
        }
    }

    /// The name of a struct with the lifetime it has.
    pub(super) fn struct_type(&self, name: &str) -> String {
        let lifetime = if self.message.get(name).borrows { "<'a>" } else { "" };
        format!("{name}{lifetime}")
    }

    /// Whether the default of a struct is a constant: a box on the heap, in it or in a struct that
    /// stands in it, cannot be one.
    pub(super) fn is_constant(&self, name: &str) -> bool {
        self.message.get(name).fields.iter().all(|field| match &field.ty {
            Type::Struct(_) if field.is_optional() => field.default == Default::Null,
            Type::Struct(inner) => self.is_constant(inner),
            Type::Fixed(_) | Type::String | Type::Bytes | Type::Records | Type::Array(_) => true,
        })
    }

    /// The default of a struct, as an expression.
    fn default_of(&self, name: &str) -> String {
        let default = if self.is_constant(name) { "DEFAULT" } else { "default()" };
        format!("{name}::{default}")
    }
}

pub(super) fn fixed_type(fixed: &Fixed) -> &'static str {
    fixed.newtype.unwrap_or(fixed.primitive.rust())
}

/// The shortest test for `range` among the versions of `context`.
pub(super) fn condition(range: Versions, context: Versions) -> Option<String> {
    let range = range.and(context);
    match range {
        _ if range.covers(context) => None,
        _ if range.is_empty() => Some("false".to_owned()),
        _ if range.min == range.max => Some(format!("version == {}", range.min)),
        _ if range.min == context.min => Some(format!("version <= {}", range.max)),
        _ if range.max == context.max => Some(format!("version >= {}", range.min)),
        _ => Some(format!("({}..={}).contains(&version)", range.min, range.max)),
    }
}

/// The opposite of [`condition`]; `None` where it never holds.
pub(super) fn unless(range: Versions, context: Versions) -> Option<String> {
    let range = range.and(context);
    match range {
        _ if range.covers(context) => None,
        _ if range.is_empty() => Some("true".to_owned()),
        _ if range.min == context.min => Some(format!("version > {}", range.max)),
        _ if range.max == context.max => Some(format!("version < {}", range.min)),
        _ => Some(format!("!({}..={}).contains(&version)", range.min, range.max)),
    }
}

/// A `match` on the version with one arm per run of versions that have the same value.
pub(super) fn by_version(versions: Versions, value: impl Fn(i16) -> String) -> String {
    let mut runs: Vec<(Versions, String)> = Vec::new();
    for version in versions.iter() {
        let text = value(version);
        match runs.last_mut() {
            Some((run, known)) if *known == text => run.max = version,
            _ => runs.push((Versions { min: version, max: version }, text)),
        }
    }
    let Some((_, last)) = runs.pop() else { return String::new() };
    let arm = |(at, (run, text)): (usize, &(Versions, String))| match run {
        _ if at == 0 => format!("..={} => {text},\n", run.max),
        Versions { min, max } if min == max => format!("{min} => {text},\n"),
        Versions { min, max } => format!("{min}..={max} => {text},\n"),
    };
    let arms: String = runs.iter().enumerate().map(arm).collect();
    if arms.is_empty() { last } else { format!("match version {{ {arms} _ => {last} }}") }
}

/// The value of a field that nobody set, as an expression.
pub(super) fn default(ctx: Ctx<'_>, field: &Field) -> String {
    let plain = match (&field.ty, &field.default) {
        (_, Default::Null) => return "None".to_owned(),
        (Type::Fixed(fixed), default) => fixed_default(fixed, default),
        (Type::String, Default::Text(text)) => format!("Cow::Borrowed({text:?})"),
        (Type::String, _) => "Cow::Borrowed(\"\")".to_owned(),
        (Type::Bytes, _) => "Cow::Borrowed(&[])".to_owned(),
        (Type::Records, _) => "Records::new()".to_owned(),
        (Type::Struct(_), _) if field.is_optional() => "Box::default()".to_owned(),
        (Type::Struct(name), _) => ctx.default_of(name),
        (Type::Array(Element::Fixed(_)), _) => "FixedArray::new()".to_owned(),
        (Type::Array(_), _) => "Vec::new()".to_owned(),
    };
    if field.is_optional() { format!("Some({plain})") } else { plain }
}

fn fixed_default(fixed: &Fixed, default: &Default) -> String {
    let value = match (default, fixed.primitive) {
        (Default::Int(value), _) => value.to_string(),
        (Default::Float(text), _) => text.clone(),
        (Default::True, _) => "true".to_owned(),
        (Default::Uuid(value), _) => format!("Uuid::from_u128({value:#x})"),
        (_, Primitive::Bool) => "false".to_owned(),
        (_, Primitive::Float64) => "0.0".to_owned(),
        (_, Primitive::Uuid) => "Uuid::ZERO".to_owned(),
        _ => "0".to_owned(),
    };
    fixed.newtype.map_or_else(|| value.clone(), |name| format!("{name}({value})"))
}

/// The test that a field differs from its default.
pub(super) fn differs(ctx: Ctx<'_>, field: &Field) -> String {
    let name = format!("self.{}", names::field(&field.name));
    match (&field.ty, &field.default, field.is_optional()) {
        (_, Default::Null, _) => format!("{name}.is_some()"),
        (Type::Fixed(Fixed { primitive: Primitive::Bool, .. }), Default::True, _) => {
            format!("!{name}")
        }
        (Type::Fixed(Fixed { primitive: Primitive::Bool, .. }), _, _) => name,
        (Type::Fixed(_), _, _) => format!("{name} != {}", default(ctx, field)),
        (Type::String, Default::Text(text), false) => format!("{name} != {text:?}"),
        (Type::String, Default::Text(text), true) => {
            format!("{name}.as_deref() != Some({text:?})")
        }
        (Type::String, _, true) => format!("{name}.as_deref() != Some(\"\")"),
        (Type::Struct(inner), _, true) => {
            format!("{name}.as_deref() != Some(&{})", ctx.default_of(inner))
        }
        (Type::Struct(inner), _, false) => format!("{name} != {}", ctx.default_of(inner)),
        (_, _, true) => format!("{name}.as_ref().is_none_or(|some| !some.is_empty())"),
        (_, _, false) => format!("!{name}.is_empty()"),
    }
}
