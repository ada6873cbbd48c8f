//! Sequences and epochs as they went over the wire.

use super::Situation;
use crate::model::{Produce, Stamp};
use crate::settings::Settings;

/// How many sequences there are.
const SEQUENCES: i64 = 1 << 31;

/// Who writes a partition, which sequence comes next, and which record each was given to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Numbers {
    /// Where the first lane of a partition begins.
    first: i64,
    lanes: Vec<Lane>,
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Lane {
    part: u32,
    /// The producer id and its epoch.
    who: (i64, i64),
    next: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Mark {
    who: (i64, i64),
    part: u32,
    sequence: i64,
    content: u32,
}

impl Numbers {
    pub(super) fn new(settings: &Settings) -> Self {
        let first = i64::try_from(settings.first_position).unwrap_or_default() % SEQUENCES;
        Self { first, lanes: Vec::new(), marks: Vec::new() }
    }

    /// The producer id and epoch that last wrote to a partition.
    pub(super) fn writer(&self, part: u32) -> Option<(i64, i64)> {
        self.lanes.iter().find(|lane| lane.part == part).map(|lane| lane.who)
    }

    /// Whether the next sequence of a partition is the one after the largest.
    pub(super) fn has_wrapped(&self, part: u32) -> bool {
        let last = SEQUENCES.saturating_sub(1);
        self.marks.iter().any(|mark| mark.part == part && mark.sequence == last)
    }

    /// A batch under that stamp is sent; whether the epoch is a newer one.
    //= I10 epochs of a partition ascend
    pub(super) fn enter(
        &mut self,
        part: u32,
        stamp: Stamp,
        met: &mut Vec<Situation>,
        broken: &mut Vec<&'static str>,
    ) -> bool {
        let who = (stamp.pid, stamp.epoch);
        match self.lanes.iter_mut().find(|lane| lane.part == part) {
            None => self.lanes.push(Lane { part, who, next: self.first }),
            Some(lane) if lane.who < who => {
                met.extend((lane.who.0 < who.0).then_some(Situation::NewProducerId));
                *lane = Lane { part, who, next: 0 };
                return true;
            }
            Some(lane) if lane.who > who => {
                broken.push("I10 a batch of an older epoch is sent after a newer one");
            }
            Some(_) => {}
        }
        false
    }

    /// Each sequence belongs to one record, and sequences follow each other.
    pub(super) fn give(
        &mut self,
        part: u32,
        stamp: Stamp,
        produce: &Produce,
        broken: &mut Vec<&'static str>,
    ) {
        let who = (stamp.pid, stamp.epoch);
        for offset in 0..produce.records {
            let sequence = stamp.first.saturating_add(i64::from(offset)) % SEQUENCES;
            let content = produce.content.saturating_add(offset);
            let place = (who, part, sequence);
            let holds = |mark: &&Mark| (mark.who, mark.part, mark.sequence) == place;
            match self.marks.iter().find(holds) {
                Some(held) if held.content == content => {}
                Some(_) => broken.push("I5 a sequence is given to two records"),
                None => {
                    broken.extend(self.follow(part, who, sequence).err());
                    self.marks.push(Mark { who, part, sequence, content });
                }
            }
        }
    }

    /// The sequence is the next one of its lane.
    fn follow(&mut self, part: u32, who: (i64, i64), sequence: i64) -> Result<(), &'static str> {
        let lane = self.lanes.iter_mut().find(|lane| lane.part == part && lane.who == who);
        let Some(lane) = lane else { return Ok(()) };
        let expected = std::mem::replace(&mut lane.next, sequence.saturating_add(1) % SEQUENCES);
        if expected == sequence { Ok(()) } else { Err("I6 sequences of a lane follow each other") }
    }
}
