//! Reads an answer: what it changes, and what has to be asked again.

use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::metadata::response::MetadataResponseTopic;
use klamm_wire::{ErrorCode, NodeId, Time};

use super::answer::{How, Taken};
use super::event::{Event, Gone};
use super::interest::Missing;
use super::machine::Metadata;
use super::oddities::count;
use super::query::Query;
use super::schedule::Pace;
use super::topic::TopicRef;

/// As many tries as make the wait the longest one.
const MANY_TRIES: u32 = 20;

/// Which answer is being read, and how.
struct Reading {
    now: Time,
    serial: u64,
    version: i16,
    pace: Pace,
}

impl Metadata {
    /// When the last answer was taken; `None` before the first.
    pub fn taken_at(&self) -> Option<Time> {
        self.taken_at
    }

    /// What the last answer said of a topic that is missing and waited for, be it by leaving it
    /// out; `None` for every other topic.
    pub fn missed(&self, topic: TopicRef) -> Option<ErrorCode> {
        self.interests.missed(topic)
    }

    //= M9 an answer that cannot be used as a whole is as good as none
    pub(super) fn read(
        &mut self,
        now: Time,
        query: &Query,
        answer: &MetadataResponse<'_>,
        version: i16,
    ) {
        let Some(gone) = self.read_brokers(answer) else { return self.give_up(now, query) };
        self.is_known = true;
        self.taken_at = Some(now);
        let pace = self.schedule.answered(now, &self.settings);
        let reading = Reading { now, serial: query.serial, version, pace };
        for topic in &answer.topics {
            self.read_topic(&reading, topic);
        }
        //= M2 a topic that was asked for and left out is missing
        for (at, _) in query.topics.iter() {
            let interest = self.interests.wanted(*at);
            if interest.is_some_and(|it| it.asked == query.serial && it.answered != query.serial) {
                self.is_missing(&reading, *at, ErrorCode::NONE);
            }
        }
        self.miss_leaders(now, &gone);
    }

    /// Takes what an answer says of the cluster as a whole and returns the brokers that are gone;
    /// `None` if it is not to be taken.
    fn read_brokers(&mut self, answer: &MetadataResponse<'_>) -> Option<Vec<NodeId>> {
        let picture = &mut self.picture;
        if answer.error_code == ErrorCode::REBOOTSTRAP_REQUIRED {
            picture.events.push_back(Event::RebootstrapRequired);
            return None;
        }
        let is_ok = answer.error_code.is_ok();
        let (events, oddities) = (&mut picture.events, &mut picture.oddities);
        let gone = is_ok.then(|| picture.brokers.replace(answer, events, oddities)).flatten();
        if gone.is_none() {
            count(&mut picture.oddities.unusable_answers);
        }
        gone
    }

    fn read_topic(&mut self, reading: &Reading, said: &MetadataResponseTopic<'_>) {
        let oddities = &mut self.picture.oddities;
        let Some(name) = said.name.as_deref() else {
            return count(&mut oddities.nameless_topics);
        };
        let at = self.interests.named(name);
        let wanted = at.and_then(|at| Some((at, self.interests.wanted(at)?)));
        let asked = wanted.filter(|(_, interest)| interest.asked == reading.serial);
        let Some((at, interest)) = asked else { return count(&mut oddities.unasked_topics) };
        if interest.answered == reading.serial {
            return count(&mut oddities.duplicates);
        }
        interest.answered = reading.serial;
        let short_since = interest.short_since.unwrap_or(reading.now);
        let waited = reading.now.saturating_duration_since(short_since);
        let how = How {
            version: reading.version,
            may_shrink: waited >= self.settings.unknown_topic_wait,
            was_missing: interest.is_missing(),
        };
        let before = self.picture.events.len();
        let taken = said.error_code.is_ok().then(|| self.picture.take(at, said, how)).flatten();
        let changed = self.picture.events.len() != before;
        match taken {
            Some(taken) => self.is_there(reading, at, taken, changed),
            None if is_final(said.error_code) => self.is_refused(reading, at, said.error_code),
            None => self.is_missing(reading, at, said.error_code),
        }
    }

    fn is_there(&mut self, reading: &Reading, at: TopicRef, taken: Taken, changed: bool) {
        self.interests.miss_no_more(at);
        let Some(interest) = self.interests.get_mut(at) else { return };
        interest.told = None;
        interest.may_create = false;
        interest.short_since = taken.is_short.then(|| interest.short_since.unwrap_or(reading.now));
        interest.pace(reading.now, changed, |tries| reading.pace.wait(tries));
        let again = interest.not_before;
        if taken.is_troubled {
            self.interests.ask(at, again);
        }
    }

    //= M1 it is waited for from the first time that it was missing, whatever was said since
    fn is_missing(&mut self, reading: &Reading, at: TopicRef, code: ErrorCode) {
        let Some(interest) = self.interests.get_mut(at) else { return };
        let is_over = interest.told.is_some();
        let least = if is_over { MANY_TRIES } else { 0 };
        interest.pace(reading.now, false, |tries| reading.pace.wait(tries.max(least)));
        let again = interest.not_before;
        self.interests.ask(at, again);
        if !is_over {
            let until = reading.now.saturating_add(self.settings.unknown_topic_wait);
            // Left out, or listed without partitions: in other words the same.
            let code = if code.is_ok() { ErrorCode::UNKNOWN_TOPIC_OR_PARTITION } else { code };
            self.interests.miss(at, Missing { until, code });
        }
    }

    //= M6 a refusal is said at once, and asked about again by age alone
    fn is_refused(&mut self, reading: &Reading, at: TopicRef, code: ErrorCode) {
        self.interests.miss_no_more(at);
        let Some(interest) = self.interests.get_mut(at) else { return };
        interest.pace(reading.now, false, |tries| reading.pace.wait(tries));
        let why = Gone::Refused(code);
        if interest.told != Some(why) {
            interest.told = Some(why);
            self.picture.drop_topic(at, why);
        }
    }

    //= F47 who leads what a broker led before it was gone is asked for
    fn miss_leaders(&mut self, now: Time, gone: &[NodeId]) {
        if gone.is_empty() {
            return;
        }
        for at in self.picture.led_by(gone).collect::<Vec<_>>() {
            if let Some(interest) = self.interests.wanted(at) {
                let when = interest.not_before.max(now);
                self.interests.ask(at, when);
            }
        }
    }
}

/// Whether an error of a topic will not pass by itself. Every other one may.
fn is_final(code: ErrorCode) -> bool {
    code == ErrorCode::INVALID_TOPIC_EXCEPTION || code == ErrorCode::TOPIC_AUTHORIZATION_FAILED
}
