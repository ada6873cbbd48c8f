//! Requests that were taken and have not ended, in the order of their frames.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::ResponseFrame;
use klamm_wire::{Reader, Time};

use super::correlation::{Numbers, Strays, on_wire};
use super::outbox::Outbox;
use crate::failure::{Cause, Fate};
use crate::names::RequestId;

/// Whose a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A layer above waits for its end.
    Above(RequestId),
    /// A layer above does not wait any more.
    Nobody,
    /// The connection itself.
    Connection,
}

/// How far a request had come that nobody waits for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Withdrawn {
    /// No byte was handed over, and none will be.
    Unsent,
    /// A part was handed over, which cannot be undone.
    InPart,
    /// All of it was handed over.
    Sent,
}

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Pending {
    /// Whose it is.
    pub(super) owner: Owner,
    /// The API.
    pub(super) key: ApiKey,
    /// The version that it was encoded at.
    pub(super) version: i16,
    /// Whether an answer is due.
    pub(super) is_answered: bool,
    /// The length of its frame.
    pub(super) len: usize,
    /// Where in the stream its frame ends.
    pub(super) end: u64,
    /// When it was taken.
    pub(super) taken: Time,
}

#[derive(Debug)]
struct Entry {
    serial: u64,
    pending: Pending,
    /// When its last byte left.
    flushed: Option<Time>,
}

/// The queue of requests.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    /// In the order of their frames: `serial`, `end` and `taken` never fall, and those that have
    /// left stand before those that have not.
    entries: VecDeque<Entry>,
    numbers: Numbers,
    strays: Strays,
    /// The requests that are not the connection's own.
    foreign: usize,
    /// The bytes of all.
    bytes: usize,
}

impl InFlight {
    /// A queue that begins with some number.
    #[cfg(test)]
    pub(super) fn after(issued: u64) -> Self {
        Self { numbers: Numbers::after(issued), ..Self::default() }
    }

    /// The number that the next request will bear.
    pub(super) fn upcoming(&self) -> i32 {
        on_wire(self.numbers.upcoming())
    }

    /// Takes a request, encoded with the upcoming number.
    pub(super) fn push(&mut self, pending: Pending) {
        let serial = self.numbers.take();
        if !pending.is_answered {
            self.strays.remember(serial);
        }
        self.foreign = self.foreign.saturating_add(usize::from(pending.owner != Owner::Connection));
        self.bytes = self.bytes.saturating_add(pending.len);
        self.entries.push_back(Entry { serial, pending, flushed: None });
    }

    fn remove(&mut self, at: usize) -> Option<Pending> {
        let pending = self.entries.remove(at)?.pending;
        self.foreign = self.foreign.saturating_sub(usize::from(pending.owner != Owner::Connection));
        self.bytes = self.bytes.saturating_sub(pending.len);
        Some(pending)
    }

    /// The request that a frame answers, with its answer; `None` for an answer that nobody waits
    /// for.
    pub(super) fn answered(
        &mut self,
        frame: Bytes,
        outbox: &Outbox,
    ) -> Result<Option<(Owner, ResponseFrame)>, Cause> {
        let got = Reader::new(&frame).i32("ResponseHeader.correlation_id");
        let got = got.map_err(Cause::Malformed)?;
        let due = self.entries.iter().position(|entry| entry.pending.is_answered);
        let front = due.and_then(|at| self.entries.get(at));
        let expected = front.map(|entry| on_wire(entry.serial));
        if expected == Some(got) {
            // Nobody can answer what they have not had.
            if front.is_some_and(|entry| entry.pending.end > outbox.handed()) {
                return Err(Cause::Unsolicited { got });
            }
            let pending = due.and_then(|at| self.remove(at));
            return Ok(pending.map(|Pending { owner, key, version, .. }| {
                (owner, ResponseFrame { key, version, bytes: frame })
            }));
        }
        let mut due = self.entries.iter().filter(|entry| entry.pending.is_answered);
        let is_due = due.any(|entry| on_wire(entry.serial) == got);
        if !is_due && self.strays.is_one(&self.numbers, got) {
            return Ok(None);
        }
        Err(match expected {
            Some(expected) => Cause::OutOfStep { expected, got },
            None => Cause::Unsolicited { got },
        })
    }

    /// All up to a place in the stream has left: whose requests it were, in order. Those that no
    /// answer is due for end with that.
    pub(super) fn flushed(&mut self, now: Time, up_to: u64) -> Vec<RequestId> {
        let mut left = Vec::new();
        let mut at = 0usize;
        while let Some(entry) = self.entries.get_mut(at)
            && entry.pending.end <= up_to
        {
            if entry.flushed.is_none() {
                entry.flushed = Some(now);
                left.extend(entry.pending.owner.above());
            }
            if entry.pending.is_answered {
                at = at.saturating_add(1);
            } else {
                self.remove(at);
            }
        }
        left
    }

