//! Building and reading whole frames.

use bytes::{Buf, Bytes};
use klamm_protocol::frame::{
    DecodeFrameError, Decoded, EncodeFrameError, MAX_FRAME, ResponseFrame, decode_request_header,
    decode_response, decode_response_header, encode_request, encode_request_within,
    encode_response, encode_response_within,
};
use klamm_protocol::message::read;
use klamm_protocol::metadata::{MetadataRequest, MetadataResponse};
use klamm_protocol::sasl_handshake::SaslHandshakeRequest;
use klamm_protocol::{
    ApiKey, Segments,
    api_versions::{ApiVersionsRequest, ApiVersionsResponse},
    catalogue,
};
use klamm_wire::{DecodeErrorKind, EncodeErrorKind, ErrorCode, Reader};

/// The body that the reference client of 4.3.0 sends, at version 4.
const CAPTURED_BODY: &[u8] = b"\x12apache-kafka-java\x064.3.0\x00";

#[test]
fn a_request_is_its_length_a_header_of_version_2_and_the_captured_body() {
    let header = b"\x00\x12\x00\x04\x00\x00\x00\x07\x00\x02ab\x00";
    let frame = encode_request(&api_versions(), 4, 7, Some("ab")).unwrap();
    let length = u32::try_from(header.len() + CAPTURED_BODY.len()).unwrap().to_be_bytes();
    assert_eq!(frame.to_vec(), [&length[..], header, CAPTURED_BODY].concat());
    assert_eq!(frame.iter().count(), 1);
}

#[test]
fn a_null_client_id_keeps_its_length_of_two_bytes() {
    let frame = encode_request(&api_versions(), 4, 7, None).unwrap();
    let header = b"\x00\x12\x00\x04\x00\x00\x00\x07\xff\xff\x00";
    assert_eq!(frame.to_vec()[4..15], header[..]);
}

#[test]
fn a_request_that_is_not_flexible_has_a_header_of_version_1() {
    let request = SaslHandshakeRequest { mechanism: "PLAIN".into() };
    let frame = encode_request(&request, 1, -1, Some("ab")).unwrap();
    let expected = b"\0\0\0\x13\x00\x11\x00\x01\xff\xff\xff\xff\x00\x02ab\x00\x05PLAIN";
    assert_eq!(frame.to_vec(), expected);
}

#[test]
fn an_answer_to_api_versions_has_a_header_of_version_0_in_each_version() {
    let answer = ApiVersionsResponse::default();
    for version in 0..=4 {
        let frame = encode_response(&answer, version, 9).unwrap().to_vec();
        let body = klamm_protocol::encode(&answer, version).unwrap().to_vec();
        assert_eq!(frame[4..], [&[0, 0, 0, 9][..], &body].concat());
    }
}

#[test]
fn a_flexible_answer_has_a_header_of_version_1() {
    let frame = encode_response(&MetadataResponse::default(), 12, 9).unwrap().to_vec();
    assert_eq!(frame[4..9], [0, 0, 0, 9, 0]);
    let frame = encode_response(&MetadataResponse::default(), 8, 9).unwrap().to_vec();
    assert_eq!(frame[4..9], [0, 0, 0, 9, 0], "the first byte of the throttle time follows");
    assert_eq!(frame.len(), 4 + 4 + 4 + 4 + 2 + 4 + 4 + 4);
}

#[test]
fn a_null_struct_is_one_byte_in_a_flexible_request() {
    let bytes = Bytes::from_static(b"\x01\x00\x00\x00\x01\xff\x00");
    let entry = catalogue::by_name("DescribeTopicPartitionsRequest").unwrap();
    let message = entry.read(&mut Reader::over(&bytes), 0).unwrap();
    assert!(format!("{message:?}").contains("cursor: None"));
    assert_eq!(message.encode(0).unwrap().to_vec(), bytes);
}

#[test]
fn a_frame_beyond_the_limit_is_refused_with_both_numbers() {
    let request = api_versions();
    let encode = |limit| encode_request_within(limit, &request, 4, 7, None);
    let error = EncodeFrameError::TooLong { length: 36, limit: 35 };
    assert_eq!(encode(35).map(|frame| frame.len()), Err(error));
    assert_eq!(encode(36).map(|frame| frame.len()), Ok(40));
    assert!(error.to_string().contains("takes 36 bytes, a frame at most 35"), "{error}");

    let answer = MetadataResponse::default();
    let encode = |limit| encode_response_within(limit, &answer, 8, 1).map(|frame| frame.len());
    assert_eq!(encode(26), Ok(30));
    assert_eq!(encode(25), Err(EncodeFrameError::TooLong { length: 26, limit: 25 }));
}

#[test]
fn a_frame_beyond_what_its_length_can_say_is_refused() {
    let half = Bytes::from(vec![0; 1 << 20]);
    let batches: klamm_protocol::Records<'_> = std::iter::repeat_n(half, 1 << 10).collect();
    let partition = |index: i32| klamm_protocol::produce::request::PartitionProduceData {
        index: index.into(),
        records: Some(batches.clone()),
        ..Default::default()
    };
    let topic = klamm_protocol::produce::request::TopicProduceData {
        partition_data: vec![partition(0), partition(1)],
        ..Default::default()
    };
    let request =
        klamm_protocol::produce::ProduceRequest { topic_data: vec![topic], ..Default::default() };
    match encode_request(&request, 9, 1, None) {
        Err(EncodeFrameError::TooLong { length, limit: MAX_FRAME }) => assert!(length > 1 << 31),
        other => panic!("{:?}", other.map(|frame| frame.len())),
    }
}

