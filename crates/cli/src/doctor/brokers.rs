//! The cluster as the bootstrap server shows it, and whether its brokers are where they say.

use std::sync::Arc;

use klamm_cluster::{ConnFailure, HostPort, Stage as At};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::finding::{Finding, Stage, Trouble};
use super::ladder::{Fallen, Ladder, trouble};
use super::picture::{Advertised, Picture};
use super::setup::Setup;
use crate::exit::Exit;

/// So many brokers are dialled; a cluster of more is told so.
const DIALLED: usize = 64;

/// What can be said of the cluster.
pub(super) fn finding(picture: &Picture) -> Finding {
    let id = picture.id.as_deref().unwrap_or("unknown");
    let count = match picture.brokers.len() {
        1 => "1 broker".to_owned(),
        many => format!("{many} brokers"),
    };
    let controller = picture.controller.0;
    let leader = if controller < 0 {
        "no controller".to_owned()
    } else {
        format!("controller {controller}")
    };
    let brokers: Vec<Value> = picture.brokers.iter().map(row).collect();
    let finding = Finding::good(Stage::Cluster, format!("id {id}, {count}, {leader}"))
        .with("cluster_id", picture.id.clone())
        .with("controller", controller)
        .with("brokers", brokers);
    let cause = if picture.brokers.is_empty() {
        "the broker knows of no brokers, not even itself"
    } else if controller < 0 {
        "the cluster has no controller: no topic can be created, and no leader elected"
    } else {
        return finding;
    };
    let next = "Wait if the cluster has just started; otherwise look at the controllers.";
    finding.doubtful(Trouble::new(cause, Some(next.to_owned())))
}

fn row(broker: &Advertised) -> Value {
    json!({
        "node": broker.node.0,
        "host": broker.host,
        "port": broker.port,
        "rack": broker.rack,
    })
}

/// Dials every broker where it says that it is, all at a time; a finding for each, in order.
pub(super) async fn dial(setup: &Arc<Setup>, brokers: &[Advertised]) -> Vec<Finding> {
    let mut dialled = JoinSet::new();
    for (at, broker) in brokers.iter().take(DIALLED).cloned().enumerate() {
        let setup = Arc::clone(setup);
        dialled.spawn(async move { (at, one(&setup, &broker).await) });
    }
    let mut findings = dialled.join_all().await;
    findings.sort_by_key(|(at, _)| *at);
    let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
    let left = brokers.len().saturating_sub(DIALLED);
    if left > 0 {
        findings.push(Finding::skipped(Stage::Broker, format!("{left} more")));
    }
    findings
}

async fn one(setup: &Setup, broker: &Advertised) -> Finding {
    let begun = Instant::now();
    let Advertised { node, host, port, .. } = broker;
    let base = Finding::good(Stage::Broker, format!("{} at {host}:{port}", node.0))
        .with("node", node.0)
        .with("host", host.clone())
        .with("port", *port);
    let place = match HostPort::new(host, *port) {
        Ok(place) => place,
        Err(error) => {
            let next = advertise(&format!("{host}:{port}"));
            return base.bad(Trouble::new(error, Some(next)), Exit::Unreachable);
        }
    };
    let base = Finding { said: format!("{} at {place}", node.0), ..base };
    let reached = Ladder::new(setup, &place).climb_quietly().await;
    let base = base.after(begun.elapsed());
    match reached {
        Ok(_) => base,
        Err(fallen) => fell(base, &place, &fallen),
    }
}

fn fell(base: Finding, place: &HostPort, fallen: &Fallen) -> Finding {
    let failure = &fallen.failure;
    let told = trouble(place, failure);
    let next = if is_about_the_way(failure) {
        Some(advertise(&place.to_string()))
    } else {
        told.next_step
    };
    let base = base.with("failed_stage", failure.stage.to_string());
    base.bad(Trouble::new(failure, next), Exit::from(failure))
}

/// Whether the address itself may be wrong.
fn is_about_the_way(failure: &ConnFailure) -> bool {
    matches!(failure.stage, At::Resolve | At::Connect)
}

fn advertise(place: &str) -> String {
    format!(
        "The bootstrap server works, but the cluster says that this broker is at {place}, which \
         cannot be reached from here. Set `advertised.listeners` of the broker to an address that \
         clients reach, or make this one reachable (name service, routes, published ports)."
    )
}

#[cfg(test)]
mod tests {
    use klamm_wire::NodeId;

    use super::*;

    fn picture(controller: i32, hosts: &[&str]) -> Picture {
        let broker = |(node, host): (i32, &&str)| Advertised {
            node: NodeId(node),
            host: (*host).to_owned(),
            port: 9092,
            rack: None,
        };
        let brokers = (1..).zip(hosts).map(broker).collect();
        Picture { id: Some("demo".to_owned()), controller: NodeId(controller), brokers }
    }

    #[test]
    fn a_cluster_is_told_with_its_controller() {
        let finding = finding(&picture(2, &["a", "b"]));
        assert_eq!(finding.said, "id demo, 2 brokers, controller 2");
        assert_eq!(finding.facts["brokers"][1]["host"], "b");
        assert_eq!(finding.trouble(), None);
    }

    #[test]
    fn a_cluster_without_a_controller_is_warned_of() {
        let finding = finding(&picture(-1, &["a"]));
        assert!(finding.trouble().unwrap().cause.contains("no controller"));
    }
}