    /// Nobody waits for a request any more. One that was not begun leaves the queue and the outbox.
    pub(super) fn withdraw(&mut self, id: RequestId, outbox: &mut Outbox) -> Option<Withdrawn> {
        let at = self.entries.iter().position(|entry| entry.pending.owner == Owner::Above(id))?;
        let entry = self.entries.get_mut(at)?;
        let end = entry.pending.end;
        let len = u64::try_from(entry.pending.len).unwrap_or(u64::MAX);
        entry.pending.owner = Owner::Nobody;
        if end <= outbox.handed() {
            return Some(Withdrawn::Sent);
        }
        if end.saturating_sub(len) < outbox.handed() {
            return Some(Withdrawn::InPart);
        }
        outbox.take_out(end);
        self.remove(at);
        for behind in self.entries.iter_mut().skip(at) {
            behind.pending.end = behind.pending.end.saturating_sub(len);
        }
        Some(Withdrawn::Unsent)
    }

    /// When the first of the requests is out of time, and what the connection ends with then.
    pub(super) fn due(&self, timeout: Duration) -> Option<(Time, Cause)> {
        let unanswered = self.entries.front().and_then(|entry| entry.flushed);
        let unflushed = self.entries.iter().find(|entry| entry.flushed.is_none());
        let answer = unanswered.map(|at| (at.saturating_add(timeout), Cause::RequestTimedOut));
        let flush =
            unflushed.map(|entry| (entry.pending.taken.saturating_add(timeout), Cause::NotFlushed));
        answer.into_iter().chain(flush).min_by_key(|(at, _)| *at)
    }

    /// Ends all, in order, each with what may be believed of it.
    pub(super) fn drain(&mut self, handed: u64) -> impl Iterator<Item = (RequestId, Fate)> + use<> {
        let entries = std::mem::take(&mut self.entries);
        (self.foreign, self.bytes) = (0, 0);
        entries.into_iter().filter_map(move |Entry { pending, .. }| {
            let fate = if pending.end > handed { Fate::NotWritten } else { Fate::Unknown };
            pending.owner.above().map(|id| (id, fate))
        })
    }

    /// How many requests are not the connection's own.
    pub(super) const fn foreign(&self) -> usize {
        self.foreign
    }

    /// How many bytes the requests have.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many answers came that nobody waited for.
    pub(super) const fn strays(&self) -> u64 {
        self.strays.seen()
    }
}

impl Owner {
    /// Who waits above.
    fn above(self) -> Option<RequestId> {
        match self {
            Self::Above(id) => Some(id),
            Self::Nobody | Self::Connection => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(owner: u64, is_answered: bool, end: u64) -> Pending {
        Pending {
            owner: Owner::Above(RequestId(owner)),
            key: ApiKey::Produce,
            version: 9,
            is_answered,
            len: 10,
            end,
            taken: Time(0),
        }
    }

    fn all_handed() -> Outbox {
        let mut outbox = Outbox::default();
        outbox.push_sealed(zeroize::Zeroizing::new(vec![0; 100]));
        outbox.hand(100);
        outbox
    }

    fn frame(id: i32) -> Bytes {
        Bytes::copy_from_slice(&id.to_be_bytes())
    }

    #[test]
    fn numbers_go_round_while_requests_are_in_flight() {
        let mut queue = InFlight::after((1 << 31) - 2);
        assert_eq!(queue.upcoming(), i32::MAX - 1);
        for n in 0..5 {
            queue.push(pending(n, n != 2, 10 * (n + 1)));
        }
        let outbox = all_handed();
        let mut answered = |id| queue.answered(frame(id), &outbox).map(|one| one.map(|it| it.0));
        for (id, owner) in [(i32::MAX - 1, 0), (i32::MAX, 1)] {
            assert_eq!(answered(id), Ok(Some(Owner::Above(RequestId(owner)))));
        }
        assert_eq!(answered(0), Ok(None), "no answer was due for it");
        assert_eq!(answered(2), Err(Cause::OutOfStep { expected: 1, got: 2 }));
        assert_eq!(answered(1), Ok(Some(Owner::Above(RequestId(3)))));
        assert_eq!(queue.strays(), 1);
    }

    #[test]
    fn what_is_counted_goes_back_to_nothing() {
        let mut queue = InFlight::default();
        (0..4).for_each(|n| queue.push(pending(n, n % 2 == 0, 10 * (n + 1))));
        assert_eq!((queue.foreign(), queue.bytes()), (4, 40));
        let mut outbox = all_handed();
        assert_eq!(queue.flushed(Time(1), 30).len(), 3);
        assert_eq!((queue.foreign(), queue.bytes()), (3, 30));
        assert_eq!(queue.withdraw(RequestId(0), &mut outbox), Some(Withdrawn::Sent));
        assert!(matches!(queue.answered(frame(0), &outbox), Ok(Some((Owner::Nobody, _)))));
        assert_eq!(queue.drain(35).count(), 2);
        assert_eq!((queue.foreign(), queue.bytes()), (0, 0));
    }

    #[test]
    fn an_answer_that_is_due_later_is_out_of_step_however_many_have_none() {
        let mut queue = InFlight::default();
        (0..300).for_each(|n| queue.push(pending(n, n % 2 == 0, 10)));
        assert_eq!(queue.answered(frame(3), &all_handed()), Ok(None));
        let early = queue.answered(frame(2), &all_handed());
        assert_eq!(early, Err(Cause::OutOfStep { expected: 0, got: 2 }));
    }
}