#[test]
fn a_value_that_its_version_cannot_carry_is_refused() {
    let request = MetadataRequest { allow_auto_topic_creation: false, ..Default::default() };
    let EncodeFrameError::Message(error) = encode_request(&request, 3, 1, None).unwrap_err() else {
        panic!("another kind of error");
    };
    assert_eq!((error.kind, error.version), (EncodeErrorKind::FieldNotInVersion, 3));
}

#[test]
fn the_header_of_a_request_is_read_and_the_body_follows() {
    let frame = frame_of(encode_request(&api_versions(), 4, 7, Some("ab")));
    let (header, mut body) = decode_request_header(&frame).unwrap();
    assert_eq!((header.request_api_key, header.request_api_version), (18, 4));
    assert_eq!((header.correlation_id, header.client_id.as_deref()), (7, Some("ab")));
    assert_eq!(body.rest(), CAPTURED_BODY);
    assert_eq!(read(&mut body, 4), Ok(api_versions()));
    assert_eq!((body.offset(), body.remaining()), (frame.len(), 0));
}

#[test]
fn a_request_of_a_version_to_come_still_has_a_readable_header() {
    let frame = Bytes::from_static(b"\x00\x12\x00\x63\x00\x00\x00\x07\xff\xff\x00whatever");
    let (header, body) = decode_request_header(&frame).unwrap();
    assert_eq!((header.request_api_version, header.client_id), (99, None));
    assert_eq!(body.rest(), b"whatever");
}

#[test]
fn a_request_of_an_unknown_or_removed_api_is_named() {
    for (key, bytes) in [(4, b"\x00\x04"), (1000, b"\x03\xe8"), (-1, b"\xff\xff")] {
        let frame = Bytes::from([&bytes[..], b"\x00\x02\x00\x00\x00\x2a\xff\xff"].concat());
        let error = decode_request_header(&frame).unwrap_err();
        let expected = DecodeFrameError::UnknownApi { key, version: 2, correlation_id: 42 };
        assert_eq!(error, expected);
        let text = format!("key {key}, version 2, correlation id 42");
        assert!(error.to_string().ends_with(&text), "{error}");
    }
}

#[test]
fn every_part_of_a_header_of_a_request_is_malformed() {
    let frame = frame_of(encode_request(&api_versions(), 4, 7, Some("ab")));
    for len in 0..frame.len() - CAPTURED_BODY.len() {
        let frame = frame.slice(..len);
        let Err(DecodeFrameError::Malformed(error)) = decode_request_header(&frame) else {
            panic!("{len} bytes are a header");
        };
        assert_eq!(error.kind(), DecodeErrorKind::Truncated);
        assert!(error.offset() <= len);
    }
}

#[test]
fn a_response_is_decoded_and_what_follows_is_counted() {
    let answer = MetadataResponse { controller_id: 3.into(), ..Default::default() };
    let frame = frame_of(encode_response(&answer, 12, 9));
    let (header, body) = decode_response_header(&frame, ApiKey::Metadata, 12).unwrap();
    assert_eq!((header.correlation_id, body.offset()), (9, 5));

    let longer = Bytes::from([&frame[..], b"!!"].concat());
    let decoded: Decoded<'_, MetadataResponse<'_>> = decode_response(&longer, 12).unwrap();
    assert_eq!(decoded, Decoded { header, body: answer, trailing: 2 });
}

#[test]
fn a_whole_response_is_decoded_by_who_asked_for_it() {
    let answer = ApiVersionsResponse { error_code: ErrorCode(42), ..Default::default() };
    let bytes = frame_of(encode_response(&answer, 4, 5));
    let frame = ResponseFrame { key: ApiKey::ApiVersions, version: 4, bytes };
    assert_eq!(frame.correlation_id(), Ok(5));
    assert_eq!(frame.decode().map(|decoded| decoded.body), Ok(answer));

    let error = frame.decode::<MetadataResponse<'_>>().unwrap_err();
    let expected =
        DecodeFrameError::OtherApi { asked: ApiKey::Metadata, holds: ApiKey::ApiVersions };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("of Metadata (3), the frame holds ApiVersions (18)"));
}

#[test]
fn a_response_too_short_for_its_number_is_malformed() {
    let bytes = Bytes::from_static(&[0, 0, 1]);
    let frame = ResponseFrame { key: ApiKey::Produce, version: 9, bytes };
    assert_eq!(frame.correlation_id().map_err(|error| error.offset()), Err(0));
}

fn api_versions() -> ApiVersionsRequest<'static> {
    ApiVersionsRequest {
        client_software_name: "apache-kafka-java".into(),
        client_software_version: "4.3.0".into(),
        ..Default::default()
    }
}

/// What a decoder hands out: the frame without its length.
fn frame_of(segments: Result<Segments, EncodeFrameError>) -> Bytes {
    let mut bytes = Bytes::from(segments.unwrap().to_vec());
    let length = bytes.get_u32();
    assert_eq!(usize::try_from(length), Ok(bytes.len()));
    bytes
}
