//! The tables over all messages: the API keys and the catalogue.

use std::collections::BTreeMap;

use super::super::groups;
use super::super::ir::{Kind, Message};
use super::types::key;
use crate::specs::model;

/// What one API key stands for.
struct Api<'a> {
    name: &'a str,
    request: Option<&'a Message>,
    response: Option<&'a Message>,
    listeners: &'a [String],
}

/// `api_key.rs`: the keys as an enum and one row for each.
pub(super) fn api_keys(specs: &[model::Message], messages: &[Message]) -> Result<String, String> {
    let mut apis: BTreeMap<i16, Api<'_>> = BTreeMap::new();
    for spec in specs.iter().filter(|spec| spec.kind == Kind::Request) {
        let name = spec.name.strip_suffix("Request").unwrap_or(&spec.name);
        let of_kind =
            |kind| messages.iter().find(|one| one.kind == kind && one.api_key == spec.api_key);
        let (request, response) = (of_kind(Kind::Request), of_kind(Kind::Response));
        let api = Api { name, request, response, listeners: &spec.listeners };
        apis.insert(spec.api_key.unwrap_or(-1), api);
    }
    let variants: String = apis.iter().map(|(key, api)| variant(*key, api)).collect();
    let rows: String = apis.values().map(row).collect::<Result<_, _>>()?;
    Ok(format!(
        "//! The API keys, and what the specs say about each.\n\n\
         use crate::api::{{ApiInfo, Listener}};\nuse crate::message::VersionRange;\n\n\
         /// Every API key that the specs name, those of removed APIs included.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n\
         #[repr(i16)]\npub enum ApiKey {{ {variants} }}\n\n\
         /// One row per API, in the order of the keys.\n\
         pub(crate) const APIS: &[ApiInfo] = &[ {rows} ];\n"
    ))
}

fn variant(key: i16, api: &Api<'_>) -> String {
    let versions = match api.request {
        None => "removed, its key is reserved".to_owned(),
        Some(request) => format!("versions {}", request.valid),
    };
    let name = api.name;
    format!("/// `{name}`: {versions}.\n{name} = {key},\n")
}

fn row(api: &Api<'_>) -> Result<String, String> {
    let versions = api.request.map(|one| one.valid);
    let versions = versions.map_or("None".to_owned(), |valid| {
        format!("Some(VersionRange::new({}, {}))", valid.min, valid.max)
    });
    let some =
        |first: Option<i16>| first.map_or("None".to_owned(), |version| format!("Some({version})"));
    let header_from = |message: Option<&Message>| {
        let first = message.map(header_with_tags_from).transpose()?;
        Ok::<String, String>(some(first.flatten()))
    };
    let listeners: Vec<String> = api.listeners.iter().map(|name| listener(name)).collect();
    Ok(format!(
        "ApiInfo {{ key: ApiKey::{name}, name: \"{name}\", versions: {versions}, \
         latest_version_unstable: {}, first_flexible: {}, request_header_v2_from: {}, \
         response_header_v1_from: {}, listeners: &[{}] }},\n",
        api.request.is_some_and(|one| one.latest_version_unstable),
        some(api.request.and_then(first_flexible)),
        header_from(api.request)?,
        header_from(api.response)?,
        listeners.join(", "),
        name = api.name,
    ))
}

fn first_flexible(message: &Message) -> Option<i16> {
    Some(message.flexible.min).filter(|_| !message.flexible.is_empty())
}

/// The first version whose header ends with tags: as the spec states, or by the rule that it does
/// where the body does.
fn header_with_tags_from(message: &Message) -> Result<Option<i16>, String> {
    if !message.header_versions.is_empty() {
        return stated_header(message).map_err(|error| format!("{}.json: {error}", message.name));
    }
    // The response to ApiVersions must be readable before any version is known: its header never
    // has tags.
    let is_exempt = message.name == "ApiVersionsResponse";
    Ok(first_flexible(message).filter(|_| !is_exempt))
}

/// What `headerVersions` says, which must be one step from the header without tags to the other.
fn stated_header(message: &Message) -> Result<Option<i16>, String> {
    let plain = if message.kind == Kind::Request { 1 } else { 0 };
    let stated = |version: i16| {
        let mut ranges = message.header_versions.iter();
        ranges.find(|range| range.versions.contains(version)).map_or(-1, |range| range.header)
    };
    let mut first = None;
    for version in message.valid.iter() {
        match stated(version) {
            header if header == plain && first.is_none() => {}
            header if header == plain + 1 => first = first.or(Some(version)),
            header => {
                return Err(format!(
                    "header version {header} of version {version} is not supported yet"
                ));
            }
        }
    }
    Ok(first)
}

fn listener(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    format!("Listener::{}", first.into_iter().chain(letters).collect::<String>())
}

/// `catalogue.rs`: one entry per message, for programs that learn the message at run time.
pub(super) fn catalogue(messages: &[Message]) -> Result<String, String> {
    let mut entries = String::new();
    for message in messages {
        let gate = groups::group(message)?;
        let gate = gate.map(|group| format!("#[cfg(feature = \"{group}\")]\n")).unwrap_or_default();
        let kind = match message.kind {
            Kind::Request => format!("Kind::Request({})", key(message)),
            Kind::Response => format!("Kind::Response({})", key(message)),
            Kind::Header => "Kind::Header".to_owned(),
            Kind::Data => "Kind::Data".to_owned(),
        };
        let lifetime = if message.root().borrows { "<'_>" } else { "" };
        let path = format!("super::{}::{}{lifetime}", super::module(message), message.name);
        entries.push_str(&format!("{gate}entry!({path}, {kind}),\n"));
    }
    Ok(format!(
        "//! Every message that the features switch on, by name and kind.\n\n\
         use crate::catalogue::{{Entry, Kind, entry}};\n\
         #[cfg_attr(not(feature = \"all\"), allow(unused_imports, reason = \"no API, no key\"))]\n\
         use crate::generated::api_key::ApiKey;\n\n\
         /// Requests and responses by key, then headers and data by name.\n\
         pub(crate) const ENTRIES: &[Entry] = &[ {entries} ];\n"
    ))
}
