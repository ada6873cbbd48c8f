//! The rules that a spec must keep, one function each.

use std::collections::BTreeSet;

use super::{Scope, field};
use crate::specs::model::{Field, Kind, Message};
use crate::specs::versions::Versions;

type Check = Result<(), String>;

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// The rules of a message as a whole.
pub(super) fn message(spec: &Message) -> Check {
    let Message { name, kind, valid, .. } = spec;
    let suffix = match kind {
        Kind::Request => "Request",
        Kind::Response => "Response",
        Kind::Header => "Header",
        Kind::Data => "",
    };
    ensure(name.ends_with(suffix), || format!("the name of a {} ends in {suffix}", kind.name()))?;
    let is_rpc = matches!(kind, Kind::Request | Kind::Response);
    ensure(!is_rpc || spec.api_key.is_some(), || "apiKey is missing".to_owned())?;
    ensure(*kind != Kind::Header || spec.api_key.is_none(), || {
        "a header has no apiKey".to_owned()
    })?;
    let is_request = *kind == Kind::Request;
    ensure(is_request || spec.listeners.is_empty(), || "listeners: requests only".to_owned())?;
    ensure(is_request || !spec.latest_version_unstable, || {
        "latestVersionUnstable: requests only".to_owned()
    })?;
    if valid.is_empty() {
        return ensure(spec.fields.is_empty(), || "fields, but no valid version".to_owned());
    }
    ensure(!valid.is_open(), || "validVersions must have an upper bound".to_owned())?;
    let flexible = spec.flexible.ok_or("flexibleVersions is missing")?;
    ensure(flexible.is_empty() || flexible.is_open(), || {
        format!("flexibleVersions `{flexible}` must be none or open ended")
    })
}

/// The rules of a struct's fields, alone and together.
pub(super) fn fields(parent: &str, fields: &[Field], scope: &Scope<'_>) -> Check {
    let mut names = BTreeSet::new();
    for spec in fields {
        let within = |error: String| format!("{parent}.{}: {error}", spec.name);
        ensure(names.insert(&spec.name), || "is there twice".to_owned()).map_err(within)?;
        for rule in [name, definition, array, tagging, nullability, flexibility, entity] {
            rule(spec, scope).map_err(within)?;
        }
    }
    tags(fields).map_err(|error| format!("{parent}: {error}"))
}

fn name(spec: &Field, _: &Scope<'_>) -> Check {
    let mut letters = spec.name.chars();
    let begins = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    ensure(begins && letters.all(|c| c.is_ascii_alphanumeric()), || {
        "a name is a letter, then letters and digits".to_owned()
    })
}

/// A struct is defined where it is used, or is a common one: never both, never neither.
fn definition(spec: &Field, scope: &Scope<'_>) -> Check {
    let Some(inner) = field::struct_name(&spec.type_name) else {
        return ensure(spec.fields.is_none(), || format!("{} has no fields", spec.type_name));
    };
    ensure(scope.structs.contains_key(inner), || format!("struct `{inner}` is not defined"))
}

fn array(spec: &Field, _: &Scope<'_>) -> Check {
    let element = spec.type_name.strip_prefix("[]").unwrap_or_default();
    ensure(!element.starts_with("[]"), || "an array of arrays cannot be".to_owned())?;
    ensure(element != "records", || "an array of records cannot be".to_owned())
}

fn tagging(spec: &Field, scope: &Scope<'_>) -> Check {
    let (tag, tagged) = match (spec.tag, spec.tagged) {
        (None, None) => return Ok(()),
        (Some(tag), Some(tagged)) => (tag, tagged),
        _ => return Err("tag and taggedVersions stand together or not at all".to_owned()),
    };
    let presence = field::presence(spec)?;
    ensure(tagged.is_open(), || format!("taggedVersions `{tagged}` must be open ended"))?;
    ensure(presence.covers(tagged), || format!("tagged in {tagged}, but present in {presence}"))?;
    let inside = tagged.and(scope.valid);
    ensure(scope.flexible.covers(inside), || {
        format!("tag {tag} in {tagged}, but flexible in {}", scope.flexible)
    })?;
    ensure(!spec.flags.map_key, || "a map key cannot be tagged".to_owned())?;
    ensure(spec.type_name != "records", || "records cannot be tagged".to_owned())?;
    let nullable = spec.nullable.unwrap_or(Versions::NONE);
    let both = nullable.and(tagged);
    ensure(both.is_empty() || nullable.covers(tagged), || {
        format!("nullable in {nullable}, a part of the tagged versions {tagged}")
    })
}

fn nullability(spec: &Field, _: &Scope<'_>) -> Check {
    let ty = spec.type_name.as_str();
    let can = ["string", "bytes", "records"].contains(&ty)
        || ty.starts_with("[]")
        || field::struct_name(ty).is_some();
    ensure(can || spec.nullable.is_none(), || format!("{ty} cannot be null"))
}

fn flexibility(spec: &Field, scope: &Scope<'_>) -> Check {
    let ty = spec.type_name.as_str();
    ensure(!spec.flags.zero_copy || ty == "bytes", || "zeroCopy: bytes only".to_owned())?;
    let Some(own) = spec.flexible else { return Ok(()) };
    let has_length = ["string", "bytes"].contains(&ty);
    ensure(has_length, || "flexibleVersions: strings and bytes only".to_owned())?;
    ensure(scope.flexible.covers(own.and(scope.valid)), || {
        format!("flexible in {own}, but the message in {}", scope.flexible)
    })
}

fn entity(spec: &Field, _: &Scope<'_>) -> Check {
    let Some(entity) = spec.entity_type.as_deref() else { return Ok(()) };
    let element = spec.type_name.strip_prefix("[]").unwrap_or(&spec.type_name);
    let expected = match entity {
        "transactionalId" | "groupId" | "topicName" => "string",
        "producerId" => "int64",
        "brokerId" => "int32",
        _ => return Err(format!("entityType `{entity}` is not known")),
    };
    ensure(element == expected, || format!("entityType {entity} is a {expected}, not {element}"))
}

/// The tags of a struct are 0, 1, 2, … in any order.
fn tags(fields: &[Field]) -> Check {
    let mut seen = BTreeSet::new();
    for spec in fields {
        let Some(tag) = spec.tag else { continue };
        ensure(seen.insert(tag), || format!("{}: tag {tag} is taken", spec.name))?;
    }
    let gap = seen.iter().zip(0..).find(|(tag, expected)| **tag != *expected);
    gap.map_or(Ok(()), |(tag, expected)| Err(format!("tag {tag} stands where {expected} should")))
}
