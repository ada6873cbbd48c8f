//! Long walks, beside a picture in plain maps.

use std::collections::BTreeSet;

use klamm_cluster::metadata::{Hint, LeaderAt};
use klamm_cluster::settings::MetadataSettings;
use klamm_protocol::metadata::response::MetadataResponseTopic;
use klamm_wire::{ErrorCode, NodeId, PartitionIndex};
use proptest::test_runner::{Config, RngSeed};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::reference::{Answer, NAMES, Name, Reference, Said, Step};
use crate::world::{UNKNOWN, World, cluster_of, failing, id, millis, topic};

/// No query is asked more often than this for one answer to reach every topic.
const MANY: usize = 20;

struct Walk {
    world: World,
    wanted: BTreeSet<Name>,
}

/// The same walks each time, unless others are asked for by `PROPTEST_CASES`.
fn config() -> Config {
    let chosen = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return chosen;
    }
    Config { cases: 200, rng_seed: RngSeed::Fixed(0), ..chosen }
}

prop_state_machine! {
    #![proptest_config(config())]

    //= type=test R13 M2 M4 M5 M6 M7 M9 M11
    #[test]
    fn the_picture_is_that_of_plain_maps(sequential 1..60 => Walk);
}

impl StateMachineTest for Walk {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Self {
        let wait = if reference.is_patient { 1 << 40 } else { 0 };
        let world = World::with(MetadataSettings {
            unknown_topic_wait: millis(wait),
            max_idle: millis(1 << 40),
            ..MetadataSettings::default()
        });
        Self { world, wanted: BTreeSet::new() }
    }

    fn apply(mut walk: Self, _: &Reference, step: Step) -> Self {
        match step {
            Step::Want(name) => {
                walk.world.want(NAMES[name]);
                walk.wanted.insert(name);
            }
            Step::Forget(name) => {
                if walk.wanted.remove(&name) {
                    let at = walk.world.want(NAMES[name]);
                    walk.world.metadata.forget(at);
                }
            }
            Step::Hear(answer) => walk.hear(&answer),
            Step::Lose => {
                walk.world.ask_when_due();
                walk.world.lose();
            }
            Step::Hint(name, number, partition, node, epoch) => {
                if walk.wanted.contains(&name) {
                    let topic = walk.world.want(NAMES[name]);
                    let leader = LeaderAt { node: NodeId(node), epoch };
                    let partition = PartitionIndex(partition);
                    let hint = Hint { topic, id: id(number), partition, leader };
                    walk.world.metadata.hinted(walk.world.now, &[hint], &[]);
                }
            }
        }
        walk
    }

    fn check_invariants(walk: &Self, reference: &<Reference as ReferenceStateMachine>::State) {
        let nodes = walk.world.metadata.brokers().map(|(node, _)| node.0);
        assert_eq!(nodes.collect::<BTreeSet<_>>(), reference.nodes);
        let topics = (0..).map(klamm_cluster::metadata::TopicRef);
        for (at, topic) in topics.map_while(|at| Some((at, walk.world.metadata.topic(at)?))) {
            let name = NAMES.iter().position(|name| *name == topic.name()).unwrap();
            assert_eq!(walk.world.leaders(at), reference.leaders(name), "{}", topic.name());
            assert_eq!(topic.id(), id(reference.id(name)));
        }
    }
}

impl Walk {
    /// Says that everything is old, and gives this answer until every topic was asked for.
    fn hear(&mut self, answer: &Answer) {
        self.world.metadata.refresh(self.world.now, None);
        self.world.version = answer.version;
        let nodes: Vec<_> = answer.nodes.iter().copied().collect();
        let mut asked = BTreeSet::new();
        for _ in 0..MANY {
            asked.extend(self.world.ask_when_due());
            let topics = answer.topics.iter().enumerate();
            let topics = topics.filter_map(|(name, said)| told(NAMES[name], said)).collect();
            self.world.answer(cluster_of(&nodes, topics));
            let is_whole = self.wanted.iter().all(|name| asked.contains(NAMES[*name]));
            if is_whole || nodes.is_empty() {
                return;
            }
        }
        panic!("some topics are not asked for");
    }
}

fn told<'a>(name: &'a str, said: &Said) -> Option<MetadataResponseTopic<'a>> {
    match said {
        Said::Listed(number, leaders) => Some(topic(name, *number, leaders)),
        Said::Unknown => Some(failing(name, UNKNOWN)),
        Said::Refused => Some(failing(name, ErrorCode::TOPIC_AUTHORIZATION_FAILED)),
        Said::Nothing => None,
    }
}
