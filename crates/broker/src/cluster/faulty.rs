//! Requests under faults: what is done to them on their way through the cluster.

use std::time::Duration;

use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{ErrorCode, Now, Time};

use super::connection::Turn;
use super::waiting::Waiting;
use super::{Cluster, ConnectionId};
use crate::api::{self, Arrived, Outcome};
use crate::faults::{
    self, Afterwards, Course, Hit, Intercept, Part, Place, Refusal, Rest, Spoil, Spot, Stage,
    Withhold,
};
use crate::group::Token;

/// Which APIs ask for the verdict that a fault has on them; the others cannot say a code.
const fn says_codes(api: ApiKey) -> bool {
    matches!(
        api,
        ApiKey::ListOffsets
            | ApiKey::Metadata
            | ApiKey::OffsetCommit
            | ApiKey::OffsetFetch
            | ApiKey::FindCoordinator
            | ApiKey::JoinGroup
            | ApiKey::Heartbeat
            | ApiKey::LeaveGroup
            | ApiKey::SyncGroup
            | ApiKey::ApiVersions
            | ApiKey::InitProducerId
            | ApiKey::AddPartitionsToTxn
            | ApiKey::AddOffsetsToTxn
            | ApiKey::EndTxn
            | ApiKey::TxnOffsetCommit
    )
}

