//! What clients can make a cluster hold, whatever they claim: counted by an allocator.
#![allow(unsafe_code)]
#![cfg(test)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use bytes::Bytes;
use klamm_broker::cluster::{Endpoint, Listener};
use klamm_broker::{Cluster, ClusterSettings, ConnectionId, TopicSettings};
use klamm_protocol::frame::encode_request;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_records::{BufferPool, Codec, Encoder, OpenBatch, Stamp};
use klamm_wire::{NodeId, Now, PartitionIndex, Time, WallMillis};

thread_local! {
    /// Bytes that this thread holds, and the most that it has held.
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

/// Counts what the current thread holds.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator with the caller's arguments. The
// default `realloc` and `alloc_zeroed` call `alloc` and `dealloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get() + layout.size());
        MOST.set(MOST.get().max(HELD.get()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.set(HELD.get().saturating_sub(layout.size()));
        unsafe { System.dealloc(place, layout) }
    }
}

/// The most that `run` holds at once, beyond what was held before.
fn most(run: impl FnOnce()) -> usize {
    let before = HELD.get();
    MOST.set(before);
    run();
    MOST.get() - before
}

const NOW: Now = Now { mono: Time(0), wall: WallMillis(1_700_000_000_000) };

fn cluster() -> Cluster {
    let mut cluster = Cluster::new(ClusterSettings::of(1));
    let endpoint = Endpoint { host: "127.0.0.1".to_owned(), port: 9092 };
    cluster.advertise(NodeId(1), Listener::Plain, endpoint);
    cluster.create_topic(NOW, "orders", 12, TopicSettings::default()).unwrap();
    cluster
}

fn connect(cluster: &mut Cluster) -> ConnectionId {
    cluster.open(NOW, NodeId(1), Listener::Plain, "/127.0.0.1").unwrap()
}

#[test]
fn a_length_that_is_only_claimed_costs_nothing() {
    let mut cluster = cluster();
    for claimed in [100 << 20, (100 << 20) + 1, i32::MAX] {
        let client = connect(&mut cluster);
        let mut bytes = claimed.to_be_bytes().to_vec();
        bytes.extend([0; 1_000]);
        let bytes = Bytes::from(bytes);
        let held = most(|| {
            for _ in 0..10 {
                cluster.receive(NOW, client, bytes.clone());
            }
        });
        assert!(held < 160 * 1024, "{held} bytes for a claim of {claimed}");
        cluster.closed(client);
    }
}

#[test]
fn lengths_inside_a_request_cost_no_more_than_the_request() {
    let mut cluster = cluster();
    for api in 0..80_i16 {
        for version in 0..18_i16 {
            let client = connect(&mut cluster);
            let mut frame = 1_008_i32.to_be_bytes().to_vec();
            frame.extend(api.to_be_bytes());
            frame.extend(version.to_be_bytes());
            frame.extend([0, 0, 0, 1]);
            frame.extend([0x7f; 1_000]);
            let frame = Bytes::from(frame);
            let held = most(|| cluster.receive(NOW, client, frame));
            assert!(held < 256 * 1024, "{held} bytes for API {api} version {version}");
            while cluster.poll().is_some() {}
            cluster.closed(client);
        }
    }
}

#[test]
fn a_client_that_never_reads_costs_one_answer_and_what_it_sent() {
    let mut cluster = cluster();
    let client = connect(&mut cluster);
    let request = encode_request(&MetadataRequest::default(), 12, 1, None).unwrap().to_vec();
    let requests = Bytes::from(request.repeat(100));
    let held = most(|| {
        let mut taken = 0;
        while cluster.wants_bytes(client) && taken < 10_000 {
            cluster.receive(NOW, client, requests.clone());
            taken += 1;
        }
        assert!(taken < 10_000, "no bound on what is taken in advance");
    });
    assert!(held < 512 * 1024, "{held} bytes");
    assert!(cluster.poll().is_some(), "the first answer");
    assert!(cluster.poll().is_none(), "and no second one before that has left");
}

#[test]
fn a_thousand_idle_connections_cost_little_each() {
    let mut cluster = cluster();
    let held = most(|| {
        for _ in 0..1_000 {
            connect(&mut cluster);
        }
    });
    assert!(held < 1_000 * 2_048, "{held} bytes for a thousand");
}

#[test]
fn a_log_holds_no_more_than_its_bound() {
    let mut settings = ClusterSettings::of(1);
    settings.limits.partition_bytes = 1 << 20;
    let mut cluster = Cluster::new(settings);
    cluster.create_topic(NOW, "orders", 1, TopicSettings::default()).unwrap();
    let client = connect(&mut cluster);
    let held = most(|| (0..60).for_each(|millis| produce(&mut cluster, client, millis)));
    let log = cluster.log("orders", PartitionIndex(0));
    let stored: usize = log.iter().map(Bytes::len).sum();
    assert!(stored > 200_000, "the newest batch is kept");
    assert!(stored <= (1 << 20) + 300_000, "{stored} bytes in the log, the last batch included");
    assert!(held < 8 << 20, "{held} bytes in all");
}

/// Produces a batch of 200 KB at this millisecond: sooner than anybody looks for what is old.
fn produce(cluster: &mut Cluster, client: ConnectionId, millis: u64) {
    let pool = BufferPool::new(0);
    let mut open = OpenBatch::new(pool.take(300_000), 300_000);
    open.append(NOW.wall, None, Some(&[7; 200_000]), &[]).unwrap();
    let encoded = Encoder::new().encode(open.close().unwrap(), Codec::None.into(), &pool).unwrap();
    let records = encoded.stamp(Stamp::Plain).into_segments();
    let partition = PartitionProduceData { records: Some(records.into()), ..Default::default() };
    let topic = TopicProduceData {
        name: "orders".into(),
        partition_data: vec![partition],
        ..Default::default()
    };
    let request = ProduceRequest { acks: 1, topic_data: vec![topic], ..Default::default() };
    let frame = encode_request(&request, 9, 1, None).unwrap().to_vec();
    let now = Now { mono: Time(millis * 1_000_000), ..NOW };
    cluster.receive(now, client, frame.into());
    while cluster.poll().is_some() {}
    cluster.sent(now, client);
    cluster.wake(now);
}
