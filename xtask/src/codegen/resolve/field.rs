//! One field: its type, its ranges within its struct, its default.

use super::super::ir::{Element, Field, Fixed, Primitive, Tag, Type};
use super::super::{defaults, names};
use super::Scope;
use crate::specs::model;
use crate::specs::versions::Versions;

/// The versions that carry a field, before they are clipped.
pub(super) fn presence(spec: &model::Field) -> Result<Versions, String> {
    spec.versions.or(spec.tagged).ok_or_else(|| "versions is missing".to_owned())
}

/// The struct that a type names, be it alone or in an array.
pub(super) fn struct_name(type_name: &str) -> Option<&str> {
    let name = type_name.strip_prefix("[]").unwrap_or(type_name);
    name.starts_with(|first: char| first.is_ascii_uppercase()).then_some(name)
}

/// Resolves a field; `None` where no version of its struct has it.
pub(super) fn resolve(
    parent: &str,
    spec: &model::Field,
    versions: Versions,
    scope: &Scope<'_>,
) -> Result<Option<Field>, String> {
    let ty = type_of(parent, spec)?;
    let declared = presence(spec)?;
    let nullable = spec.nullable.unwrap_or(Versions::NONE);
    let default = defaults::parse(spec.default.as_deref(), &ty, nullable.covers(declared))?;
    let presence = declared.and(versions);
    let tag = spec.tag.zip(spec.tagged);
    Ok((!presence.is_empty()).then(|| Field {
        name: spec.name.clone(),
        compact: scope.flexible.and(spec.flexible.unwrap_or(Versions::ALL)).and(presence),
        nullable: nullable.and(presence),
        tag: tag.map(|(number, tagged)| Tag { number, versions: tagged.and(presence) }),
        ignorable: spec.flags.ignorable,
        ty,
        presence,
        default,
    }))
}

fn type_of(parent: &str, spec: &model::Field) -> Result<Type, String> {
    let name = spec.type_name.as_str();
    let unknown = || format!("type `{name}` is not known");
    if let Some(element) = name.strip_prefix("[]") {
        return Ok(Type::Array(match element {
            "string" => Element::String,
            "bytes" => Element::Bytes,
            _ if struct_name(element).is_some() && !element.starts_with("[]") => {
                Element::Struct(element.to_owned())
            }
            _ => Element::Fixed(fixed(parent, spec, element).ok_or_else(unknown)?),
        }));
    }
    Ok(match name {
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "records" => Type::Records,
        _ if struct_name(name).is_some() => Type::Struct(name.to_owned()),
        _ => Type::Fixed(fixed(parent, spec, name).ok_or_else(unknown)?),
    })
}

fn fixed(parent: &str, spec: &model::Field, name: &str) -> Option<Fixed> {
    let primitive = Primitive::parse(name)?;
    let entity = spec.entity_type.as_deref();
    Some(Fixed { primitive, newtype: names::newtype(parent, &spec.name, primitive, entity) })
}
