//! The language of the cases against peers that behave badly on purpose.

#![cfg(test)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use klamm_conformance::answer::Answer;
use klamm_conformance::case::{Case, Verdict};
use klamm_conformance::conn::{Conn, Raw};
use klamm_conformance::notes::Notes;
use klamm_conformance::runner;
use klamm_conformance::target::Target;
use klamm_protocol::ApiKey;
use klamm_protocol::api_versions::ApiVersionsRequest;

const SHORT: Duration = Duration::from_millis(50);

/// A peer that reads one request, writes `answer`, and hangs up unless it shall stay.
fn peer(answer: &'static [u8], stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer);
        stream.write_all(answer).unwrap();
        while stays && stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
    });
    address
}

fn connect(address: &str, notes: &Notes) -> Conn {
    let deadline = Instant::now() + Duration::from_secs(60);
    Conn::open(address, deadline, Some(notes.clone())).unwrap()
}

fn ask(answer: &'static [u8], stays: bool) -> (Answer, Notes) {
    let notes = Notes::new("");
    let mut conn = connect(&peer(answer, stays), &notes);
    if stays && answer.is_empty() {
        conn = conn.with_patience(SHORT);
    }
    (conn.ask(0, &ApiVersionsRequest::default()).unwrap(), notes)
}

#[test]
fn an_answer_is_decoded_and_recorded() {
    let (answer, notes) = ask(&[0, 0, 0, 10, 0, 0, 0, 1, 0, 35, 0, 0, 0, 0], true);
    assert_eq!(answer.int("/errorCode"), Some(35));
    let steps = notes.steps();
    assert_eq!(steps[0].key, "ApiVersions.v0");
    assert_eq!(steps[0].answer["errorCode"], 35);
}

#[test]
fn a_peer_that_hangs_up_is_closed() {
    let (answer, notes) = ask(&[], false);
    assert_eq!(answer, Answer::Closed);
    assert_eq!(notes.steps()[0].answer, "closed");
}

#[test]
fn a_peer_that_hangs_up_inside_an_answer_is_closed() {
    assert_eq!(ask(&[0, 0, 0, 10, 0, 0], false).0, Answer::Closed);
}

#[test]
fn a_silent_peer_is_a_timeout() {
    let (answer, notes) = ask(&[], true);
    assert_eq!(answer, Answer::Timeout);
    assert_eq!(notes.steps()[0].answer, "timeout");
}

#[test]
fn an_answer_to_another_request_is_malformed() {
    let (answer, _) = ask(&[0, 0, 0, 10, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0], true);
    assert!(matches!(answer, Answer::Malformed(_)), "{answer:?}");
}

#[test]
fn bytes_behind_an_answer_are_counted() {
    let (answer, _) = ask(&[0, 0, 0, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7], true);
    assert_eq!(answer.reply().map(|reply| reply.trailing), Some(1));
}

#[test]
fn an_answer_where_the_end_was_expected_is_told() {
    let notes = Notes::new("");
    let mut conn = connect(&peer(&[0, 0, 0, 4, 0, 0, 0, 1], true), &notes);
    conn.send_raw(b"anything");
    assert!(matches!(conn.note("end-of-it").expect_closed(), Raw::Frame(_)));
    assert_eq!(notes.steps()[0].key, "end.end-of-it");
}

#[test]
fn a_broker_that_is_gone_fails_the_canary() {
    const CASE: Case = Case::must("X-1", "nothing", "Nothing happens.", &["PG"], |_| Ok(()));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let target = Target { bootstrap: vec![nobody], ..Target::default() };
    let report = runner::run_one(&Arc::new(target), &CASE, 1);
    assert_eq!(report.verdict, Verdict::Hang);
    assert!(report.details[0].starts_with("canary"), "{:?}", report.details);
}

#[test]
fn a_broker_that_answers_nonsense_can_nothing_and_is_judged_all_the_same() {
    let address = peer(&[0, 0, 0, 10, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0], true);
    let mut target = Target { bootstrap: vec![address], ..Target::default() };
    assert_eq!(target.learn(), Ok(()));
    assert_eq!(target.advertised.usable(ApiKey::Metadata), None);
}
