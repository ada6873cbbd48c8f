//! DescribeCluster: the name of the cluster, its nodes, and the one that decides.

use std::borrow::Cow;

use klamm_protocol::describe_cluster::response::DescribeClusterBroker;
use klamm_protocol::describe_cluster::{DescribeClusterRequest, DescribeClusterResponse};
use klamm_wire::{ErrorCode, NodeId};

use crate::api::leaders::reached;
use crate::api::{Call, Outcome};

/// The kinds of endpoints: those of brokers, and those of controllers, which this cluster has not.
const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;
/// Where the operations that are allowed were not asked for.
const NOT_ASKED: i32 = i32::MIN;

pub(in crate::api) fn serve(call: &mut Call<'_>, request: &DescribeClusterRequest<'_>) -> Outcome {
    let (error_code, why) = match request.endpoint_type {
        BROKERS => return call.answer(&described(call, request)),
        CONTROLLERS => (
            ErrorCode::MISMATCHED_ENDPOINT_TYPE,
            "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of \
             type CONTROLLER"
                .to_owned(),
        ),
        other => {
            (ErrorCode::UNSUPPORTED_ENDPOINT_TYPE, format!("Unsupported endpoint type {other}"))
        }
    };
    call.answer(&DescribeClusterResponse {
        error_code,
        error_message: Some(Cow::Owned(why)),
        controller_id: NodeId::NONE,
        cluster_authorized_operations: NOT_ASKED,
        ..DescribeClusterResponse::default()
    })
}

fn described(
    call: &Call<'_>,
    request: &DescribeClusterRequest<'_>,
) -> DescribeClusterResponse<'static> {
    let asked = request.include_cluster_authorized_operations;
    DescribeClusterResponse {
        cluster_id: Cow::Owned(call.state.settings.cluster_id.clone()),
        controller_id: call.state.controller(),
        brokers: brokers(call, request.include_fenced_brokers),
        cluster_authorized_operations: if asked { call.operations_on_cluster() } else { NOT_ASKED },
        ..DescribeClusterResponse::default()
    }
}

/// The nodes that are up, or all of them.
fn brokers(call: &Call<'_>, with_fenced: bool) -> Vec<DescribeClusterBroker<'static>> {
    let listener = call.session.listener;
    let wanted = call.state.nodes.iter().filter(|(_, node)| with_fenced || node.is_alive());
    let reachable = wanted.filter_map(|(id, node)| {
        let at = reached(call.state, listener, *id)?;
        Some(DescribeClusterBroker {
            broker_id: at.node,
            host: at.host,
            port: at.port,
            rack: at.rack,
            is_fenced: !node.is_alive(),
            ..DescribeClusterBroker::default()
        })
    });
    reachable.collect()
}
