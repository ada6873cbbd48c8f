//! Asks a broker over TCP whether it serves, with requests written by hand.
//!
//! This crate knows no crate of the workspace, so the few bytes of two requests stand here.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// A broker that starts may accept a connection and say nothing for a while.
const PATIENCE: Duration = Duration::from_secs(2);

/// Far more than a broker without topics has to say.
const ANSWER_BYTES_MAX: usize = 1 << 20;

const API_VERSIONS: i16 = 18;
const METADATA: i16 = 3;
const OFFSET_FETCH: i16 = 9;
const FIND_COORDINATOR: i16 = 10;
const INIT_PRODUCER_ID: i16 = 22;
const END_TXN: i16 = 26;

/// COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR.
const ELSEWHERE_OR_LATER: [i16; 3] = [14, 15, 16];

const CORRELATION: i32 = 7;

/// Whether the broker at a local port answers ApiVersions.
pub(super) fn answers(port: u16) -> bool {
    // Version 0 has no body, and every broker knows it.
    ask(port, API_VERSIONS, 0, &[]).is_ok_and(|answer| answer.starts_with(&[0, 0]))
}

/// How many brokers a broker knows of.
pub(super) fn brokers_seen_by(port: u16) -> Option<usize> {
    // Version 4: no topics, and none is created; the answer begins with a throttle time.
    let answer = ask(port, METADATA, 4, &[0, 0, 0, 0, 0]).ok()?;
    let count = answer.get(4..8)?.try_into().ok()?;
    usize::try_from(i32::from_be_bytes(count)).ok()
}

/// Of what a broker can be the coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coordination {
    Groups,
    Transactions,
}

impl Coordination {
    const fn key_type(self) -> u8 {
        match self {
            Self::Groups => 0,
            Self::Transactions => 1,
        }
    }

    /// A question that only a coordinator answers in earnest, and that changes nothing.
    fn ask(self, port: u16, key: &str) -> Option<i16> {
        match self {
            Self::Groups => {
                // No topics; the answer has none either, and then a code.
                let body = [string(key), vec![0; 4]].concat();
                code(&ask(port, OFFSET_FETCH, 2, &body).ok()?)
            }
            Self::Transactions => {
                // A producer id that nobody has, an epoch, and an abort.
                let body = [string(key), vec![0; 11]].concat();
                code(&ask(port, END_TXN, 0, &body).ok()?)
            }
        }
    }
}

/// Has a broker look for a coordinator, which makes the topic that coordinators need.
pub(super) fn knows_coordinator(port: u16, of: Coordination, key: &str) -> bool {
    let body = [string(key), vec![of.key_type()]].concat();
    ask(port, FIND_COORDINATOR, 1, &body).is_ok_and(|answer| code(&answer) == Some(0))
}

/// Whether a broker is the coordinator of something and has read all that it must know for that.
pub(super) fn coordinates(port: u16, of: Coordination, key: &str) -> bool {
    of.ask(port, key).is_some_and(|code| !ELSEWHERE_OR_LATER.contains(&code))
}

/// Whether a broker has ids for producers; asking has it fetch some.
pub(super) fn gives_producer_ids(port: u16) -> bool {
    // No transactional id, and a timeout that is of no matter then.
    let body = [[0xff; 2].as_slice(), &[0; 4]].concat();
    ask(port, INIT_PRODUCER_ID, 0, &body).is_ok_and(|answer| code(&answer) == Some(0))
}

/// The code after a throttle time, or after the length of an empty list.
fn code(answer: &[u8]) -> Option<i16> {
    Some(i16::from_be_bytes(answer.get(4..6)?.try_into().ok()?))
}

pub(super) fn string(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

/// Whether anything listens at a local port.
pub(super) fn listens(port: u16) -> bool {
    connect(port).is_ok()
}

fn connect(port: u16) -> io::Result<TcpStream> {
    TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)
}

/// The body of the answer to one request.
pub(super) fn ask(port: u16, api: i16, version: i16, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = connect(port)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&request(api, version, body))?;
    read_answer(&mut stream)
}

