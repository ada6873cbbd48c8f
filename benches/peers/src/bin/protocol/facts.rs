//! The values that all sides encode, as plain numbers and texts.

use bytes::Bytes;

/// Partitions per topic, or of one request.
pub(crate) const PARTITIONS: i32 = 12;
/// A record batch's header, which ours keeps apart from the payload.
pub(crate) const HEADER: usize = 61;
const BATCH: usize = HEADER + 64 * 1024;
const TOPICS: i32 = 1_000;
const BROKERS: i32 = 6;

pub(crate) struct Broker {
    pub(crate) id: i32,
    pub(crate) host: String,
    pub(crate) port: i32,
    pub(crate) rack: String,
}

pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) id: [u8; 16],
    pub(crate) partitions: Vec<Partition>,
}

pub(crate) struct Partition {
    pub(crate) index: i32,
    pub(crate) leader: i32,
    pub(crate) epoch: i32,
    pub(crate) replicas: Vec<i32>,
    pub(crate) in_sync: Vec<i32>,
    pub(crate) offline: Vec<i32>,
}

pub(crate) fn brokers() -> Vec<Broker> {
    let broker = |id| Broker {
        id,
        host: format!("broker-{id}.kafka.example.invalid"),
        port: 9092,
        rack: format!("zone-{}", id % 3),
    };
    (0..BROKERS).map(broker).collect()
}

pub(crate) fn topics() -> Vec<Topic> {
    (0..TOPICS).map(topic).collect()
}

/// A healthy topic: three replicas per partition, all in sync.
pub(crate) fn topic(number: i32) -> Topic {
    let partition = |index| {
        let replicas: Vec<i32> = (0..3).map(|nth| (number + index + nth) % BROKERS).collect();
        Partition {
            index,
            leader: replicas.first().copied().unwrap_or_default(),
            epoch: 3 + number % 7,
            in_sync: replicas.clone(),
            replicas,
            offline: Vec::new(),
        }
    };
    Topic {
        name: format!("orders.eu-west.{number:04}"),
        id: uuid(number),
        partitions: (0..PARTITIONS).map(partition).collect(),
    }
}

/// Sixteen bytes without a pattern that a branch predictor could learn.
fn uuid(number: i32) -> [u8; 16] {
    let seed = u128::from(number.unsigned_abs()) + 1;
    seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

/// One batch per partition, header and payload in one piece.
pub(crate) fn batches() -> Vec<Bytes> {
    let byte = |seed: usize, at: usize| (seed * 31 + at * 7 + (at >> 8)) as u8;
    let batch = |seed| (0..BATCH).map(|at| byte(seed, at)).collect::<Vec<u8>>().into();
    (0..PARTITIONS.unsigned_abs() as usize).map(batch).collect()
}
