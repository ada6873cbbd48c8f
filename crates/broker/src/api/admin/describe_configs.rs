//! DescribeConfigs: the settings of topics and nodes.

use std::borrow::Cow;

use klamm_protocol::describe_configs::request::DescribeConfigsResource;
use klamm_protocol::describe_configs::response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use klamm_protocol::describe_configs::{DescribeConfigsRequest, DescribeConfigsResponse};
use klamm_wire::ErrorCode;

use super::settings::{self, Shown};
use super::{bare, owned};
use crate::api::{Call, Outcome};
use crate::cluster::{Refusal, name_fault};
use crate::security::acl::{Operation, Resource};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;
const BROKER_LOGGER: i8 = 8;
const CLIENT_METRICS: i8 = 16;
const GROUP: i8 = 32;

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &DescribeConfigsRequest<'_>) -> Outcome {
    let results = request.resources.iter().map(|resource| {
        let found = find(call, resource);
        answer(resource, found, request.include_synonyms)
    });
    let results = results.collect();
    call.answer(&DescribeConfigsResponse { results, ..DescribeConfigsResponse::default() })
}

fn find(call: &Call<'_>, resource: &DescribeConfigsResource<'_>) -> Result<Vec<Shown>, Refusal> {
    let name = resource.resource_name.as_ref();
    let (about, why) = match resource.resource_type {
        TOPIC => (Resource::Topic(name), "Topic authorization failed."),
        GROUP => (Resource::Group(name), "Group authorization failed."),
        _ => (Resource::Cluster, "Cluster authorization failed."),
    };
    let allowed = call.check(Operation::DescribeConfigs, about);
    allowed.map_err(|code| Refusal::new(code, why))?;
    match resource.resource_type {
        TOPIC => of_topic(call, name),
        BROKER if name.is_empty() => Ok(Vec::new()),
        BROKER => {
            let node = this_node(call, name, " or empty string, but")?;
            Ok(settings::of_node(node, &call.state.settings))
        }
        BROKER_LOGGER => this_node(call, name, " but").map(|_| Vec::new()),
        CLIENT_METRICS | GROUP => Ok(Vec::new()),
        _ => Err(bare(ErrorCode::INVALID_REQUEST)),
    }
}

fn of_topic(call: &Call<'_>, name: &str) -> Result<Vec<Shown>, Refusal> {
    if let Some(fault) = name_fault(name) {
        return Err(Refusal::new(ErrorCode::INVALID_TOPIC_EXCEPTION, fault));
    }
    let topic = call.state.topics.get(name);
    let topic = topic.ok_or_else(|| bare(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
    let defaults = &call.state.settings.topics.settings;
    Ok(settings::of_topic(&topic.settings, &topic.spoken, defaults))
}

/// The node that is asked, if it is the one that is named: nodes know of themselves alone.
fn this_node(call: &Call<'_>, name: &str, allowed: &str) -> Result<i32, Refusal> {
    let refused = |why| Refusal::new(ErrorCode::INVALID_REQUEST, why);
    let node = name.parse::<i32>();
    let node =
        node.map_err(|_| refused(format!("Broker id must be an integer, but it is: {name}")))?;
    let this = call.node().0;
    if node == this {
        Ok(node)
    } else {
        let why = format!("Unexpected broker id, expected {this}{allowed} received {name}");
        Err(refused(why))
    }
}

fn answer(
    resource: &DescribeConfigsResource<'_>,
    found: Result<Vec<Shown>, Refusal>,
    with_synonyms: bool,
) -> DescribeConfigsResult<'static> {
    let (error_code, why, shown) = match found {
        Ok(shown) => (ErrorCode::NONE, None, shown),
        Err(refusal) => (refusal.code, refusal.text, Vec::new()),
    };
    let keys = resource.configuration_keys.as_deref().filter(|keys| !keys.is_empty());
    let is_wanted =
        |one: &Shown| keys.is_none_or(|keys| keys.iter().any(|key| key.as_ref() == one.name));
    let shown = shown.into_iter().filter(is_wanted);
    DescribeConfigsResult {
        error_code,
        error_message: Some(Cow::Owned(why.unwrap_or_default())),
        resource_type: resource.resource_type,
        resource_name: owned(&resource.resource_name),
        configs: shown.map(|one| config(one, with_synonyms)).collect(),
        ..DescribeConfigsResult::default()
    }
}

fn config(shown: Shown, with_synonyms: bool) -> DescribeConfigsResourceResult<'static> {
    let synonyms = shown.synonyms.into_iter().filter(|_| with_synonyms);
    let synonyms = synonyms.map(|one| DescribeConfigsSynonym {
        name: one.name.into(),
        value: Some(Cow::Owned(one.value)),
        source: one.source as i8,
        ..DescribeConfigsSynonym::default()
    });
    DescribeConfigsResourceResult {
        name: shown.name.into(),
        value: shown.value.map(Cow::Owned),
        read_only: shown.read_only,
        config_source: shown.source as i8,
        synonyms: synonyms.collect(),
        config_type: shown.value_type as i8,
        documentation: None,
        ..DescribeConfigsResourceResult::default()
    }
}
