//! Topics, made, looked at and dropped by requests written by hand.

use crate::kafka::probe::{ask, string};
use crate::support::Outcome;

const LIST_OFFSETS: i16 = 2;
const METADATA: i16 = 3;
const CREATE_TOPICS: i16 = 19;
const DELETE_TOPICS: i16 = 20;

/// TOPIC_ALREADY_EXISTS: an earlier attempt was carried out, and its answer lost.
const EXISTS: i16 = 36;

/// A broker may be asked again, after so long, so often.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);
const ATTEMPTS: u32 = 40;

/// How long a broker may take.
const PATIENCE_MILLIS: i32 = 1500;

/// Makes a topic, and waits until every one of its partitions is led and in sync, and its leader
/// knows that it leads.
///
/// Metadata tells what the controller has decided; a leader may learn of it a moment later and
/// refuses batches until then, which whoever sends with acks=0 never hears.
pub(super) fn create(ports: &[u16], name: &str, partitions: i32) -> Outcome {
    let replication = i16::try_from(ports.len()).unwrap_or(i16::MAX);
    let body = [
        &1_i32.to_be_bytes()[..],
        &string(name),
        &partitions.to_be_bytes(),
        &replication.to_be_bytes(),
        // No assignments, and no settings.
        &[0; 8],
        &PATIENCE_MILLIS.to_be_bytes(),
        &[0],
    ]
    .concat();
    let is_made = || {
        let asked = ports.iter().filter_map(|port| ask(*port, CREATE_TOPICS, 2, &body).ok());
        asked.filter_map(|answer| created(&answer)).any(|code| code == 0 || code == EXISTS)
    };
    insist(&format!("the topic {name} is not made"), is_made)?;
    let expected = usize::try_from(partitions).unwrap_or_default();
    wait_for_sync(ports, name, expected)?;
    insist(&format!("{name} is not served by its leaders"), || is_served(ports, name, expected))
}

/// Whether the leader of every partition tells its last offset.
fn is_served(ports: &[u16], name: &str, partitions: usize) -> bool {
    let all = ports.first().and_then(|port| describe(*port, name)).unwrap_or_default();
    all.len() >= partitions && all.iter().all(|it| leads(ports, name, it) == Some(true))
}

fn leads(ports: &[u16], name: &str, partition: &Partition) -> Option<bool> {
    let place = usize::try_from(partition.leader).ok()?.checked_sub(1)?;
    let body = [
        // A client, one topic, one partition, its end.
        &(-1_i32).to_be_bytes()[..],
        &1_i32.to_be_bytes(),
        &string(name),
        &1_i32.to_be_bytes(),
        &partition.index.to_be_bytes(),
        &(-1_i64).to_be_bytes(),
    ]
    .concat();
    let answer = ask(*ports.get(place)?, LIST_OFFSETS, 1, &body).ok()?;
    Some(listed(&answer)? == 0)
}

