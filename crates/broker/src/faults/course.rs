//! The course of one request under faults: what has been decided about it so far.

use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::Segments;
use klamm_wire::{ErrorCode, Time};

use super::asked::{Asked, Part};
use super::script::Stage;

/// What has been decided about the request that a connection is at.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) asked: Asked,
    /// How far the request has come. A place that was passed is not met again.
    pub(crate) passed: Option<Stage>,
    /// The partitions that are not to be written to, since when, and what is said of them.
    pub(crate) refusals: Vec<Refusal>,
    /// How the request fails as a whole.
    pub(crate) verdict: Option<ErrorCode>,
    /// The codes that go into the answer.
    pub(crate) codes: Vec<(Vec<Part>, ErrorCode)>,
    /// The answer is not given before then.
    pub(crate) hold: Option<Time>,
    /// What a quota wants of the client.
    pub(crate) throttle: Option<Duration>,
}

/// A partition that is refused by order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) part: Part,
    /// Whether nothing at all is looked at before.
    pub(crate) is_early: bool,
    pub(crate) code: ErrorCode,
}

/// The rest of an answer that is written in pieces.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) left: Bytes,
    pub(crate) size: usize,
    pub(crate) pause: Duration,
}

impl Rest {
    /// Takes the next piece; there is no rest when the last one is taken.
    pub(crate) fn next_piece(mut self) -> (Bytes, Option<Self>) {
        let piece = self.left.split_to(self.size.min(self.left.len()));
        let rest = (!self.left.is_empty()).then_some(self);
        (piece, rest)
    }
}

impl Course {
    pub(crate) const fn new(asked: Asked) -> Self {
        Self {
            asked,
            passed: None,
            refusals: Vec::new(),
            verdict: None,
            codes: Vec::new(),
            hold: None,
            throttle: None,
        }
    }

    /// Enters a stage; whether it was not entered before.
    pub(crate) fn enters(&mut self, stage: Stage) -> bool {
        let is_new = self.passed.is_none_or(|passed| passed < stage);
        if is_new {
            self.passed = Some(stage);
        }
        is_new
    }

    /// Keeps the answer back until then at least.
    pub(crate) fn hold_until(&mut self, time: Time) {
        self.hold = Some(self.hold.map_or(time, |hold| hold.max(time)));
    }

    /// The answer with the codes that were ordered.
    pub(crate) fn amended(&mut self, frame: Segments) -> Segments {
        let codes = std::mem::take(&mut self.codes);
        codes.iter().fold(frame, |frame, (parts, code)| {
            super::answers::with_code(&self.asked, &frame, parts, *code).unwrap_or(frame)
        })
    }
}