fn request(api: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.extend(api.to_be_bytes());
    frame.extend(version.to_be_bytes());
    frame.extend(CORRELATION.to_be_bytes());
    // No client id.
    frame.extend((-1_i16).to_be_bytes());
    frame.extend(body);
    let size = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    [&size.to_be_bytes()[..], &frame].concat()
}

fn read_answer(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut size = [0; 4];
    stream.read_exact(&mut size)?;
    let size = usize::try_from(i32::from_be_bytes(size)).unwrap_or(usize::MAX);
    if size > ANSWER_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; size];
    stream.read_exact(&mut answer)?;
    match answer.strip_prefix(&CORRELATION.to_be_bytes()) {
        Some(body) => Ok(body.to_vec()),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A broker that serves one connection and answers with these bytes after their size.
    fn broker(answer: Vec<u8>) -> (u16, JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut size = [0; 4];
            stream.read_exact(&mut size).unwrap();
            let mut asked = vec![0; u32::from_be_bytes(size) as usize];
            stream.read_exact(&mut asked).unwrap();
            stream.write_all(&u32::try_from(answer.len()).unwrap().to_be_bytes()).unwrap();
            stream.write_all(&answer).unwrap();
            asked
        };
        (port, thread::spawn(serve))
    }

    #[test]
    fn a_broker_that_answers_with_our_correlation_id_serves() {
        let (port, served) = broker(vec![0, 0, 0, 7, 0, 0, 0, 0, 0, 0]);
        assert!(answers(port));
        assert_eq!(served.join().unwrap(), [0, 18, 0, 0, 0, 0, 0, 7, 255, 255]);
    }

    #[test]
    fn an_error_or_another_correlation_id_is_no_answer() {
        for answer in [vec![0, 0, 0, 7, 0, 35, 0, 0, 0, 0], vec![0, 0, 0, 8, 0, 0, 0, 0, 0, 0]] {
            let (port, served) = broker(answer);
            assert!(!answers(port));
            served.join().unwrap();
        }
    }

    #[test]
    fn the_brokers_of_an_answer_are_counted() {
        let (port, served) = broker(vec![0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 9, 9]);
        assert_eq!(brokers_seen_by(port), Some(3));
        assert_eq!(served.join().unwrap()[..4], [0, 3, 0, 4]);
    }

    #[test]
    fn a_coordinator_is_one_that_answers_in_earnest() {
        for (of, code, expected) in [
            (Coordination::Transactions, 49, true),
            (Coordination::Transactions, 16, false),
            (Coordination::Groups, 0, true),
            (Coordination::Groups, 14, false),
        ] {
            let (port, served) = broker(vec![0, 0, 0, 7, 0, 0, 0, 0, 0, code]);
            assert_eq!(coordinates(port, of, "0"), expected);
            let key = [0, 1, b'0'];
            assert_eq!(served.join().unwrap()[10..13], key);
        }
    }

    #[test]
    fn a_coordinator_that_cannot_be_named_yet_is_not_known() {
        for (code, expected) in [(0, true), (15, false)] {
            let (port, served) = broker(vec![0, 0, 0, 7, 0, 0, 0, 0, 0, code, 0, 0]);
            assert_eq!(knows_coordinator(port, Coordination::Transactions, "0"), expected);
            assert_eq!(served.join().unwrap()[10..], [0, 1, b'0', 1]);
        }
    }

    #[test]
    fn a_broker_that_still_fetches_producer_ids_gives_none() {
        for (code, expected) in [(0, true), (14, false)] {
            let (port, served) = broker(vec![0, 0, 0, 7, 0, 0, 0, 0, 0, code]);
            assert_eq!(gives_producer_ids(port), expected);
            assert_eq!(served.join().unwrap()[10..], [255, 255, 0, 0, 0, 0]);
        }
    }

    #[test]
    fn an_answer_of_absurd_size_is_not_read() {
        let size = i32::MAX.to_be_bytes();
        assert!(read_answer(&mut &size[..]).is_err());
        let size = (-1_i32).to_be_bytes();
        assert!(read_answer(&mut &size[..]).is_err());
    }
}
