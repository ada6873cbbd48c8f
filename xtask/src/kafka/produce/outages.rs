//! Nodes that are killed or stopped while somebody writes to them, and come back.

use std::process::Command;
use std::time::Duration;

use super::cell::Faults;
use super::topics;
use crate::kafka::cluster::Cluster;
use crate::kafka::home;
use crate::kafka::probe;
use crate::kafka::process::LONG;
use crate::support::{self, Outcome};

/// How long there is load before, between and after outages, and while a node is away.
const LOAD: Duration = Duration::from_secs(3);

/// What a transactional producer needs beside its topic.
const COORDINATORS: &str = "__transaction_state";

/// Mebibytes for a broker.
const MEMORY: u32 = 512;

/// Disturbs a cluster so many times, and leaves it whole.
pub(super) fn disturb(cluster: &mut Cluster, faults: Faults, topic: &str, cycles: u32) -> Outcome {
    std::thread::sleep(LOAD);
    for cycle in 0..cycles {
        match faults {
            Faults::None => {}
            Faults::Kill => {
                // Another partition each time, so that other nodes have their turn.
                let number = leader(cluster, topic, cycle)?;
                kill(cluster, number)?;
                std::thread::sleep(LOAD);
                restart(cluster, number, cycle)?;
                wait_until_whole(cluster, topic)?;
            }
            Faults::Roll => {
                for number in 1..=cluster.layout().nodes.len() {
                    stop(cluster, number)?;
                    restart(cluster, number, cycle)?;
                    wait_until_whole(cluster, topic)?;
                }
            }
        }
        std::thread::sleep(LOAD);
    }
    Ok(())
}

pub(super) fn ports(cluster: &Cluster) -> Vec<u16> {
    cluster.layout().nodes.iter().map(|ports| ports.plain).collect()
}

/// The node that leads the partition of this number.
fn leader(cluster: &Cluster, topic: &str, partition: u32) -> Result<usize, String> {
    let described = ports(cluster).first().and_then(|port| topics::describe(*port, topic));
    let partitions = described.ok_or("nobody describes the topic")?;
    let count = u32::try_from(partitions.len()).unwrap_or(1).max(1);
    let wanted = i32::try_from(partition % count).unwrap_or_default();
    let found = partitions.iter().find(|each| each.index == wanted);
    let leader = found.and_then(|each| usize::try_from(each.leader).ok());
    leader.filter(|leader| *leader > 0).ok_or_else(|| "a partition has no leader".to_owned())
}

fn kill(cluster: &mut Cluster, number: usize) -> Outcome {
    let broker = cluster.processes.get_mut(number - 1).ok_or("there is no such node")?;
    broker.kill()?;
    let id = broker.id();
    cluster.guard().forget(id, true)
}

/// Asks a node to hand over what it leads and to end.
fn stop(cluster: &mut Cluster, number: usize) -> Outcome {
    let broker = cluster.processes.get_mut(number - 1).ok_or("there is no such node")?;
    let id = broker.id();
    support::run(Command::new("kill").args(["-s", "TERM", &id.to_string()]))?;
    broker.finish(LONG)?;
    cluster.guard().forget(id, true)
}

fn restart(cluster: &mut Cluster, number: usize, cycle: u32) -> Outcome {
    let layout = cluster.layout();
    let (file, folder, options) = (layout.file(number), layout.folder.clone(), layout.options);
    let port = layout.nodes.get(number - 1).ok_or("there is no such node")?.plain;
    let mut java = options.release.java(&home(), MEMORY, "kafka.Kafka");
    java.arg(file);
    let log = folder.join(format!("broker-{number}-again-{cycle}.log"));
    let mut broker = cluster.guard().start(&format!("broker {number}"), &java, &log)?;
    broker.wait_until("ready", LONG, || probe::answers(port))?;
    let place = cluster.processes.get_mut(number - 1).ok_or("there is no such node")?;
    *place = broker;
    Ok(())
}

fn wait_until_whole(cluster: &Cluster, topic: &str) -> Outcome {
    let ports = ports(cluster);
    [topic, COORDINATORS].iter().try_for_each(|name| topics::wait_for_sync(&ports, name, 1))
}
