//! Any cluster, in any mood: a picture that is told anything.

mod mirror;
mod said;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::ResponseFrame;
use klamm_wire::{NodeId, PartitionIndex, Time, TopicId, Uuid};

use self::mirror::Mirror;
use self::said::Input;
use crate::address::HostPort;
use crate::metadata::{Broker, Hint, LeaderAt, Metadata, Query, TopicRef};
use crate::settings::MetadataSettings;

/// The topics that there can be; the last one is never wanted.
const NAMES: [&str; 5] = ["a", "b", "c", "", "d"];
const NEWEST: i16 = 13;

/// A picture and who drives it.
struct Walk<'a> {
    input: Input<'a>,
    now: Time,
    metadata: Metadata,
    mirror: Mirror,
    queries: Vec<Query>,
}

/// Any answers and hints, at any time: no panic, no epoch that goes back, no event that the picture
/// does not bear out, no memory beyond what was listed, nothing that is never asked for again.
///
/// Each step is a byte for what happens, and what that needs.
pub fn cluster_metadata(data: &[u8]) {
    events_of_metadata(data);
}

/// The same, and the kinds of events that came.
pub fn events_of_metadata(data: &[u8]) -> BTreeSet<&'static str> {
    let mut input = Input::new(data);
    let settings = MetadataSettings {
        unknown_topic_wait: Duration::from_secs(2),
        max_idle: Duration::from_secs(400),
        allow_auto_create: input.up_to(1) == 0,
        ..MetadataSettings::default()
    };
    let metadata = Metadata::new(settings, u64::from(input.byte()));
    let (now, mirror) = (Time(0), Mirror::default());
    let mut walk = Walk { input, now, metadata, mirror, queries: Vec::new() };
    while !walk.input.is_empty() {
        walk.step();
        walk.see();
        walk.check_wake();
        walk.see();
    }
    walk.mirror.kinds
}

impl Walk<'_> {
    fn step(&mut self) {
        let topic = TopicRef(u32::from(self.input.up_to(4)));
        match self.input.up_to(15) {
            0 | 1 => self.want(),
            2 => self.metadata.touch(self.now, topic),
            3 => {
                self.metadata.forget(topic);
                self.mirror.forget(topic);
            }
            4 => self.metadata.refresh(self.now, Some(topic)),
            5 => self.metadata.refresh(self.now, None),
            6 => self.hint(topic),
            7 if self.input.up_to(7) == 0 => self.metadata.rebootstrap(self.now),
            7 | 8 => self.sleep(),
            9 => self.hear_bytes(),
            10 => {
                if let Some(query) = self.query() {
                    self.metadata.lost(self.now, query);
                }
            }
            _ => self.hear(),
        }
    }

    fn see(&mut self) {
        while let Some(event) = self.metadata.poll() {
            self.mirror.see(event);
        }
        self.mirror.check(&self.metadata);
    }

    fn want(&mut self) {
        let most = u8::try_from(NAMES.len()).unwrap_or(u8::MAX).saturating_sub(2);
        let name = NAMES.get(usize::from(self.input.up_to(most))).copied().unwrap_or_default();
        let topic = self.metadata.want(self.now, name);
        self.mirror.want(topic, name);
    }

    /// Some time passes, or as much as it takes until something is due.
    fn sleep(&mut self) {
        let wait = Duration::from_millis(u64::from(self.input.byte()).saturating_mul(37));
        let due = self.metadata.next_wake().filter(|_| self.input.up_to(3) > 0);
        self.now = due.unwrap_or_else(|| self.now.saturating_add(wait)).max(self.now);
    }

    /// A query to be answered: one that is due by now, else an older one.
    fn query(&mut self) -> Option<Query> {
        if self.input.up_to(1) == 0 {
            self.now = self.metadata.next_wake().unwrap_or(self.now).max(self.now);
        }
        if let Some(query) = self.metadata.due(self.now) {
            assert!(query.topics().len() <= NAMES.len(), "each topic once");
            self.queries.insert(0, query);
            self.queries.truncate(3);
        }
        self.queries.first()?;
        let most = u8::try_from(self.queries.len()).unwrap_or(1).saturating_sub(1);
        let at = if self.input.up_to(3) == 0 { self.input.up_to(most) } else { 0 };
        self.queries.get(usize::from(at)).cloned()
    }

    fn hear(&mut self) {
        let Some(query) = self.query() else { return };
        let version = i16::from(self.input.up_to(NEWEST.to_le_bytes()[0]));
        let version = if self.input.up_to(1) == 0 { NEWEST } else { version };
        let Some((frame, listed)) = said::answer(&mut self.input, version) else { return };
        self.mirror.list(listed);
        let heard = self.metadata.answered(self.now, query, &frame);
        assert!(heard.is_ok(), "{heard:?}");
    }

    fn hear_bytes(&mut self) {
        let Some(query) = self.query() else { return };
        let version = i16::from(self.input.up_to(15)).saturating_sub(1);
        let bytes = Bytes::copy_from_slice(self.input.take());
        self.mirror.list(bytes.len());
        let frame = ResponseFrame { key: ApiKey::Metadata, version, bytes };
        // Whether it is malformed is for the decoder to say.
        let _ = self.metadata.answered(self.now, query, &frame);
    }

    fn hint(&mut self, topic: TopicRef) {
        let node = NodeId(self.input.small());
        let leader = LeaderAt { node, epoch: self.input.small() };
        let id = TopicId(Uuid::from_u128(u128::from(self.input.up_to(2))));
        let partition = PartitionIndex(self.input.small());
        let hint = Hint { topic, id, partition, leader };
        let given = HostPort::new("hinted", 1).map(|host| (node, Broker { host, rack: None }));
        let given: Vec<_> = given.into_iter().filter(|_| self.input.up_to(1) == 0).collect();
        self.metadata.hinted(self.now, &[hint], &given);
    }

    /// Unless a query is under way there is a time at which to ask, and asking then leads on.
    fn check_wake(&mut self) {
        let Some(wake) = self.metadata.next_wake() else {
            assert!(self.metadata.due(self.now).is_none(), "one query at a time");
            return;
        };
        if wake <= self.now && self.input.up_to(1) == 0 {
            match self.metadata.due(self.now) {
                Some(query) => {
                    self.queries.insert(0, query);
                    self.queries.truncate(3);
                }
                None => {
                    let again = self.metadata.next_wake();
                    assert!(again.is_none_or(|again| again > self.now), "it asks to be woken now");
                }
            }
        }
    }
}
