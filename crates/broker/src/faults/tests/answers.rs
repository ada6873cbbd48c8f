//! Faults while an answer is written, and when it is written.

use super::*;

/// The answer to a request for all topics, as it should be.
fn right_answer() -> Vec<u8> {
    let (mut world, client, _) = one_with("produce: answering duplicate");
    world.send(client, VERSION, &all_topics());
    bytes_of(&world, client).to_vec()
}

#[test]
fn an_answer_cut_at_a_byte_ends_the_connection() {
    let whole = right_answer();
    for count in [0, 1, 4, 9, whole.len(), whole.len() + 1] {
        let (mut world, client, _) = one_with(&format!("metadata: answering cut {count}"));
        world.send(client, VERSION, &all_topics());
        assert_eq!(bytes_of(&world, client), &whole[..count.min(whole.len())]);
        assert!(world.is_closed(client));
    }
}

#[test]
fn an_answer_can_come_twice() {
    let (mut world, client, _) = one_with("metadata: answering duplicate times 1");
    world.send(client, VERSION, &all_topics());
    let whole = right_answer();
    assert_eq!(bytes_of(&world, client), [&whole[..], &whole].concat());
}

#[test]
fn a_frame_that_nobody_asked_for_can_follow_an_answer() {
    for count in [0_u32, 9] {
        let (mut world, client, _) = one_with(&format!("metadata: answering unsolicited {count}"));
        world.send(client, VERSION, &all_topics());
        let (bytes, whole) = (bytes_of(&world, client), right_answer());
        let (answer, more) = bytes.split_at(whole.len());
        assert_eq!(answer, whole);
        let (length, body) = more.split_first_chunk().unwrap();
        assert_eq!((*length, body.len()), (count.to_be_bytes(), usize::try_from(count).unwrap()));
    }
}

#[test]
fn an_answer_can_have_a_correlation_id_that_nobody_sent() {
    let (mut world, client, _) = one_with("metadata: answering wrong-correlation-id");
    world.send(client, VERSION, &all_topics());
    let whole = right_answer();
    let bytes = bytes_of(&world, client);
    assert_eq!(bytes[4..8], (1_i32 + (1 << 30)).to_be_bytes());
    assert_eq!((&bytes[..4], &bytes[8..]), (&whole[..4], &whole[8..]));
}

#[test]
fn garbage_comes_instead_of_the_answer() {
    let (mut world, client, _) = one_with("metadata: answering garbage 33");
    world.send(client, VERSION, &all_topics());
    assert_eq!(bytes_of(&world, client).len(), 33);
    assert_ne!(bytes_of(&world, client), &right_answer()[..33]);
}

#[test]
fn a_garbled_answer_keeps_its_length_and_its_id() {
    let (mut world, client, _) = one_with("metadata: answering garble-body");
    world.send(client, VERSION, &all_topics());
    let (bytes, whole) = (bytes_of(&world, client), right_answer());
    assert_eq!(bytes[..8], whole[..8]);
    assert_eq!(bytes.len(), whole.len());
    assert_ne!(bytes, whole);
}

#[test]
fn an_answer_can_claim_another_length() {
    for length in [-1, 0, i32::MAX] {
        let (mut world, client, _) =
            one_with(&format!("metadata: answering claim-length {length}"));
        world.send(client, VERSION, &all_topics());
        assert_eq!(bytes_of(&world, client)[..4], length.to_be_bytes());
        assert_eq!(bytes_of(&world, client)[4..], right_answer()[4..]);
    }
}

#[test]
fn an_answer_in_pieces_comes_with_pauses() {
    let (mut world, client, _) = one_with("metadata: answering pieces 10 pause 20ms");
    world.send(client, VERSION, &all_topics());
    world.send(client, VERSION, &all_topics());
    assert_eq!(bytes_of(&world, client).len(), 10);
    world.pass(19);
    assert_eq!(bytes_of(&world, client).len(), 10);
    world.pass(1);
    assert_eq!(bytes_of(&world, client).len(), 20);
    world.pass(60_000);
    assert_eq!(bytes_of(&world, client).len(), 2 * right_answer().len());
    assert!(is_answered(&mut world, client));
    assert!(is_answered(&mut world, client));
}

#[test]
fn a_throttled_client_is_told_so_and_muted() {
    let (mut world, client, _) = one_with("any: answering throttle 500ms times 1");
    world.send(client, VERSION, &all_topics());
    let answer = world.answer::<MetadataRequest<'_>>(client, VERSION).unwrap();
    assert_eq!(answer.throttle_time_ms, 500);
    world.send(client, VERSION, &all_topics());
    world.pass(499);
    assert!(!is_answered(&mut world, client));
    world.pass(1);
    assert!(is_answered(&mut world, client));
}

#[test]
fn a_connection_can_end_when_the_answer_is_written() {
    let (mut world, client, _) = one_with("produce: after-answer drop-connection");
    world.send(client, VERSION, &records(1, &[0]));
    assert_eq!(codes(&mut world, client), Some(vec![ErrorCode::NONE]));
    assert!(world.is_closed(client));
}

#[test]
fn a_connection_can_be_muted_when_the_answer_is_written() {
    let (mut world, client, _) = one_with("metadata: after-answer mute 1s times 1");
    world.send(client, VERSION, &all_topics());
    world.send(client, VERSION, &all_topics());
    assert!(is_answered(&mut world, client));
    world.pass(999);
    assert!(!is_answered(&mut world, client));
    world.pass(1);
    assert!(is_answered(&mut world, client));
}
