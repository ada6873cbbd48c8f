//! What another release of Kafka changes: APIs, version ranges, fields.

use std::collections::BTreeMap;

use super::model::{Field, Message};
use super::{import, load};
use crate::support::Outcome;

/// Prints the changes from the imported release to another one.
pub(super) fn run(version: &str) -> Outcome {
    let ours: Vec<Message> = load()?.into_iter().map(|source| source.message).collect();
    let (theirs, _) = import::release(version)?;
    let changes = changes(&ours, &theirs);
    println!("from {} to {version}: {} changes", super::version()?, changes.len());
    for change in changes {
        println!("{change}");
    }
    Ok(())
}

/// One line per change, in the order of message names.
fn changes(from: &[Message], to: &[Message]) -> Vec<String> {
    let mut lines = Vec::new();
    pairs(
        from,
        to,
        |message| message.name.clone(),
        |name, pair| match pair {
            (Some(_), None) => lines.push(format!("- {name}: removed")),
            (None, Some(new)) => {
                lines.push(format!(
                    "+ {name}: added, key {:?}, versions {}",
                    new.api_key, new.valid
                ));
            }
            (Some(old), Some(new)) => lines.extend(message_changes(name, old, new)),
            (None, None) => {}
        },
    );
    lines
}

fn message_changes(name: &str, old: &Message, new: &Message) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fact = |what: &str, old: String, new: String| {
        if old != new {
            lines.push(format!("~ {name}: {what} {old} -> {new}"));
        }
    };
    fact("valid versions", old.valid.to_string(), new.valid.to_string());
    fact("flexible versions", format!("{:?}", old.flexible), format!("{:?}", new.flexible));
    let unstable = |message: &Message| message.latest_version_unstable.to_string();
    fact("latest version unstable", unstable(old), unstable(new));
    fact("header versions", header_versions(old), header_versions(new));
    fact("listeners", old.listeners.join(", "), new.listeners.join(", "));
    lines.extend(field_changes(name, &flattened(old), &flattened(new)));
    lines
}

fn header_versions(message: &Message) -> String {
    let ranges = message.header_versions.iter();
    let ranges: Vec<String> =
        ranges.map(|one| format!("{}: {}", one.versions, one.header)).collect();
    if ranges.is_empty() { "unstated".to_owned() } else { ranges.join(", ") }
}

fn field_changes(message: &str, old: &[Flat], new: &[Flat]) -> Vec<String> {
    let mut lines = Vec::new();
    pairs(
        old,
        new,
        |field| field.path.clone(),
        |path, pair| match pair {
            (Some(_), None) => lines.push(format!("- {message}.{path}: removed")),
            (None, Some(new)) => lines.push(format!("+ {message}.{path}: {}", new.facts)),
            (Some(old), Some(new)) if old.facts != new.facts => {
                lines.push(format!("~ {message}.{path}: {} -> {}", old.facts, new.facts));
            }
            _ => {}
        },
    );
    lines
}

/// A field with its full path and its facts as one text.
struct Flat {
    path: String,
    facts: String,
}

fn flattened(message: &Message) -> Vec<Flat> {
    let mut flat = Vec::new();
    for shared in &message.common_structs {
        flatten(&shared.name, &shared.fields, &mut flat);
    }
    flatten("", &message.fields, &mut flat);
    flat
}

fn flatten(prefix: &str, fields: &[Field], into: &mut Vec<Flat>) {
    for field in fields {
        let dot = if prefix.is_empty() { "" } else { "." };
        let path = format!("{prefix}{dot}{}", field.name);
        let facts = facts(field);
        flatten(&path, field.fields.as_deref().unwrap_or_default(), into);
        into.push(Flat { path, facts });
    }
}

fn facts(field: &Field) -> String {
    let range = |name: &str, range: Option<super::versions::Versions>| {
        range.map(|range| format!(" {name} {range}")).unwrap_or_default()
    };
    [
        field.type_name.clone(),
        range("versions", field.versions),
        range("nullable", field.nullable),
        field.tag.map(|tag| format!(" tag {tag}")).unwrap_or_default(),
        range("tagged", field.tagged),
        range("flexible", field.flexible),
        field.default.as_ref().map(|value| format!(" default {value}")).unwrap_or_default(),
        if field.flags.ignorable { " ignorable".to_owned() } else { String::new() },
    ]
    .concat()
}

/// Walks two lists side by side by key, in the order of the keys.
fn pairs<'a, T>(
    from: &'a [T],
    to: &'a [T],
    key: impl Fn(&T) -> String,
    mut visit: impl FnMut(&str, (Option<&'a T>, Option<&'a T>)),
) {
    let mut all: BTreeMap<String, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for item in from {
        all.entry(key(item)).or_default().0 = Some(item);
    }
    for item in to {
        all.entry(key(item)).or_default().1 = Some(item);
    }
    for (name, pair) in all {
        visit(&name, pair);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{model::Message, parse};
    use super::changes;

    fn spec(name: &str, valid: &str, fields: &str) -> Message {
        let text = format!(
            r#"{{ "type": "data", "name": "{name}", "validVersions": "{valid}",
                "flexibleVersions": "none", "fields": [{fields}] }}"#
        );
        parse::message("spec.json", &text).unwrap()
    }

    #[test]
    fn equal_releases_have_no_changes() {
        let one = [spec("A", "0", r#"{ "name": "F", "type": "int8", "versions": "0+" }"#)];
        assert!(changes(&one, &one).is_empty());
    }

    #[test]
    fn apis_ranges_and_fields_are_told_apart() {
        let from = [
            spec("A", "0", r#"{ "name": "F", "type": "int8", "versions": "0+" }"#),
            spec("B", "0", ""),
        ];
        let to = [
            spec(
                "A",
                "0-1",
                r#"{ "name": "F", "type": "int8", "versions": "0+", "ignorable": true },
                   { "name": "G", "type": "int16", "versions": "1+" }"#,
            ),
            spec("C", "2", ""),
        ];
        assert_eq!(
            changes(&from, &to),
            [
                "~ A: valid versions 0 -> 0-1",
                "~ A.F: int8 versions 0+ -> int8 versions 0+ ignorable",
                "+ A.G: int16 versions 1+",
                "- B: removed",
                "+ C: added, key None, versions 2",
            ]
        );
    }
}
