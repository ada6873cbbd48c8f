//! What fuzz targets call: any bytes on a socket, and any conversation of requests.
//!
//! A function here returns whatever its input is; where it does not, or asserts, something that the
//! cluster promises does not hold.

mod choices;
mod requests;

use bytes::Bytes;
use klamm_wire::{NodeId, Now, PartitionIndex, Time, WallMillis};

use crate::cluster::{Cluster, ClusterSettings, ConnectionId, Endpoint, Listener, Output};
use crate::topic::TopicSettings;
use choices::Choices;

pub use crate::security::sasl::fuzzing as sasl;

/// When every world begins.
const DAWN: i64 = 1_700_000_000_000;
/// The topic that is there from the start.
pub(crate) const TOPIC: &str = "orders";

/// Any bytes on a connection, in pieces, with time passing between them.
pub fn broker_bytes(data: &[u8]) {
    let mut world = World::new();
    let mut choices = Choices::new(data);
    let client = world.connect(1);
    let pace = usize::from(choices.byte()).saturating_add(1);
    for piece in choices.rest().chunks(pace) {
        world.cluster.receive(world.now, client, Bytes::copy_from_slice(piece));
        world.drain();
        world.pass(1_000_000);
    }
    world.check();
}

/// Any conversation: requests with fields of any value, on several connections, while leaders move
/// and nodes come and go.
pub fn broker_requests(data: &[u8]) {
    let mut world = World::new();
    let mut choices = Choices::new(data);
    while !choices.is_over() && world.steps < 200 {
        world.step(&mut choices);
        world.drain();
        world.check();
    }
}

/// A cluster with its clock, and the frames that came out of it.
struct World {
    cluster: Cluster,
    now: Now,
    clients: Vec<ConnectionId>,
    steps: usize,
    correlation_id: i32,
}

impl World {
    fn new() -> Self {
        let now = Now { mono: Time(0), wall: WallMillis(DAWN) };
        let mut cluster = Cluster::new(ClusterSettings::of(3));
        for node in 1..=3_u16 {
            let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port: node };
            cluster.advertise(NodeId(i32::from(node)), Listener::Plain, endpoint);
        }
        let created = cluster.create_topic(now, TOPIC, 2, TopicSettings::default());
        assert_eq!(created, Ok(()), "a topic for every world");
        Self { cluster, now, clients: Vec::new(), steps: 0, correlation_id: 0 }
    }

    fn connect(&mut self, node: i32) -> ConnectionId {
        let opened = self.cluster.open(self.now, NodeId(node), Listener::Plain, "/127.0.0.1");
        let client = opened.unwrap_or(ConnectionId(0));
        self.clients.push(client);
        client
    }

    fn pass(&mut self, nanos: u64) {
        self.now.mono = Time(self.now.mono.0.saturating_add(nanos));
        let millis = i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX);
        self.now.wall = WallMillis(self.now.wall.0.saturating_add(millis));
        self.cluster.wake(self.now);
        self.drain();
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        self.steps = self.steps.saturating_add(1);
        let node = i32::from(choices.below(3)).saturating_add(1);
        match choices.below(16) {
            0 => drop(self.connect(node)),
            1 => {
                let index = PartitionIndex(i32::from(choices.below(2)));
                self.cluster.move_leader(self.now, TOPIC, index, NodeId(node));
            }
            2 => self.cluster.kill(self.now, NodeId(node)),
            3 => self.cluster.restart(self.now, NodeId(node), crate::cluster::Restart::default()),
            4 => self.cluster.freeze(self.now, NodeId(node)),
            5 => self.cluster.thaw(self.now, NodeId(node)),
            6 => self.pass(1 << choices.below(36)),
            7 => self.leave(choices),
            _ => self.ask(choices),
        }
    }

    fn leave(&mut self, choices: &mut Choices<'_>) {
        let Some(at) = choices.index(self.clients.len()) else { return };
        let client = self.clients.swap_remove(at);
        self.cluster.closed(client);
    }

    fn ask(&mut self, choices: &mut Choices<'_>) {
        if self.clients.is_empty() {
            self.connect(1);
        }
        let at = choices.index(self.clients.len()).unwrap_or(0);
        let Some(client) = self.clients.get(at).copied() else { return };
        self.correlation_id = self.correlation_id.wrapping_add(1);
        if let Some(mut request) = requests::any(choices, self.correlation_id) {
            choices.damage(&mut request);
            self.cluster.receive(self.now, client, request.into());
        }
    }

    /// Takes what comes out, and says of every answer that it has left.
    fn drain(&mut self) {
        // One answer may set free the next request, and so on; what came bounds them.
        for _ in 0..100_000 {
            match self.cluster.poll() {
                Some(Output::Send { connection, frame }) => {
                    let length = frame.to_vec();
                    let claimed = length.first_chunk().map(|head| i32::from_be_bytes(*head));
                    let counted = i32::try_from(length.len().saturating_sub(4)).ok();
                    assert_eq!(claimed, counted, "the length in front of a frame");
                    self.cluster.sent(self.now, connection);
                }
                Some(Output::Close { connection } | Output::Reset { connection }) => {
                    self.clients.retain(|client| *client != connection);
                }
                None => return,
            }
        }
        unreachable!("a cluster that never comes to rest");
    }

    /// What is committed is in the log of the leader, and offsets go up.
    fn check(&self) {
        for index in [0, 1].map(PartitionIndex) {
            let Some(committed) = self.cluster.high_watermark(TOPIC, index) else { continue };
            let log = self.cluster.log(TOPIC, index);
            let mut end = None;
            for batch in &log {
                let Ok((view, rest)) =
                    klamm_records::BatchView::read(batch, klamm_records::Checksum::Checked)
                else {
                    unreachable!("a stored batch that cannot be read");
                };
                assert!(rest.is_empty(), "one batch at a time");
                let base = view.header().base_offset;
                assert!(end.is_none_or(|end| base >= end), "offsets go up");
                end = Some(view.next_offset());
            }
            let is_led = self.cluster.leaders(TOPIC).get(index_of(index)).copied().flatten();
            let end = end.unwrap_or(committed);
            assert!(is_led.is_none() || committed <= end, "{committed} committed, {end} there");
        }
    }
}

fn index_of(index: PartitionIndex) -> usize {
    usize::try_from(index.0).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_leave_the_cluster_whole(data: Vec<u8>) {
            super::broker_bytes(&data);
        }

        #[test]
        fn any_conversation_leaves_the_cluster_whole(
            data in proptest::collection::vec(any::<u8>(), 0..2_000),
        ) {
            super::broker_requests(&data);
        }
    }
}
