//! What happens to a cluster while it serves: leaders move, nodes freeze, die and come back.

use std::time::Duration;

use klamm_broker::Cluster;
use klamm_broker::cluster::Restart;
use klamm_broker::server::TestCluster;
use klamm_wire::NodeId;
use tokio::time::{Instant, sleep, sleep_until};

/// How long a node is away.
const AWAY: Duration = Duration::from_millis(500);

/// How often what happens; never, if nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Disturbances {
    pub(crate) moves: Option<Duration>,
    pub(crate) freezes: Option<Duration>,
    pub(crate) kills: Option<Duration>,
}

/// One kind of disturbance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Move,
    Freeze,
    Kill,
}

impl Disturbances {
    /// Disturbs the cluster for ever, one thing after the other.
    pub(crate) async fn go_on(self, cluster: &mut TestCluster) -> std::io::Error {
        let begun = Instant::now();
        let wanted =
            [(Kind::Move, self.moves), (Kind::Freeze, self.freezes), (Kind::Kill, self.kills)];
        let mut due: Vec<(Instant, Duration, Kind)> = wanted
            .into_iter()
            .filter_map(|(kind, every)| every.map(|every| (begun + every, every, kind)))
            .collect();
        let nodes = cluster.nodes();
        let mut turn = nodes.iter().copied().cycle();
        loop {
            let Some(next) = due.iter_mut().min_by_key(|(at, ..)| *at) else {
                return std::future::pending().await;
            };
            let kind = next.2;
            sleep_until(next.0).await;
            next.0 += next.1;
            let Some(node) = turn.next() else { continue };
            if let Err(error) = disturb(cluster, kind, node).await {
                return error;
            }
        }
    }
}

async fn disturb(cluster: &mut TestCluster, kind: Kind, node: NodeId) -> std::io::Result<()> {
    match kind {
        Kind::Move => drop(cluster.with(Cluster::move_leaders)),
        Kind::Freeze => {
            cluster.freeze(node);
            sleep(AWAY).await;
            cluster.thaw(node);
        }
        Kind::Kill => {
            cluster.kill(node).await;
            sleep(AWAY).await;
            cluster.restart(node, Restart::default()).await?;
        }
    }
    Ok(())
}
