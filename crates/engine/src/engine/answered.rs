//! How requests end: answered, flushed, or failed.

use std::sync::Arc;
use std::time::Duration;

use klamm_cluster::{
    Cause, ConnFailure, ConnId, Fate, News, Reason, RequestFailure, RequestId, ResponseFrame,
};
use klamm_idempotence::{Answer, Input};
use klamm_protocol::frame::DecodeFrameError;
use klamm_wire::{DecodeError, DecodeErrorKind, ErrorCode, Now};

use super::Engine;
use crate::open::{Produced, Purpose};
use crate::translate::answers::{self, Names, Told};
use crate::translate::{ctrl, hints};

impl Engine {
    pub(super) fn answered(
        &mut self,
        now: Now,
        request: RequestId,
        conn: ConnId,
        frame: &ResponseFrame,
    ) {
        match self.requests.remove(request) {
            Some(Purpose::Produce(produced)) => self.produced(now, &produced, conn, frame),
            Some(Purpose::Ctrl(id, request)) => {
                let facts = ctrl::facts(&request, &self.names(), frame);
                self.tell(now, Input::CtrlAnswer { ctrl: id, facts });
                self.pulls.look_at_all();
            }
            Some(Purpose::Asked(reply)) => reply(Ok(frame.clone())),
            Some(Purpose::Reach(reply)) => reply(Ok(())),
            Some(Purpose::Probe) | None => {}
        }
    }

    /// An answer to a Produce request.
    fn produced(&mut self, now: Now, produced: &Produced, conn: ConnId, frame: &ResponseFrame) {
        let after = now.mono.saturating_duration_since(produced.since);
        self.desk.meter.answered(produced.to, frame.bytes.len(), after);
        let body = match answers::decode(frame) {
            Ok(body) => body,
            Err(error) => {
                self.lose(now, produced, true);
                let cause = Cause::Malformed(malformed(&error, frame.version));
                return self.cluster.distrust(now, conn, cause);
            }
        };
        let brokers = hints::brokers(&body);
        let names = Names::new(&produced.groups, frame.version);
        let hints =
            hints::leaders(&body, |topic| names.group(topic).map(|group| (group.topic, group.id)));
        if !hints.is_empty() {
            self.cluster.hinted(now, &hints, &brokers);
            self.hear_hinted(now);
        }
        let read = answers::read(&produced.groups, &body, frame.version);
        if read.throttle_ms > 0 {
            let until = now.mono.saturating_add(Duration::from_millis(read.throttle_ms));
            self.cluster.mute(now, conn, until);
            self.hear_hinted(now);
        }
        (0..read.foreign).for_each(|_| self.desk.meter.odd_answer());
        for told in read.told {
            self.told(now, told);
        }
    }

    /// What an answer says of leaders and pauses goes before what it says of batches; everything
    /// else keeps its place.
    fn hear_hinted(&mut self, now: Now) {
        while let Some(news) = self.cluster.next_news() {
            match news {
                News::Metadata(event) => self.see(now, &event),
                News::Throttled { conn, until } => self.throttled(now, conn, until),
                other @ (News::Answered { .. }
                | News::Flushed { .. }
                | News::Failed { .. }
                | News::Up { .. }
                | News::Down { .. }
                | News::Unreachable { .. }
                | _) => self.desk.inbox.push_back(other),
            }
        }
    }

    /// What was said to one batch.
    fn told(&mut self, now: Now, told: Told) {
        let Told { sent, answer, words } = told;
        if let Some(batch) = self
            .parts
            .get_mut(sent.part.0)
            .and_then(|partition| partition.batch_mut(klamm_batching::Ticket(sent.ticket.0)))
        {
            if let Answer::Present { code, .. } = &answer
                && *code != ErrorCode::NONE
            {
                batch.said = Some(*code);
            }
            batch.keep_words(sent.piece, words);
        }
        self.attempt_over(sent.part);
        self.tell(now, Input::Answer { attempt: sent.attempt, part: sent.part, answer });
    }

