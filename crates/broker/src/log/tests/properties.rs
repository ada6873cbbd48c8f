//! What holds of any input: no panic, no half refusal, and what was let in is read back.

use klamm_records::{
    BufferPool, Codec, Compression, Decompressors, Encoder, Header, OpenBatch, RecordSet, Stamp,
};
use klamm_wire::WallMillis;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::prop_assert_eq;

use super::bench::{Bench, NOW, batch, packed};
use crate::log::fuzzing::{life_of_a_log, records_field};
use crate::topic::TopicCompression;

type Part = Option<Vec<u8>>;

/// A record as it is sent and read.
#[derive(Debug, Clone, PartialEq)]
struct Sent {
    time: i64,
    key: Part,
    value: Part,
    headers: Vec<(String, Part)>,
}

fn part() -> impl Strategy<Value = Part> {
    proptest::option::of(vec(any::<u8>(), 0..40))
}

fn sent() -> impl Strategy<Value = Vec<Sent>> {
    let headers = vec((".{0,3}", part()), 0..3);
    let record = (-9_i64..9, part(), part(), headers).prop_map(|(age, key, value, headers)| Sent {
        time: NOW + age,
        key,
        value,
        headers,
    });
    vec(record, 1..6)
}

fn codec() -> impl Strategy<Value = Codec> {
    proptest::sample::select(Codec::ALL.to_vec())
}

/// The records in wire form, in whatever codec makes them smaller.
fn encoded(records: &[Sent], codec: Codec) -> Vec<u8> {
    let pool = BufferPool::new(0);
    let mut open = OpenBatch::new(pool.take(1 << 16), usize::MAX);
    for Sent { time, key, value, headers } in records {
        let headers: Vec<_> =
            headers.iter().map(|(key, value)| Header { key, value: value.as_deref() }).collect();
        open.append(WallMillis(*time), key.as_deref(), value.as_deref(), &headers).unwrap();
    }
    let raw = open.close().unwrap();
    let encoded = Encoder::new().encode(raw, Compression::of(codec), &pool).unwrap();
    encoded.stamp(Stamp::Plain).into_segments().concat()
}

/// What a reader gets.
fn read(bench: &Bench) -> Vec<Sent> {
    let bytes = bench.log.read(0, bench.log.end(), usize::MAX, true).concat();
    let mut decompressors = Decompressors::new();
    let mut read = Vec::new();
    for entry in RecordSet::new(&bytes) {
        for record in entry.unwrap().records(&mut decompressors, usize::MAX).unwrap() {
            let record = record.unwrap();
            let part = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
            let headers = record
                .headers
                .map(|header| (header.name().unwrap().to_owned(), part(header.value)));
            read.push(Sent {
                time: record.timestamp.0,
                key: part(record.key),
                value: part(record.value),
                headers: headers.collect(),
            });
        }
    }
    read
}

/// Bytes that are close to a request, or far from it.
fn near_requests() -> impl Strategy<Value = Vec<u8>> {
    let cut = (any::<usize>(), vec((any::<usize>(), any::<u8>()), 0..4), codec());
    let near = cut.prop_map(|(end, changes, codec)| {
        let mut bytes = batch(2).packed(codec).to_bytes();
        for (at, change) in changes {
            let at = at % bytes.len();
            bytes[at] ^= change;
        }
        bytes.truncate(bytes.len() - if end % 4 == 0 { end % bytes.len() } else { 0 });
        bytes
    });
    prop_oneof![3 => near, 1 => vec(any::<u8>(), 0..200), 1 => Just(Vec::new())]
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_sent_is_read_in_any_codec_and_topic(
        records in sent(),
        source in codec(),
        target in proptest::option::of(codec()),
    ) {
        let mut bench = Bench::new();
        if let Some(target) = target {
            bench.settings.compression = TopicCompression::Codec(target);
        }
        bench.send_bytes(&encoded(&records, source)).unwrap();
        bench.send_bytes(&encoded(&records, source)).unwrap();
        prop_assert_eq!(read(&bench), [records.clone(), records].concat());
    }

    #[test]
    fn no_bytes_are_taken_for_a_request_in_halves(bytes in near_requests()) {
        records_field(&bytes);
    }

    #[test]
    fn no_payload_under_a_right_checksum_is_too_much(
        payload in vec(any::<u8>(), 0..120),
        codec in codec(),
        is_stream in any::<bool>(),
    ) {
        let payload = if is_stream { packed(codec, &payload) } else { payload };
        let sent = batch(1).packed(codec);
        records_field(&sent.carrying(&payload));
    }

    #[test]
    fn two_replicas_live_the_same_life(steps in vec(any::<u8>(), 0..600)) {
        life_of_a_log(&steps);
    }
}
