//! Makes queries of what is wanted, and ends the waits for what does not come.

use std::sync::Arc;

use klamm_wire::Time;

use super::event::Gone;
use super::machine::Metadata;
use super::query::Query;
use super::topic::TopicRef;

/// The most bytes that the names in a query take, but for the last name.
const MOST_BYTES: usize = 512 * 1024;
/// No topic has a longer name.
const LONGEST_NAME: usize = 249;

/// Whether a name can be asked for. What else is wrong with it is for a broker to say.
pub(super) fn is_askable(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
}

impl Metadata {
    /// Whether the last request came to nothing: it was lost, or its answer of no use.
    pub(crate) fn is_failing(&self) -> bool {
        self.schedule.is_failing()
    }

    //= M1 the end of the wait for a topic that is missing is said once
    /// Time has passed: waits for topics that are missing end, whether anybody can be asked or not.
    pub(crate) fn end_waits(&mut self, now: Time) {
        while let Some(at) = self.interests.next_end(now) {
            if let Some(interest) = self.interests.wanted(at) {
                interest.told = Some(Gone::Missing);
                self.picture.drop_topic(at, Gone::Missing);
            }
        }
    }

    /// Adds to the round what is due by now: everything by its age, or topics one by one.
    pub(super) fn gather(&mut self, now: Time) {
        if !self.schedule.round.is_open && self.schedule.is_full_due(now) {
            self.schedule.begin_full();
            for at in self.interests.all_wanted() {
                self.interests.ask_no_more(at);
                self.queue(now, at);
            }
        }
        while let Some(at) = self.interests.next_ask(now) {
            self.queue(now, at);
        }
        self.schedule.has_looked();
    }

    //= M10 a topic that nobody used for long is asked for no more
    fn queue(&mut self, now: Time, at: TopicRef) {
        let may_create = self.settings.allow_auto_create && !self.picture.is_known(at);
        let Some(interest) = self.interests.wanted(at) else { return };
        if interest.is_idle(now, self.settings.max_idle) {
            self.interests.forget(at);
            self.picture.drop_topic(at, Gone::Idle);
        } else if !interest.is_queued {
            interest.is_queued = true;
            let creates = may_create && interest.may_create;
            self.schedule.round.queue(creates).push_back(at);
        }
    }

    /// The next query of the round; `None` if there is no more to ask for.
    pub(super) fn next_query(&mut self) -> Option<Query> {
        let (mut topics, mut creates) = (Vec::new(), false);
        while topics.is_empty() && !self.schedule.round.is_empty() {
            (topics, creates) = self.take_names();
        }
        if topics.is_empty() && !self.schedule.round.is_open {
            return None;
        }
        let serial = self.schedule.leave();
        for (at, _) in &topics {
            if let Some(interest) = self.interests.get_mut(*at) {
                interest.asked = serial;
            }
        }
        let may_create = self.settings.allow_auto_create;
        Some(Query { serial, topics: Arc::from(topics), creates, may_create })
    }

    /// Takes as many topics from the front of the round as one query may ask for.
    fn take_names(&mut self) -> (Vec<(TopicRef, Arc<str>)>, bool) {
        let most = self.schedule.most_names();
        let (queue, creates) = self.schedule.round.next();
        let (mut topics, mut bytes) = (Vec::new(), 0_usize);
        while topics.len() < most && bytes < MOST_BYTES {
            let Some(at) = queue.pop_front() else { break };
            let Some(interest) = self.interests.get_mut(at) else { continue };
            interest.is_queued = false;
            if !interest.is_wanted {
                continue;
            }
            if let Some(name) = self.picture.name(at) {
                bytes = bytes.saturating_add(name.len());
                topics.push((at, name));
            }
        }
        (topics, creates)
    }

    /// Puts the topics of a query that is lost back to the front of the round.
    pub(super) fn give_up(&mut self, now: Time, query: &Query) {
        for (at, _) in query.topics.iter().rev() {
            if let Some(interest) = self.interests.wanted(*at)
                && !interest.is_queued
            {
                interest.is_queued = true;
                self.schedule.round.queue(query.creates).push_front(*at);
            }
        }
        self.schedule.lost(now, query.topics.len(), &self.settings);
    }
}
