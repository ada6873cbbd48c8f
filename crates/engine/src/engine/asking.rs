//! What is asked from outside that is no record: topics, servers, anything else.

use std::sync::Arc;

use klamm_cluster::{Asking, Destination, Reason, Typed};
use klamm_protocol::metadata::MetadataRequest;
use klamm_wire::{Now, Time};

use super::Engine;
use crate::failure::TopicError;
use crate::open::{Asked, Purpose, Reached};
use crate::topics::Wanted;

impl Engine {
    /// Somebody wants a topic.
    pub(super) fn want_topic(&mut self, now: Now, name: &str, deadline: Time, reply: Wanted) {
        if self.desk.is_closed {
            return reply(Err(TopicError::Closed));
        }
        let at = self.cluster.want_topic(now, name);
        let Self { accumulator, topics, desk, .. } = self;
        let make = |name: &Arc<str>| (accumulator.topic(name), desk.meter.topic(Arc::clone(name)));
        let entry = topics.place(at, name, make);
        if entry.is_known() {
            return reply(Ok(Arc::clone(&entry.topic)));
        }
        self.topics.wait(at, (now.mono, deadline), reply);
        if self.desk.trouble.is_cut_off() && !self.requests.probes() {
            let request = self.cluster.ask(now, hello(deadline));
            self.requests.insert(request, Purpose::Probe);
        }
    }

    /// Topics are waited for, and no server can be used.
    pub(super) fn probe_failed(&mut self, reason: Reason) {
        if let Reason::NotAccepted(failure) = reason {
            let failure = Arc::new(failure);
            for wanted in self.topics.give_up() {
                wanted(Err(TopicError::Shunned(Arc::clone(&failure))));
            }
        }
    }

    pub(super) fn reach_any(&mut self, now: Now, deadline: Time, reply: Reached) {
        let request = self.cluster.ask(now, hello(deadline));
        self.requests.insert(request, Purpose::Reach(reply));
    }

    pub(super) fn pass_on(&mut self, now: Now, asking: Asking, reply: Asked) {
        let request = self.cluster.ask(now, asking);
        self.requests.insert(request, Purpose::Asked(reply));
    }
}

/// The least that any server can be asked.
fn hello(deadline: Time) -> Asking {
    let nothing = MetadataRequest {
        topics: Some(Vec::new()),
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    Asking { to: Destination::Any, deadline, payload: Box::new(Typed::new(nothing)) }
}
