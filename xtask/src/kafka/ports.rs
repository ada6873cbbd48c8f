//! Free ports for every listener of a cluster.

use std::net::{Ipv4Addr, TcpListener};

/// The ports of one node; those that its options do not ask for stay unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodePorts {
    pub(super) plain: u16,
    pub(super) controller: u16,
    pub(super) ssl: u16,
    pub(super) sasl_plain: u16,
    pub(super) sasl_ssl: u16,
    /// TLS with a certificate of the client's.
    pub(super) mtls: u16,
    /// SASL over TLS with no other mechanism than PLAIN.
    pub(super) plain_only: u16,
}

/// Ports that nobody listened at a moment ago, all different: the ports of the nodes, and one more.
///
/// They are given back before the brokers take them, so that somebody else may come first; a
/// start that fails for that reason is worth another one with other ports.
pub(super) fn free(nodes: u16) -> Result<(Vec<NodePorts>, u16), String> {
    // Held until all are found, because a port that was given back may be found again.
    let mut held = Vec::new();
    let nodes = (0..nodes).map(|_| node(&mut held)).collect::<Result<_, _>>()?;
    Ok((nodes, port(&mut held)?))
}

fn node(held: &mut Vec<TcpListener>) -> Result<NodePorts, String> {
    Ok(NodePorts {
        plain: port(held)?,
        controller: port(held)?,
        ssl: port(held)?,
        sasl_plain: port(held)?,
        sasl_ssl: port(held)?,
        mtls: port(held)?,
        plain_only: port(held)?,
    })
}

fn port(held: &mut Vec<TcpListener>) -> Result<u16, String> {
    let failed = |error| format!("cannot find a free port: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    held.push(listener);
    Ok(port)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let (nodes, zookeeper) = free(3).unwrap();
        let of = |n: &NodePorts| {
            [n.plain, n.controller, n.ssl, n.sasl_plain, n.sasl_ssl, n.mtls, n.plain_only]
        };
        let mut ports: BTreeSet<u16> = nodes.iter().flat_map(of).collect();
        ports.insert(zookeeper);
        assert_eq!(ports.len(), 22);
    }
}