    /// The last byte of a request left the writer, which is all the acknowledgement there is where
    /// no answer comes.
    pub(super) fn flushed(&mut self, now: Now, request: RequestId) {
        let is_answered = self.desk.terms.acks != 0;
        let Some(produced) = self.requests.flushed(request, is_answered) else { return };
        self.desk.meter.flushed();
        for sent in produced.groups.iter().flat_map(|group| &group.sent) {
            self.attempt_over(sent.part);
            self.tell(now, Input::Flushed { attempt: sent.attempt });
        }
    }

    /// A request ended without an answer.
    pub(super) fn failed(&mut self, now: Now, request: RequestId, failure: RequestFailure) {
        match self.requests.remove(request) {
            Some(Purpose::Produce(produced)) => self.produce_failed(now, &produced, &failure),
            Some(Purpose::Ctrl(id, request)) => {
                self.tell(now, ctrl::unanswered(id, &request, &failure));
                self.pulls.look_at_all();
            }
            Some(Purpose::Asked(reply)) => reply(Err(failure)),
            Some(Purpose::Reach(reply)) => reply(Err(match failure.reason {
                Reason::NotAccepted(failure) | Reason::Lost(failure) => Some(Arc::new(failure)),
                Reason::DeadlinePassed(met) => met.map(Arc::new),
                Reason::NoSuchConnection
                | Reason::NoSuchNode(_)
                | Reason::Unsupported(_)
                | Reason::NotEncoded(_)
                | Reason::CoordinatorRefused(_)
                | Reason::Closed
                | _ => None,
            })),
            Some(Purpose::Probe) => self.probe_failed(failure.reason),
            None => {}
        }
    }

    fn produce_failed(&mut self, now: Now, produced: &Produced, failure: &RequestFailure) {
        let was_late = |lost: &ConnFailure| lost.cause == Cause::RequestTimedOut;
        let timed_out = matches!(&failure.reason, Reason::Lost(lost) if was_late(lost))
            || matches!(failure.reason, Reason::DeadlinePassed(_));
        self.desk.meter.request_lost(produced.to, timed_out);
        let code = match &failure.reason {
            Reason::Unsupported(error) if error.ours.is_none() => {
                ErrorCode::UNSUPPORTED_COMPRESSION_TYPE
            }
            Reason::Unsupported(_) => ErrorCode::UNSUPPORTED_VERSION,
            Reason::NotEncoded(_) => ErrorCode::MESSAGE_TOO_LARGE,
            Reason::Lost(_)
            | Reason::DeadlinePassed(_)
            | Reason::NoSuchConnection
            | Reason::NoSuchNode(_)
            | Reason::CoordinatorRefused(_)
            | Reason::NotAccepted(_)
            | Reason::Closed
            | _ => return self.lose(now, produced, failure.fate == Fate::Unknown),
        };
        // No broker can have had it, whatever another one would have said.
        for sent in produced.groups.iter().flat_map(|group| &group.sent) {
            let (base_offset, append_time, record_errors) = (None, None, Vec::new());
            let answer = Answer::Present { code, base_offset, append_time, record_errors };
            self.told(now, Told { sent: *sent, answer, words: None });
        }
    }

    /// No attempt of a request will be answered.
    fn lose(&mut self, now: Now, produced: &Produced, wrote_full_frame: bool) {
        for sent in produced.groups.iter().flat_map(|group| &group.sent) {
            self.attempt_lost(now, sent.attempt, sent.part, wrote_full_frame);
        }
    }
}

/// Where an answer is malformed; one of another API has no version of this one.
fn malformed(error: &DecodeFrameError, version: i16) -> DecodeError {
    if let DecodeFrameError::Malformed(error) = error {
        return *error;
    }
    DecodeError::new(DecodeErrorKind::UnsupportedVersion(version), "ProduceResponse", 0)
}
