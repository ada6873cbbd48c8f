//! Cutting a stream into frames.

use bytes::Bytes;
use klamm_protocol::frame::{DEFAULT_LIMIT, Foreign, FrameDecoder, FrameError};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn frames_within_one_piece_are_slices_of_it() {
    let piece = stream(&[b"first", b"", b"second"]);
    let mut decoder = FrameDecoder::new();
    decoder.push(piece.clone());
    let first = decoder.next_frame().unwrap().unwrap();
    let empty = decoder.next_frame().unwrap().unwrap();
    let second = decoder.next_frame().unwrap().unwrap();
    assert_eq!((&first[..], &empty[..], &second[..]), (&b"first"[..], &b""[..], &b"second"[..]));
    assert_eq!(first.as_ptr(), piece[4..].as_ptr());
    assert_eq!(second.as_ptr(), piece[17..].as_ptr());
    assert_eq!((decoder.next_frame(), decoder.buffered()), (Ok(None), 0));
}

#[test]
fn a_frame_in_the_piece_after_its_length_is_a_slice_too() {
    let body = Bytes::from(b"body and more".to_vec());
    let mut decoder = FrameDecoder::new();
    decoder.push(Bytes::from_static(&[0, 0]));
    decoder.push(Bytes::from_static(&[0, 4]));
    assert_eq!((decoder.next_frame(), decoder.buffered()), (Ok(None), 4));
    decoder.push(body.clone());
    let frame = decoder.next_frame().unwrap().unwrap();
    assert_eq!((&frame[..], frame.as_ptr()), (&b"body"[..], body.as_ptr()));
    assert_eq!(decoder.buffered(), 9);
}

#[test]
fn a_frame_across_pieces_becomes_a_buffer_of_its_length() {
    let body: Vec<u8> = (0..=250).cycle().take(100_000).collect();
    let whole = stream(&[&body]);
    let mut decoder = FrameDecoder::new();
    for piece in whole.chunks(777) {
        assert_eq!(decoder.next_frame(), Ok(None));
        decoder.push(Bytes::copy_from_slice(piece));
    }
    let frame = decoder.next_frame().unwrap().unwrap();
    assert_eq!(frame, body);
    assert_eq!(Vec::from(frame).capacity(), body.len());
}

#[test]
fn the_limit_is_the_longest_frame_that_passes() {
    let mut decoder = FrameDecoder::with_limit(5);
    decoder.push(stream(&[b"12345", b"123456"]));
    assert_eq!(decoder.next_frame(), Ok(Some(Bytes::from_static(b"12345"))));
    let error = FrameError::TooLong { length: 6, limit: 5 };
    assert_eq!(decoder.next_frame(), Err(error));
    assert_eq!(error.to_string(), "the peer announced a frame of 6 bytes, the limit is 5");
    assert_eq!((decoder.limit(), FrameDecoder::new().limit()), (5, DEFAULT_LIMIT));
}

#[test]
fn a_lying_length_is_refused_before_anything_else_comes() {
    let mut decoder = FrameDecoder::new();
    decoder.push(Bytes::from_static(&[0x7f, 0xff, 0xff, 0xff]));
    let error = FrameError::TooLong { length: i32::MAX, limit: DEFAULT_LIMIT };
    assert_eq!(decoder.next_frame(), Err(error));
}

#[test]
fn after_an_error_every_call_errs_again() {
    let error = FrameError::NegativeLength(-2);
    let mut decoder = FrameDecoder::new();
    decoder.push(Bytes::from_static(&[0xff, 0xff, 0xff, 0xfe, 1, 2]));
    for _ in 0..3 {
        assert_eq!(decoder.next_frame(), Err(error));
        assert_eq!(decoder.buffered(), 0);
        decoder.push(stream(&[b"fine"]));
    }
    assert_eq!(error.to_string(), "the peer announced a frame of negative length: -2");
}

#[test]
fn an_error_says_what_the_peer_seems_to_speak() {
    let cases: &[(&[u8], Option<Foreign>, &str)] = &[
        (b"HTTP/1.1 400 Bad Request", Some(Foreign::Http), "check the port"),
        (b"POST /topics", Some(Foreign::Http), "no Kafka listener"),
        (b"\x15\x03\x03\x00\x02\x02\x46", Some(Foreign::Tls), "look like TLS"),
        (b"\x16\x03\x01\x02\x00", Some(Foreign::Tls), "look like TLS"),
        (b"\x15\x03\x05\x00", None, "the limit is 16777216"),
        (b"\xff\x03\x03\x00", None, "negative length"),
    ];
    for (bytes, foreign, text) in cases {
        let mut decoder = FrameDecoder::new();
        decoder.push(Bytes::from_static(bytes));
        let error = decoder.next_frame().unwrap_err();
        assert_eq!(error.foreign(), *foreign);
        assert!(error.to_string().contains(text), "{error}");
    }
}

proptest! {
    #[test]
    fn any_cut_of_any_frames_gives_the_same_frames(
        frames in vec(vec(any::<u8>(), 0..300), 0..12),
        cuts in vec(0_usize..90, 0..60),
        drains in vec(any::<bool>(), 60),
    ) {
        let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let mut rest = stream(&frames);
        let mut decoder = FrameDecoder::with_limit(300);
        let mut found = Vec::new();
        for (cut, drain) in cuts.into_iter().zip(drains) {
            decoder.push(rest.split_to(cut.min(rest.len())));
            if drain {
                found.extend(rest_of(&mut decoder));
            }
        }
        decoder.push(rest);
        found.extend(rest_of(&mut decoder));
        prop_assert_eq!(found, frames);
        prop_assert_eq!(decoder.buffered(), 0);
    }

    #[test]
    fn what_is_buffered_is_what_was_pushed_and_not_handed_out(
        pieces in vec(vec(0_u8..3, 0..20), 0..40),
    ) {
        let mut decoder = FrameDecoder::with_limit(usize::MAX);
        let (mut pushed, mut handed_out) = (0, 0);
        for piece in pieces {
            pushed += piece.len();
            decoder.push(Bytes::from(piece));
            prop_assert_eq!(decoder.buffered(), pushed - handed_out);
            handed_out += rest_of(&mut decoder).map(|frame| 4 + frame.len()).sum::<usize>();
            prop_assert_eq!(decoder.buffered(), pushed - handed_out);
        }
    }
}

/// The frames, each behind its length.
fn stream(frames: &[&[u8]]) -> Bytes {
    let length = |frame: &[u8]| u32::try_from(frame.len()).unwrap_or(u32::MAX).to_be_bytes();
    frames.iter().flat_map(|frame| [&length(frame)[..], frame].concat()).collect()
}

fn rest_of(decoder: &mut FrameDecoder) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(|| match decoder.next_frame() {
        Ok(frame) => frame,
        Err(error) => panic!("the stream is one of frames: {error}"),
    })
}