/// Asks until something holds, or for too long.
fn insist(otherwise: &str, mut holds: impl FnMut() -> bool) -> Outcome {
    for _ in 0..ATTEMPTS {
        if holds() {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(otherwise.to_owned())
}

/// Waits until every node says of every partition that it is led and all replicas are in sync.
pub(super) fn wait_for_sync(ports: &[u16], name: &str, partitions: usize) -> Outcome {
    let is_in_sync = || {
        ports.iter().all(|port| {
            describe(*port, name).is_some_and(|all| {
                let is_whole = |it: &Partition| it.leader > 0 && it.in_sync == ports.len();
                all.len() >= partitions && all.iter().all(is_whole)
            })
        })
    };
    insist(&format!("{name} is not in sync"), is_in_sync)
}

/// Drops a topic; one that stays takes room, and nothing more.
pub(super) fn delete(ports: &[u16], name: &str) {
    let body = [&1_i32.to_be_bytes()[..], &string(name), &PATIENCE_MILLIS.to_be_bytes()].concat();
    if let Some(port) = ports.first() {
        let _ = ask(*port, DELETE_TOPICS, 1, &body);
    }
}

/// A partition as a broker describes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) index: i32,
    /// −1 for nobody.
    pub(super) leader: i32,
    pub(super) in_sync: usize,
}

/// What a broker knows of a topic.
pub(super) fn describe(port: u16, name: &str) -> Option<Vec<Partition>> {
    let body = [&1_i32.to_be_bytes()[..], &string(name), &[0]].concat();
    partitions(&ask(port, METADATA, 4, &body).ok()?)
}

fn created(answer: &[u8]) -> Option<i16> {
    let mut words = Words(answer);
    words.take(8)?;
    words.string()?;
    words.i16()
}

/// The code of the only partition of the only topic.
fn listed(answer: &[u8]) -> Option<i16> {
    let mut words = Words(answer);
    words.take(4)?;
    words.string()?;
    words.take(8)?;
    words.i16()
}

fn partitions(answer: &[u8]) -> Option<Vec<Partition>> {
    let mut words = Words(answer);
    words.take(4)?;
    for _ in 0..words.i32()? {
        words.take(4)?;
        words.string()?;
        words.take(4)?;
        words.string()?;
    }
    words.string()?;
    // The controller, and how many topics there are.
    words.take(8)?;
    words.take(2)?;
    words.string()?;
    words.take(1)?;
    (0..words.i32()?).map(|_| partition(&mut words)).collect()
}

fn partition(words: &mut Words<'_>) -> Option<Partition> {
    words.take(2)?;
    let (index, leader) = (words.i32()?, words.i32()?);
    words.list()?;
    Some(Partition { index, leader, in_sync: words.list()? })
}

/// What is left of an answer.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn i16(&mut self) -> Option<i16> {
        Some(i16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn i32(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Steps over a string, or null.
    fn string(&mut self) -> Option<()> {
        let length = usize::try_from(self.i16()?).unwrap_or_default();
        self.take(length).map(drop)
    }

    /// Steps over a list of numbers, and tells how many they were.
    fn list(&mut self) -> Option<usize> {
        let count = usize::try_from(self.i32()?).ok()?;
        self.take(count.checked_mul(4)?).map(|_| count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_about_a_topic_is_read() {
        let answer = [
            &[0; 4][..],
            &1_i32.to_be_bytes(),
            &7_i32.to_be_bytes(),
            &string("host"),
            &9092_i32.to_be_bytes(),
            &(-1_i16).to_be_bytes(),
            &string("cluster"),
            &7_i32.to_be_bytes(),
            &1_i32.to_be_bytes(),
            &[0; 2],
            &string("topic"),
            &[0],
            &1_i32.to_be_bytes(),
            &[0; 2],
            &3_i32.to_be_bytes(),
            &7_i32.to_be_bytes(),
            &1_i32.to_be_bytes(),
            &7_i32.to_be_bytes(),
            &2_i32.to_be_bytes(),
            &7_i32.to_be_bytes(),
            &8_i32.to_be_bytes(),
        ]
        .concat();
        let expected = Partition { index: 3, leader: 7, in_sync: 2 };
        assert_eq!(partitions(&answer), Some(vec![expected]));
        let cut = answer.len() - 1;
        assert_eq!(partitions(&answer[..cut]), None);
    }

    #[test]
    fn the_code_of_a_made_topic_is_found_behind_its_name() {
        let answer = [&[0; 8][..], &string("topic"), &EXISTS.to_be_bytes()].concat();
        assert_eq!(created(&answer), Some(EXISTS));
    }

    #[test]
    fn the_code_of_a_listed_partition_is_found_behind_its_number() {
        let answer = [&[0; 4][..], &string("topic"), &[0; 8], &6_i16.to_be_bytes()].concat();
        assert_eq!(listed(&answer), Some(6));
        assert_eq!(listed(&answer[..12]), None);
    }
}
