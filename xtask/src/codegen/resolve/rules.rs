//! The rules that a spec must keep, one function each.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names;
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
    api_key(spec)?;
    requests_only(spec)?;
    header_versions(spec)?;
    if valid.is_empty() {
        let is_bare = spec.fields.is_empty() && spec.common_structs.is_empty();
        return ensure(is_bare, || "fields, but no valid version".to_owned());
    }
    ensure(!valid.is_open(), || "validVersions must have an upper bound".to_owned())?;
    let flexible = spec.flexible.ok_or("flexibleVersions is missing")?;
    ensure(flexible.is_empty() || flexible.is_open(), || {
        format!("flexibleVersions `{flexible}` must be none or open ended")
    })
}

fn api_key(spec: &Message) -> Check {
    let is_rpc = matches!(spec.kind, Kind::Request | Kind::Response);
    let Some(key) = spec.api_key else {
        return ensure(!is_rpc, || "apiKey is missing".to_owned());
    };
    ensure(spec.kind != Kind::Header, || "a header has no apiKey".to_owned())?;
    ensure(key >= 0, || format!("apiKey {key} is negative"))
}

fn requests_only(spec: &Message) -> Check {
    let is_request = spec.kind == Kind::Request;
    ensure(is_request || spec.listeners.is_empty(), || "listeners: requests only".to_owned())?;
    ensure(is_request || !spec.latest_version_unstable, || {
        "latestVersionUnstable: requests only".to_owned()
    })?;
    let stranger =
        spec.listeners.iter().find(|name| !["broker", "controller"].contains(&name.as_str()));
    stranger.map_or(Ok(()), |name| Err(format!("listener `{name}` is not known")))
}

/// The ranges of `headerVersions` follow one another from the first version without an end.
fn header_versions(spec: &Message) -> Check {
    let ranges = &spec.header_versions;
    let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else { return Ok(()) };
    ensure(matches!(spec.kind, Kind::Request | Kind::Response), || {
        "headerVersions: requests and responses only".to_owned()
    })?;
    let begin = first.versions.min;
    ensure(begin == 0 || begin == spec.valid.min, || {
        format!("headerVersions begin at {begin}, neither at 0 nor at the first valid version")
    })?;
    for (one, next) in ranges.iter().zip(ranges.iter().skip(1)) {
        let (one, next) = (one.versions, next.versions);
        ensure(one.max.checked_add(1) == Some(next.min), || {
            format!("headerVersions: {one} is not followed by {next}")
        })?;
    }
    let last = last.versions;
    ensure(last.is_open(), || format!("headerVersions: the last range, {last}, must be open ended"))
}

/// The rules of a struct's fields, alone and together.
pub(super) fn fields(parent: &str, fields: &[Field], scope: &Scope<'_>) -> Check {
    distinct_names(fields).map_err(|error| format!("{parent}.{error}"))?;
    for spec in fields {
        for rule in [name, array, definition, tagging, nullability, flexibility, entity] {
            rule(spec, scope).map_err(|error| format!("{parent}.{}: {error}", spec.name))?;
        }
    }
    tags(fields).map_err(|error| format!("{parent}.{error}"))
}

/// Two names must also differ in Rust, where every flexible struct has `unknown_tags` already.
fn distinct_names(fields: &[Field]) -> Check {
    let mut seen = BTreeSet::new();
    let mut in_rust = BTreeSet::from(["unknown_tags".to_owned()]);
    for Field { name, .. } in fields {
        ensure(seen.insert(name), || format!("{name}: is there twice"))?;
        let rust = names::snake(name);
        ensure(in_rust.insert(rust.clone()), || format!("{name}: `{rust}` is taken in Rust"))?;
    }
    Ok(())
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
    let is_common = scope.get(inner)?.is_common;
    ensure(spec.fields.is_some() || is_common, || format!("struct `{inner}` is not a common one"))
}

fn array(spec: &Field, _: &Scope<'_>) -> Check {
    let element = spec.type_name.strip_prefix("[]").unwrap_or_default();
    ensure(!element.starts_with("[]"), || "an array of arrays cannot be".to_owned())?;
    ensure(element != "records", || "an array of records cannot be".to_owned())?;
    let has_array = !["bool", "uint16", "uint32", "float64"].contains(&element);
    ensure(has_array, || format!("an array of {element} is not supported yet"))
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
    let nullable = spec.nullable.unwrap_or(Versions::NONE);
    ensure(can || nullable.is_empty(), || format!("{ty} cannot be null"))
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
    ensure(element == expected, || {
        format!("entityType {entity} goes with {expected}, not {element}")
    })
}

/// The tags of a struct are 0, 1, 2, … in any order.
fn tags(fields: &[Field]) -> Check {
    let mut seen = BTreeMap::new();
    for Field { name, tag, .. } in fields {
        let Some(tag) = *tag else { continue };
        let taken = seen.insert(tag, name);
        ensure(taken.is_none(), || format!("{name}: tag {tag} is taken"))?;
    }
    let gap = seen.iter().zip(0..).find(|((tag, _), expected)| **tag != *expected);
    gap.map_or(Ok(()), |((tag, name), expected)| {
        Err(format!("{name}: tag {tag} stands where {expected} should"))
    })
}