impl Cluster {
    /// Notes what there is to see of a request, if anybody wants to know.
    pub(super) fn set_course(&mut self, id: ConnectionId, arrived: &Arrived) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let name_of = |topic| self.state.topics.name_of(topic);
        let is_watched = self.state.faults.is_watching();
        let node = connection.session.node;
        let asked = is_watched.then(|| faults::Asked::of(&arrived.frame, node, &name_of));
        connection.course = asked.flatten().map(Course::new);
    }

    /// The request, unless a fault takes it.
    pub(super) fn intercepted(
        &mut self,
        now: Now,
        id: ConnectionId,
        mut arrived: Arrived,
    ) -> Option<Arrived> {
        for stage in [Stage::Receipt, Stage::Before] {
            for hit in self.hits(id, stage, &[]) {
                match hit.place {
                    Place::OnReceipt(action) | Place::BeforeAppend(action) => match action {
                        Intercept::DropConnection => {
                            self.hang_up(id);
                            return None;
                        }
                        Intercept::ResetConnection => {
                            self.reset(id);
                            return None;
                        }
                        Intercept::Hang => {
                            self.wait(id, Waiting::Hung);
                            return None;
                        }
                        Intercept::Delay(by) => {
                            let until = now.mono.saturating_add(by);
                            self.wait(id, Waiting::Postponed { arrived, until });
                            return None;
                        }
                        Intercept::Error(code) => {
                            arrived.is_last = true;
                            self.refuse(id, hit.parts, stage, code);
                        }
                    },
                    Place::OnAccept(_)
                    | Place::AfterAppend(_)
                    | Place::Answering(_)
                    | Place::AfterAnswer(_) => {}
                }
            }
        }
        let course = self.connections.get(&id)?.course.as_ref();
        let (refusals, verdict) =
            course.map_or_else(Default::default, |one| (one.refusals.as_slice(), one.verdict));
        let cannot_say = course.is_some_and(|course| !says_codes(course.asked.api));
        self.state.faults.enter(refusals, verdict);
        if verdict.is_some() && cannot_say {
            self.hang_up(id);
            return None;
        }
        Some(arrived)
    }

    /// Orders a code: for partitions where the answer has some, for the request otherwise.
    fn refuse(&mut self, id: ConnectionId, parts: Vec<Part>, stage: Stage, code: ErrorCode) {
        let Some(course) = self.course_mut(id) else { return };
        if course.asked.api == ApiKey::Produce {
            let is_early = stage == Stage::Receipt;
            let refusals = parts.into_iter().map(|part| Refusal { part, is_early, code });
            course.refusals.extend(refusals);
        } else if course.asked.api == ApiKey::Fetch {
            course.codes.push((parts, code));
        } else {
            course.verdict = Some(code);
        }
    }

    /// What becomes of a request that was served, unless a fault keeps it.
    pub(super) fn withheld(
        &mut self,
        now: Now,
        id: ConnectionId,
        arrived: &Arrived,
        outcome: Outcome,
    ) -> Option<Outcome> {
        let appended = self.state.faults.leave();
        if matches!(outcome, Outcome::Close) {
            return Some(outcome);
        }
        self.charge(now, id, arrived);
        let mut outcome = outcome;
        for hit in self.hits(id, Stage::After, &appended) {
            let Place::AfterAppend(action) = hit.place else { continue };
            match action {
                Withhold::DropConnection => return Some(Outcome::Close),
                Withhold::Hang => {
                    self.wait(id, Waiting::Hung);
                    return None;
                }
                Withhold::Delay(by) => self.hold(id, now.mono.saturating_add(by)),
                Withhold::SlowDisk(by) => self.write_slowly(id, now, &hit, by),
                Withhold::Error(code) => {
                    outcome = self.answer_with(now, id, (arrived, &hit, code), outcome)?;
                }
            }
        }
        if matches!(outcome, Outcome::Silence) {
            self.be_silent(now, id);
        }
        Some(outcome)
    }

    /// The outcome with a code that was ordered.
    fn answer_with(
        &mut self,
        now: Now,
        id: ConnectionId,
        (arrived, hit, code): (&Arrived, &Hit, ErrorCode),
        outcome: Outcome,
    ) -> Option<Outcome> {
        let course = self.course_mut(id)?;
        if course.asked.has_parts() {
            course.codes.push((hit.parts.clone(), code));
            // Who wants no answer learns of errors by the end of the connection.
            let is_silent = matches!(outcome, Outcome::Silence);
            return Some(if is_silent { Outcome::Close } else { outcome });
        }
        if !says_codes(course.asked.api) {
            return Some(Outcome::Close);
        }
        // The request has taken effect. Asked again it fails before it could do so a second time.
        self.state.groups.forget(Token(id.0));
        self.state.faults.enter(&[], Some(code));
        let connection = self.connections.get_mut(&id)?;
        let refused = api::serve(&mut self.state, &mut connection.session, now, arrived);
        self.state.faults.leave();
        Some(refused)
    }

    /// The answer, as late and as wrong as it was ordered.
    pub(super) fn send(&mut self, now: Now, id: ConnectionId, frame: Segments) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(course) = &mut connection.course else { return self.write(id, frame) };
        let frame = course.amended(frame);
        if let Some(until) = course.hold.take_if(|until| *until > now.mono) {
            return self.wait(id, Waiting::Held { frame, until });
        }
        let throttle = course.throttle.take();
        let frame = throttle.map_or(frame.clone(), |by| self.throttled(now, id, by, frame));
        let hit = self.hits(id, Stage::Answering, &[]).into_iter().next();
        match hit.map(|hit| hit.place) {
            Some(Place::Answering(action)) => self.spoil(now, id, action, frame),
            _ => self.write(id, frame),
        }
    }

    fn spoil(&mut self, now: Now, id: ConnectionId, action: Spoil, frame: Segments) {
        match action {
            Spoil::Cut(count) => {
                let bytes = faults::flat(&frame);
                self.write(id, faults::raw(bytes.get(..count).unwrap_or(&bytes)));
                self.hang_up(id);
            }
            Spoil::Duplicate => self.write(id, faults::twice(&frame)),
            Spoil::Unsolicited(count) => {
                let more = self.state.faults.script.garbage(count);
                self.write(id, faults::followed_by(&frame, &more));
            }
            Spoil::WrongCorrelationId => self.write(id, faults::with_wrong_id(&frame)),
            Spoil::Garbage(count) => {
                let garbage = self.state.faults.script.garbage(count);
                self.write(id, faults::raw(&garbage));
            }
            Spoil::GarbleBody => {
                let script = &mut self.state.faults.script;
                let garbled = faults::with_body(&frame, |count| script.garbage(count));
                self.write(id, garbled);
            }
            Spoil::ClaimLength(length) => self.write(id, faults::with_length(&frame, length)),
            Spoil::Pieces { size, pause } => {
                let rest = Rest { left: faults::flat(&frame), size: size.get(), pause };
                self.begin_rest(id, rest);
            }
            Spoil::Throttle(by) => {
                let frame = self.throttled(now, id, by, frame);
                self.write(id, frame);
            }
        }
    }

    /// The answer with a throttle time; the client is muted for as long.
    fn throttled(&mut self, now: Now, id: ConnectionId, by: Duration, frame: Segments) -> Segments {
        let Some(connection) = self.connections.get_mut(&id) else { return frame };
        connection.mute(now.mono.saturating_add(by));
        let millis = i32::try_from(by.as_millis()).unwrap_or(i32::MAX);
        let course = connection.course.as_ref();
        let told = course.and_then(|course| faults::with_throttle(&course.asked, &frame, millis));
        told.unwrap_or(frame)
    }

    /// What was ordered of an answer that there is not is done to the next request.
    fn be_silent(&mut self, now: Now, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(course) = &mut connection.course else { return };
        let throttled = course.throttle.take().map(|by| now.mono.saturating_add(by));
        if let Some(until) = course.hold.take().max(throttled) {
            connection.mute(until);
        }
    }

    /// Charges the client for what it produced.
    fn charge(&mut self, now: Now, id: ConnectionId, arrived: &Arrived) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(course) = &mut connection.course else { return };
        if course.asked.api == ApiKey::Produce {
            let troubles = &mut self.state.faults.troubles;
            let client = &course.asked.client_id;
            course.throttle = troubles.charge(client, arrived.frame.len(), now.mono);
        }
    }

    fn hold(&mut self, id: ConnectionId, until: Time) {
        if let Some(course) = self.course_mut(id) {
            course.hold_until(until);
        }
    }

    fn write_slowly(&mut self, id: ConnectionId, now: Now, hit: &Hit, takes: Duration) {
        for part in &hit.parts {
            let spot = (part.topic.clone(), part.index);
            let done = self.state.faults.troubles.write_slowly(spot, now.mono, takes);
            self.hold(id, done);
        }
    }

    fn course_mut(&mut self, id: ConnectionId) -> Option<&mut Course> {
        self.connections.get_mut(&id)?.course.as_mut()
    }

    /// The faults that a request meets at this stage, once.
    fn hits(&mut self, id: ConnectionId, stage: Stage, appended: &[Spot]) -> Vec<Hit> {
        let Some(connection) = self.connections.get_mut(&id) else { return Vec::new() };
        let Some(course) = &mut connection.course else { return Vec::new() };
        if !course.enters(stage) {
            return Vec::new();
        }
        let asked = &course.asked;
        let topics = &self.state.topics;
        let is_there = |part: &&Part| match stage {
            _ if asked.api != ApiKey::Produce => true,
            Stage::Before => topics
                .partition(&part.topic, part.index)
                .is_some_and(|partition| partition.leader == Some(asked.node)),
            Stage::After => {
                appended.iter().any(|(topic, index)| *index == part.index && *topic == part.topic)
            }
            Stage::Accept | Stage::Receipt | Stage::Answering | Stage::Answered => true,
        };
        let parts: Vec<Part> = asked.parts.iter().filter(is_there).cloned().collect();
        self.state.faults.script.hits(stage, asked, &parts)
    }

    fn begin_rest(&mut self, id: ConnectionId, rest: Rest) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.rest = Some(rest);
            self.send_rest(id);
        }
    }

    /// Writes the next piece of an answer.
    pub(super) fn send_rest(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(rest) = connection.rest.take() else { return };
        let (piece, rest) = rest.next_piece();
        connection.rest = rest;
        self.write(id, faults::raw(&piece));
    }

    /// Goes on when something was written: whether there is more to do than to serve the next.
    pub(super) fn goes_on(&mut self, now: Now, id: ConnectionId) -> bool {
        let Some(connection) = self.connections.get(&id) else { return true };
        if connection.turn != Turn::Sending {
            return true;
        }
        if let Some(rest) = &connection.rest {
            let until = now.mono.saturating_add(rest.pause);
            self.wait(id, Waiting::Rest { until });
            return true;
        }
        for hit in self.hits(id, Stage::Answered, &[]) {
            match hit.place {
                Place::AfterAnswer(Afterwards::DropConnection) => {
                    self.hang_up(id);
                    return true;
                }
                Place::AfterAnswer(Afterwards::Mute(by)) => {
                    if let Some(connection) = self.connections.get_mut(&id) {
                        connection.mute(now.mono.saturating_add(by));
                    }
                }
                Place::OnAccept(_)
                | Place::OnReceipt(_)
                | Place::BeforeAppend(_)
                | Place::AfterAppend(_)
                | Place::Answering(_) => {}
            }
        }
        false
    }
}
