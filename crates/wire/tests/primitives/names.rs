//! Identifiers, instants and errors: their texts and their edges.

use std::time::Duration;

use klamm_wire::{
    DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, Epoch, NodeId, ProducerId,
    Sequence, Time, TopicId, Uuid, UuidError,
};

#[test]
fn a_uuid_is_shown_as_base64() {
    for (bits, text) in [
        (0, "AAAAAAAAAAAAAAAAAAAAAA"),
        (1, "AAAAAAAAAAAAAAAAAAAAAQ"),
        (u128::MAX, "_____________________w"),
        (0xfb << 120, "-wAAAAAAAAAAAAAAAAAAAA"),
        (0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f, "AAECAwQFBgcICQoLDA0ODw"),
    ] {
        let uuid = Uuid::from_u128(bits);
        assert_eq!(uuid.to_string(), text);
        assert_eq!(format!("{uuid:?}"), text);
        assert_eq!(text.parse(), Ok(uuid));
    }
    assert!(Uuid::ZERO.is_zero());
}

#[test]
fn a_text_that_is_no_uuid_is_refused() {
    let parse = |text: &str| text.parse::<Uuid>().unwrap_err();
    assert_eq!(parse(""), UuidError::Length(0));
    assert_eq!(parse("AAAAAAAAAAAAAAAAAAAAAQ=="), UuidError::Length(24));
    assert_eq!(parse("AAAA+AAAAAAAAAAAAAAAAA"), UuidError::Character(4));
    assert_eq!(parse("AAAAAAAAAAAAAAAAAAAA/A"), UuidError::Character(20));
    assert_eq!(parse("ééééééééééé"), UuidError::Character(0));
    assert_eq!(parse("AAAAAAAAAAAAAAAAAAAAAB"), UuidError::ExtraBits);
    assert_eq!(parse("AAAAAAAAAAAAAAAAAAAAAI"), UuidError::ExtraBits);
    assert!(parse("").to_string().contains("22"));
}

#[test]
fn identifiers_show_their_number() {
    assert_eq!(NodeId::from(7).to_string(), "7");
    assert_eq!(ProducerId::NONE.to_string(), "-1");
    assert_eq!((Epoch::NONE.0, Sequence::NONE.0, NodeId::NONE.0), (-1, -1, -1));
    assert_eq!(TopicId::ZERO.to_string(), "A".repeat(22));
    assert_eq!(TopicId::default(), TopicId::ZERO);
    assert!(Epoch(1) < Epoch(2));
}

#[test]
fn time_neither_overflows_nor_goes_back() {
    let late = Time(u64::MAX - 1);
    assert_eq!(Time(5).checked_add(Duration::from_nanos(6)), Some(Time(11)));
    assert_eq!(late.checked_add(Duration::from_nanos(2)), None);
    assert_eq!(late.saturating_add(Duration::MAX), Time(u64::MAX));
    assert_eq!(Time(11).saturating_duration_since(Time(5)), Duration::from_nanos(6));
    assert_eq!(Time(5).saturating_duration_since(Time(11)), Duration::ZERO);
}

#[test]
fn a_decode_error_blames_the_peer() {
    let error = DecodeError::new(DecodeErrorKind::Truncated, "Answer.name", 17);
    let text = error.to_string();
    assert!(text.contains("the peer sent malformed data"), "{text}");
    assert!(text.contains("Answer.name") && text.contains("17"), "{text}");
    let wrong_version = DecodeErrorKind::UnsupportedVersion(9);
    let text = DecodeError::new(wrong_version, "Answer", 0).to_string();
    assert!(text.contains("the caller") && text.contains('9') && text.contains("Answer"), "{text}");
    assert!(!text.contains("peer"), "{text}");
}

#[test]
fn an_encode_error_blames_the_caller() {
    let kind = EncodeErrorKind::FieldNotInVersion;
    let text = EncodeError { kind, field: "Request.name", version: 4 }.to_string();
    assert!(text.contains("the caller's value"), "{text}");
    assert!(text.contains("Request.name") && text.contains("version 4"), "{text}");
}

#[test]
fn an_offset_beyond_four_bytes_saturates() {
    let error = DecodeError::new(DecodeErrorKind::Truncated, "A.b", usize::MAX);
    assert_eq!(error.offset(), usize::try_from(u32::MAX).unwrap());
}
