//! Every order of events and every place for a fault, for two transactions.

use std::sync::Arc;

use klamm_idempotence::Generation;
use stateright::{Checker, Model, Property};

use super::{Move, World};

/// Faults in the runs of every day; two take some ten seconds, and three some two minutes.
const FAULTS: u32 = 1;

/// Worlds as stateright sees them.
struct Explored {
    worlds: Vec<World>,
}

#[derive(Debug, Clone, PartialEq, Hash)]
struct Node {
    world: Arc<World>,
    broken: Option<&'static str>,
}

impl Node {
    fn new(world: World) -> Self {
        let broken = world.app.broken.or(world.clone().settle().err());
        Self { world: Arc::new(world), broken }
    }
}

impl Model for Explored {
    type State = Node;
    type Action = Move;

    fn init_states(&self) -> Vec<Node> {
        self.worlds.iter().cloned().map(Node::new).collect()
    }

    fn actions(&self, node: &Node, actions: &mut Vec<Move>) {
        if node.broken.is_none() {
            actions.extend(node.world.moves());
        }
    }

    fn next_state(&self, node: &Node, step: Move) -> Option<Node> {
        let mut world = World::clone(&node.world);
        world.step(step);
        Some(Node::new(world))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("the laws hold", |_, node: &Node| node.broken.is_none())]
    }
}

//= type=test I1 I2 I3 I11 I14 I15 I16 I18
#[test]
fn no_order_of_events_breaks_a_law_of_transactions() {
    let asked = std::env::var("KLAMM_MODEL_FAULTS").ok();
    let faults = asked.and_then(|faults| faults.parse().ok()).unwrap_or(FAULTS);
    for generation in [Generation::V1, Generation::V2] {
        let worlds = [0, 1].map(|others| World::new(generation, 2, faults, others));
        let model = Explored { worlds: worlds.to_vec() };
        let checker = model.checker().threads(2).spawn_bfs().join();
        println!(
            "{generation:?}: {} states, depth {}",
            checker.unique_state_count(),
            checker.max_depth()
        );
        let broken = checker.discovery("the laws hold").map(|path| {
            let law = path.last_state().broken;
            (law, path.into_actions())
        });
        assert_eq!(broken, None);
    }
}
