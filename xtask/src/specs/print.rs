//! From [`Message`] to the normalised text: one field a line, keys in one order, nothing else.

use serde_json::Value;

use super::model::{Field, HeaderRange, Message};
use super::versions::Versions;

/// The normalised text of a spec, ended by a newline.
pub(crate) fn message(message: &Message) -> String {
    let mut entries = vec![entry("name", &text(&message.name))];
    entries.push(entry("type", &text(message.kind.name())));
    entries.extend(message.api_key.map(|key| entry("apiKey", &key.to_string())));
    if !message.listeners.is_empty() {
        let names: Vec<String> = message.listeners.iter().map(|name| text(name)).collect();
        entries.push(entry("listeners", &format!("[{}]", names.join(", "))));
    }
    entries.push(entry("validVersions", &range(message.valid)));
    entries.extend(message.flexible.map(|versions| entry("flexibleVersions", &range(versions))));
    if !message.header_versions.is_empty() {
        let ranges: Vec<String> = message.header_versions.iter().map(header_range).collect();
        entries.push(entry("headerVersions", &format!("{{ {} }}", ranges.join(", "))));
    }
    if message.latest_version_unstable {
        entries.push(entry("latestVersionUnstable", "true"));
    }
    if !message.common_structs.is_empty() {
        let structs: Vec<String> = message.common_structs.iter().map(common_struct).collect();
        entries.push(entry("commonStructs", &list(&structs, 1)));
    }
    if !message.valid.is_empty() {
        entries.push(entry("fields", &fields(&message.fields, 1)));
    }
    format!("{{\n  {}\n}}\n", entries.join(",\n  "))
}

fn header_range(range: &HeaderRange) -> String {
    entry(&range.versions.to_string(), &text(&range.header.to_string()))
}

fn common_struct(one: &super::model::Struct) -> String {
    let head = [entry("name", &text(&one.name)), entry("versions", &range(one.versions))];
    format!("{{ {}, \"fields\": {} }}", head.join(", "), fields(&one.fields, 2))
}

fn fields(all: &[Field], depth: usize) -> String {
    let lines: Vec<String> = all.iter().map(|one| field(one, depth.saturating_add(1))).collect();
    list(&lines, depth)
}

fn field(field: &Field, depth: usize) -> String {
    let ranges = [
        ("versions", field.versions),
        ("nullableVersions", field.nullable),
        ("taggedVersions", field.tagged),
        ("flexibleVersions", field.flexible),
    ];
    let flags = [
        ("ignorable", field.flags.ignorable),
        ("mapKey", field.flags.map_key),
        ("zeroCopy", field.flags.zero_copy),
    ];
    let mut entries = vec![entry("name", &text(&field.name))];
    entries.push(entry("type", &text(&field.type_name)));
    entries.extend(
        ranges.iter().filter_map(|(key, value)| value.map(|value| entry(key, &range(value)))),
    );
    entries.extend(field.tag.map(|tag| entry("tag", &tag.to_string())));
    entries.extend(field.default.as_ref().map(|value| entry("default", &text(value))));
    entries.extend(flags.iter().filter(|(_, set)| *set).map(|(key, _)| entry(key, "true")));
    entries.extend(field.entity_type.as_ref().map(|value| entry("entityType", &text(value))));
    entries.extend(field.fields.as_ref().map(|inner| entry("fields", &fields(inner, depth))));
    format!("{{ {} }}", entries.join(", "))
}

fn list(items: &[String], depth: usize) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let outer = "  ".repeat(depth);
    format!("[\n{outer}  {}\n{outer}]", items.join(&format!(",\n{outer}  ")))
}

fn entry(key: &str, value: &str) -> String {
    format!("\"{key}\": {value}")
}

fn text(value: &str) -> String {
    Value::from(value).to_string()
}

fn range(versions: Versions) -> String {
    text(&versions.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    const UPSTREAM: &str = r#"// A licence.
        { "apiKey": 3, "type": "request", "listeners": ["broker"], "name": "ARequest",
          // Version 1 says more.
          "validVersions": "0-1", "flexibleVersions": "1+", "latestVersionUnstable": true,
          "headerVersions": { "2-9": 2, "10+": "3", "0-1": "1" },
          "commonStructs": [{ "name": "S", "versions": "0+", "fields": [
            { "name": "X", "type": "int32", "versions": "0+", "about": "Prose \"here\"." }]}],
          "fields": [{ "name": "T", "type": "[]Inner", "versions": "0+", "nullableVersions": "1+",
            "fields": [{ "name": "Y", "type": "S", "versions": "1+", "tag": "0",
              "taggedVersions": "1+", "ignorable": true, "default": "null" }]}] }"#;

    #[test]
    fn the_normalised_text_states_the_same_facts_and_no_prose() {
        let message = parse::message("A.json", UPSTREAM).unwrap();
        let printed = super::message(&message);
        assert_eq!(parse::message("A.json", &printed).unwrap(), message);
        assert!(!printed.contains("Prose") && !printed.contains("//"), "{printed}");
    }

    #[test]
    fn printing_twice_gives_the_same_text() {
        let printed = super::message(&parse::message("A.json", UPSTREAM).unwrap());
        assert_eq!(super::message(&parse::message("A.json", &printed).unwrap()), printed);
        assert!(printed.lines().any(|line| line.starts_with("    { \"name\": \"T\"")), "{printed}");
        assert!(
            printed.contains("{ \"0-1\": \"1\", \"2-9\": \"2\", \"10+\": \"3\" }"),
            "{printed}"
        );
    }
}
