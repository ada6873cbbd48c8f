//! The laws of requests, beside a connection that should keep them.

use std::collections::BTreeMap;
use std::io::IoSlice;

use crate::connection::{Connection, Output};
use crate::failure::{Fate, Reason};
use crate::names::RequestId;
use crate::sasl::HashJob;

/// What one input makes a connection say, at most: each request may leave and end, and a few words
/// are of the connection itself. A received frame says two things at most.
const MOST: usize = 200;

/// What is known of a connection from outside.
#[derive(Default)]
pub(super) struct Watch {
    /// Open requests: whether an answer is due, and where in the stream the frame ends.
    open: BTreeMap<RequestId, (bool, usize)>,
    handed: usize,
    job: Option<HashJob>,
    is_over: bool,
}

/// The bytes that a connection wants written.
pub(super) fn shown(conn: &Connection) -> Vec<u8> {
    let mut slices = [IoSlice::new(&[]); 128];
    let filled = conn.chunks(&mut slices);
    slices.iter().take(filled).flat_map(|slice| slice.to_vec()).collect()
}

impl Watch {
    pub(super) const fn is_over(&self) -> bool {
        self.is_over
    }

    pub(super) fn job(&mut self) -> Option<HashJob> {
        self.job.take()
    }

    pub(super) fn handed(&mut self, count: usize) {
        self.handed += count;
    }

    /// A request was taken, and so much is to be written since.
    pub(super) fn sent(&mut self, id: RequestId, is_answered: bool, unwritten: usize) {
        self.open.insert(id, (is_answered, self.handed.saturating_add(unwritten)));
    }

    /// A request was withdrawn, and so many bytes of it will never be written.
    pub(super) fn withdrawn(&mut self, id: RequestId, fate: Fate, gone: usize) {
        let known = self.open.remove(&id);
        assert!(known.is_some(), "{id} had ended before");
        let (_, end) = known.unwrap_or_default();
        assert_eq!(fate == Fate::Unknown, end <= self.handed, "{id}");
        let behind = self.open.values_mut().filter(|(_, other)| *other > end);
        behind.for_each(|(_, other)| *other -= gone);
    }

    /// Reads all that is said.
    pub(super) fn listen(&mut self, conn: &mut Connection) {
        let mut said = 0;
        while let Some(output) = conn.poll() {
            said += 1;
            assert!(said <= MOST, "too many words");
            assert!(!self.is_over, "it spoke after its end");
            self.hear(output);
        }
        assert!(self.open.len() <= conn.in_flight() || self.is_over, "requests were forgotten");
        let is_dead = conn.next_wake().is_none() && conn.in_flight() == 0 && !conn.can_send();
        assert!(!self.is_over || is_dead && shown(conn).is_empty(), "it lives on");
    }

    fn hear(&mut self, output: Output) {
        match output {
            Output::Flushed(id) => {
                if self.open.get(&id).is_some_and(|(is_answered, _)| !is_answered) {
                    self.end(id, true);
                }
            }
            Output::Answered(id, _) => self.end(id, true),
            Output::Failed(id, reason, fate) => {
                assert!(matches!(reason, Reason::Lost(_)), "{reason}");
                self.end(id, fate == Fate::Unknown);
            }
            Output::Closed(_) => {
                assert!(self.open.is_empty(), "requests without an end");
                self.is_over = true;
            }
            Output::Hash(job) => self.job = Some(job),
            Output::Ready | Output::Write | Output::NeedToken | Output::Throttled(_) => {}
        }
    }

    /// A request has ended, for which its frame was handed over or not.
    fn end(&mut self, id: RequestId, was_handed: bool) {
        let known = self.open.remove(&id);
        assert!(known.is_some(), "{id} ended twice, or was never sent");
        if let Some((_, end)) = known {
            assert_eq!(was_handed, end <= self.handed, "{id}");
        }
    }
}
