//! What an answer to Produce says of leaders and of where they are (KIP-951).

use klamm_cluster::HostPort;
use klamm_cluster::metadata::{Broker, Hint, LeaderAt, TopicRef};
use klamm_protocol::produce::ProduceResponse;
use klamm_protocol::produce::response::TopicProduceResponse;
use klamm_wire::{ErrorCode, NodeId, TopicId};

/// The hints in an answer; `find` knows which topic of the request is meant, and the id under which
/// it was asked for.
pub(crate) fn leaders(
    body: &ProduceResponse<'_>,
    find: impl Fn(&TopicProduceResponse<'_>) -> Option<(TopicRef, TopicId)>,
) -> Vec<Hint> {
    let mut hints = Vec::new();
    for topic in &body.responses {
        for said in &topic.partition_responses {
            let leader = &said.current_leader;
            if said.error_code == ErrorCode::NONE || leader.leader_id.0 < 0 {
                continue;
            }
            let Some((of, id)) = find(topic) else { continue };
            let leader = LeaderAt { node: leader.leader_id, epoch: leader.leader_epoch };
            hints.push(Hint { topic: of, id, partition: said.index, leader });
        }
    }
    hints
}

/// The brokers that an answer tells the addresses of; those whose address is none are left out.
pub(crate) fn brokers(body: &ProduceResponse<'_>) -> Vec<(NodeId, Broker)> {
    let known = body.node_endpoints.iter().filter_map(|endpoint| {
        let host = HostPort::new(&endpoint.host, endpoint.port).ok()?;
        let rack = endpoint.rack.as_deref().map(str::to_owned);
        Some((endpoint.node_id, Broker { host, rack }))
    });
    known.collect()
}
