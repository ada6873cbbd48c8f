//! Requests in pieces of any size, and what is counted of them.

use bytes::Bytes;
use klamm_protocol::frame::encode_request;
use klamm_protocol::metadata::MetadataRequest;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_records::{BufferPool, Codec, Encoder, Identity, OpenBatch, Stamp};
use klamm_wire::{Epoch, PartitionIndex, ProducerId, Sequence, WallMillis};

use super::counts::Counted;
use super::walk::{Event, Walker};

/// A batch of three records of a producer, beginning with this sequence.
fn batch(sequence: i32) -> Bytes {
    let pool = BufferPool::new(1 << 16);
    let mut open = OpenBatch::new(pool.take(4_096), 16_384);
    for value in [b"one", b"two", b"sum"] {
        open.append(WallMillis(1_700_000_000_000), None, Some(value), &[]).unwrap();
    }
    let encoded = Encoder::new().encode(open.close().unwrap(), Codec::None.into(), &pool).unwrap();
    let identity =
        Identity { producer_id: ProducerId(7), epoch: Epoch(0), base_sequence: Sequence(sequence) };
    encoded.stamp(Stamp::Idempotent(identity)).into_segments().concat().into()
}

fn produce(version: i16, acks: i16, batches: &[Bytes]) -> Vec<u8> {
    let data = |(index, batch): (i32, &Bytes)| PartitionProduceData {
        index: PartitionIndex(index),
        records: Some(batch.clone().into()),
        ..Default::default()
    };
    let topic = TopicProduceData {
        name: if version < 13 { "orders".into() } else { "".into() },
        topic_id: if version < 13 {
            Default::default()
        } else {
            klamm_wire::TopicId(klamm_wire::Uuid::from_u128(5))
        },
        partition_data: (0..).zip(batches).map(data).collect(),
        ..Default::default()
    };
    let request = ProduceRequest { acks, topic_data: vec![topic], ..Default::default() };
    encode_request(&request, version, 17, Some("a client")).unwrap().to_vec()
}

/// Walks through a stream that comes in pieces of `piece` bytes: the events, and the counts.
fn walked(stream: &[u8], piece: usize) -> (Vec<Event>, Counted) {
    let mut walker = Walker::new(1 << 20, true);
    let (mut events, mut held) = (Vec::new(), Vec::new());
    for piece in stream.chunks(piece) {
        held.extend_from_slice(piece);
        loop {
            let (done, event) = walker.walk(&held).unwrap();
            held.drain(..done);
            match event {
                Event::More => break,
                event @ (Event::Other(_) | Event::Produced(_)) => events.push(event),
            }
        }
    }
    assert!(held.is_empty(), "{} bytes were not walked through", held.len());
    (events, walker.take_counted())
}

#[test]
fn every_version_is_answered_and_counted_in_pieces_of_any_size() {
    for version in 3..=13 {
        let stream = produce(version, -1, &[batch(0), batch(0)]);
        for piece in [1, 7, 61, 1_000, 1 << 20] {
            let (events, counted) = walked(&stream, piece);
            let [Event::Produced(Some((reply, response)))] = events.as_slice() else {
                panic!("version {version}, pieces of {piece}: {events:?}");
            };
            assert_eq!((reply.version, reply.correlation_id), (version, 17));
            let parts = &response.responses[0].partition_responses;
            assert_eq!(parts.iter().map(|part| part.index.0).collect::<Vec<_>>(), [0, 1]);
            assert_eq!((counted.requests, counted.batches, counted.records), (1, 2, 6));
            assert_eq!(counted.bytes, 2 * batch(0).len() as u64);
            assert_eq!((counted.wrong_checksums, counted.wrong_sequences), (0, 0));
        }
    }
}

#[test]
fn offsets_go_on_from_request_to_request() {
    let stream = [produce(9, 1, &[batch(0)]), produce(9, 1, &[batch(3)])].concat();
    let (events, counted) = walked(&stream, 100);
    let offsets: Vec<i64> = events
        .iter()
        .filter_map(|event| match event {
            Event::Produced(Some((_, answer))) => {
                Some(answer.responses[0].partition_responses[0].base_offset)
            }
            Event::More | Event::Other(_) | Event::Produced(_) => None,
        })
        .collect();
    assert_eq!(offsets, [0, 3]);
    assert_eq!(counted.wrong_sequences, 0);
}

#[test]
fn a_request_that_wants_no_answer_gets_none() {
    let (events, _) = walked(&produce(7, 0, &[batch(0)]), 64);
    assert!(matches!(events.as_slice(), [Event::Produced(None)]), "{events:?}");
}

#[test]
fn other_requests_are_kept_whole_between_those_that_are_walked_through() {
    let other = encode_request(&MetadataRequest::default(), 12, 3, None).unwrap().to_vec();
    let stream = [produce(9, 1, &[batch(0)]), other.clone(), produce(9, 1, &[batch(3)])].concat();
    let (events, _) = walked(&stream, 33);
    let [Event::Produced(_), Event::Other(kept), Event::Produced(_)] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(*kept, other);
}

#[test]
fn a_wrong_checksum_is_counted() {
    let mut bad = batch(0).to_vec();
    *bad.last_mut().unwrap() ^= 1;
    for piece in [1, 50, 1 << 20] {
        let (_, counted) = walked(&produce(9, 1, &[bad.clone().into(), batch(0)]), piece);
        assert_eq!(counted.wrong_checksums, 1);
    }
}

#[test]
fn a_gap_is_counted_and_a_repetition_is_not() {
    let stream = |sequences: &[i32]| -> Vec<u8> {
        sequences.iter().flat_map(|sequence| produce(9, 1, &[batch(*sequence)])).collect()
    };
    assert_eq!(walked(&stream(&[0, 3, 3, 6]), 1 << 20).1.wrong_sequences, 0);
    assert_eq!(walked(&stream(&[0, 3, 9]), 1 << 20).1.wrong_sequences, 1);
    assert_eq!(walked(&stream(&[2_147_483_646, 1, 4]), 1 << 20).1.wrong_sequences, 0);
}

#[test]
fn a_frame_that_is_none_ends_the_stream() {
    let mut walker = Walker::new(1 << 20, false);
    for head in [[0xff; 12], [0; 12]] {
        assert!(walker.walk(&head).is_err());
    }
    // A frame that ends inside its fields.
    let mut cut = produce(9, 1, &[batch(0)]);
    cut[..4].copy_from_slice(&20_i32.to_be_bytes());
    assert!(Walker::new(1 << 20, false).walk(&cut).is_err());
}

mod properties {
    use proptest::prelude::*;

    use super::{Event, Walker, batch, produce};

    proptest! {
        #[test]
        fn no_bytes_make_the_walker_panic_or_stand_still(
            change in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            version in 3_i16..=13,
        ) {
            let mut stream = produce(version, 1, &[batch(0), batch(0)]);
            for (index, byte) in change {
                let at = index.index(stream.len());
                stream[at] = byte;
            }
            let mut walker = Walker::new(1 << 20, true);
            let (mut rest, mut events) = (stream.as_slice(), 0);
            while let Ok((done, Event::Other(_) | Event::Produced(_))) = walker.walk(rest) {
                rest = &rest[done..];
                events += 1;
                prop_assert!(events <= stream.len(), "more events than bytes");
            }
        }
    }
}
