//! Batches pass through a frame in both directions uncopied.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests stop the test"
)]

use std::io::IoSlice;

use bytes::{Buf, Bytes};
use klamm_protocol::frame::{decode_request_header, encode_request};
use klamm_protocol::message::read;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::produce::request::{PartitionProduceData, TopicProduceData};
use klamm_protocol::{Records, Segments};
use klamm_wire::TopicId;
use proptest::collection::vec;
use proptest::prelude::*;

const VERSIONS: [i16; 2] = [9, 13];

#[test]
fn twelve_batches_leave_as_the_24_buffers_that_they_came_in() {
    for version in VERSIONS {
        let buffers = buffers();
        let request = request(buffers.chunks(2).map(|pair| [pair[0].clone(), pair[1].clone()]));
        let frame = encode_request(&request, version, 7, Some("ab")).unwrap();
        let of_bytes = |bytes: &[u8]| (bytes.as_ptr(), bytes.len());
        let given: Vec<_> = buffers.iter().map(|buffer| of_bytes(buffer)).collect();
        let pieces: Vec<_> = frame.pieces().map(|piece| of_bytes(piece)).collect();
        assert_eq!(pieces, given);

        let slices = frame.io_slices();
        let written = slices.iter().map(|slice| of_bytes(slice));
        let written: Vec<_> = written.filter(|slice| given.contains(slice)).collect();
        assert_eq!(written, given, "the slices of a vectored write hold them in order");
    }
}

#[test]
fn the_bytes_are_those_of_batches_in_one_piece() {
    for version in VERSIONS {
        let buffers = buffers();
        let cut = request(buffers.chunks(2).map(|pair| [pair[0].clone(), pair[1].clone()]));
        let whole = request(buffers.chunks(2).map(|pair| Bytes::from(pair.concat())));
        assert_eq!(cut, whole);
        let [cut, whole] = [cut, whole].map(|request| frame_of(&request, version));
        assert_eq!(cut.to_vec(), whole.to_vec());
        assert_eq!((cut.len(), cut.pieces().count()), (whole.len(), 24));
        assert_eq!(usize::try_from(cut.to_vec().as_slice().get_u32()), Ok(cut.len() - 4));
    }
}

#[test]
fn decoded_batches_share_the_memory_of_their_frame() {
    for version in VERSIONS {
        let buffers = buffers();
        let sent = request(buffers.chunks(2).map(|pair| Bytes::from(pair.concat())));
        let frame = Bytes::from(frame_of(&sent, version).to_vec()).slice(4..);
        let (_, mut body) = decode_request_header(&frame).unwrap();
        let got: ProduceRequest<'_> = read(&mut body, version).unwrap();
        let topic = got.topic_data.first().unwrap();
        assert_eq!(topic.partition_data, sent.topic_data[0].partition_data);
        for partition in &topic.partition_data {
            let pieces: Vec<Bytes> = partition.records.as_ref().unwrap().pieces().collect();
            let [piece] = pieces.as_slice() else { panic!("not one piece") };
            assert!(frame.as_ptr_range().contains(&piece.as_ptr()));
            assert!(frame.as_ptr_range().contains(&piece.last().map(std::ptr::from_ref).unwrap()));
        }
    }
}

#[test]
fn no_records_and_empty_records_leave_no_piece() {
    let empty = request([Records::new(), Records::from(vec![Bytes::new(); 3])]);
    let frame = frame_of(&empty, 9);
    assert_eq!((frame.pieces().count(), frame.iter().count()), (0, 1));
    let mut none = empty.clone();
    none.topic_data[0].partition_data.iter_mut().for_each(|partition| partition.records = None);
    let [empty, none] = [frame, frame_of(&none, 9)].map(|frame| frame.to_vec());
    assert_eq!(empty.len(), none.len());
    assert_eq!(empty.iter().zip(&none).filter(|(one, other)| one != other).count(), 2);
}

proptest! {
    #[test]
    fn written_out_in_any_steps_the_bytes_are_the_same(
        batches in vec(vec(vec(any::<u8>(), 0..40), 0..4), 0..8),
        steps in vec((0_usize..60, 0_usize..6), 1..80),
    ) {
        let records = batches.into_iter().map(|pieces| {
            pieces.into_iter().map(Bytes::from).collect::<Records<'_>>()
        });
        let frame = frame_of(&request(records), 9);
        let expected = frame.to_vec();
        let mut rest = frame.clone().into_buf();
        let mut written = Vec::new();
        for (step, slices) in steps.into_iter().cycle().take(600) {
            prop_assert_eq!(rest.remaining(), expected.len() - written.len());
            prop_assert_eq!(rest.chunk().is_empty(), !rest.has_remaining());
            let given = gathered(&rest, slices);
            prop_assert!(expected[written.len()..].starts_with(&given));
            let step = step.min(given.len());
            written.extend_from_slice(&given[..step]);
            rest.advance(step);
        }
        written.extend_from_slice(&rest.copy_to_bytes(rest.remaining()));
        prop_assert_eq!(&written, &expected);
        prop_assert_eq!(gathered(&rest, 4), b"");
    }

    #[test]
    fn segments_are_never_empty_and_add_up(
        batches in vec(vec(vec(any::<u8>(), 0..3), 0..4), 0..8),
    ) {
        let records = batches.into_iter().map(|pieces| {
            pieces.into_iter().map(Bytes::from).collect::<Records<'_>>()
        });
        let frame = frame_of(&request(records), 13);
        prop_assert!(frame.iter().all(|segment| !segment.is_empty()));
        prop_assert_eq!(frame.iter().map(<[u8]>::len).sum::<usize>(), frame.len());
        let joined: Vec<u8> = frame.io_slices().iter().flat_map(|slice| slice.to_vec()).collect();
        prop_assert_eq!(joined, frame.to_vec());
    }
}

/// What a vectored write of at most so many slices would be given.
fn gathered(rest: &impl Buf, slices: usize) -> Vec<u8> {
    let mut into = vec![IoSlice::new(&[]); slices];
    let filled = rest.chunks_vectored(&mut into);
    let given: Vec<u8> = into[..filled].iter().flat_map(|slice| slice.to_vec()).collect();
    assert!(filled == slices || given.len() == rest.remaining());
    given
}

/// The headers and payloads of twelve batches.
fn buffers() -> Vec<Bytes> {
    let batch = |at: u8| [vec![at; 61], vec![at; 100 * usize::from(at)]];
    (1..=12).flat_map(batch).map(Bytes::from).collect()
}

fn request<R: Into<Records<'static>>>(
    batches: impl IntoIterator<Item = R>,
) -> ProduceRequest<'static> {
    let partition = |(index, records): (i32, R)| PartitionProduceData {
        index: index.into(),
        records: Some(records.into()),
        ..Default::default()
    };
    let topic = TopicProduceData {
        name: "orders".into(),
        topic_id: TopicId(klamm_wire::Uuid::from_u128(7)),
        partition_data: (0..).zip(batches).map(partition).collect(),
        ..Default::default()
    };
    ProduceRequest { acks: -1, timeout_ms: 30_000, topic_data: vec![topic], ..Default::default() }
}

fn frame_of(request: &ProduceRequest<'_>, version: i16) -> Segments {
    encode_request(request, version, 7, Some("ab")).unwrap()
}
