//! The replicas that keep up with a leader, without an allocation for as many as are usual.

use klamm_wire::NodeId;

/// More replicas than this are rare.
const FEW: usize = 5;

/// Brokers, in the order in which they were listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InSync {
    /// So many of these, from the first on.
    Few(usize, [NodeId; FEW]),
    /// More than [`FEW`].
    Many(Box<[NodeId]>),
}

impl InSync {
    /// Nobody.
    pub(super) const NOBODY: Self = Self::Few(0, [NodeId::NONE; FEW]);

    pub(super) fn nodes(&self) -> &[NodeId] {
        match self {
            Self::Few(count, nodes) => nodes.get(..*count).unwrap_or_default(),
            Self::Many(nodes) => nodes,
        }
    }
}

impl FromIterator<NodeId> for InSync {
    fn from_iter<I: IntoIterator<Item = NodeId>>(nodes: I) -> Self {
        let mut few = [NodeId::NONE; FEW];
        let mut nodes = nodes.into_iter();
        let mut count = 0_usize;
        for (place, node) in few.iter_mut().zip(nodes.by_ref()) {
            *place = node;
            count = count.saturating_add(1);
        }
        match nodes.next() {
            Some(next) => Self::Many(few.into_iter().chain([next]).chain(nodes).collect()),
            None => Self::Few(count, few),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_nodes_comes_back_in_order() {
        for count in 0..12 {
            let nodes: Vec<NodeId> = (0..count).map(NodeId).collect();
            assert_eq!(nodes.iter().copied().collect::<InSync>().nodes(), nodes);
        }
        assert_eq!(InSync::NOBODY.nodes(), []);
    }
}
