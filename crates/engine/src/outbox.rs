//! Batches that may leave and wait for room on their connection, where they merge into requests.

use std::collections::{BTreeMap, VecDeque};

use klamm_cluster::ConnId;
use klamm_idempotence::Send;
use klamm_wire::Time;

/// What waits for room, by connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    conns: BTreeMap<ConnId, Queue>,
    /// No batch here has to be finished before that.
    earliest: Option<Time>,
}

/// What waits for room on one connection.
#[derive(Debug, Default)]
struct Queue {
    parts: BTreeMap<u32, VecDeque<Waiting>>,
    /// The partition that the next request begins with: the one behind where the last one stopped.
    next: u32,
}

/// A batch that waits for room.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    send: Send,
    deadline: Time,
}

impl Outbox {
    /// A connection can be written to.
    pub(crate) fn up(&mut self, conn: ConnId) {
        self.conns.entry(conn).or_default();
    }

    /// Whether a connection can still be written to.
    pub(crate) fn knows(&self, conn: ConnId) -> bool {
        self.conns.contains_key(&conn)
    }

    /// A batch may leave that has to be finished by then, on a connection that is
    /// [known](Self::knows).
    pub(crate) fn push(&mut self, send: Send, deadline: Time) {
        let Some(queue) = self.conns.get_mut(&ConnId(send.conn.0)) else { return };
        queue.parts.entry(send.part.0).or_default().push_back(Waiting { send, deadline });
        self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
    }

    /// The connections for which something waits.
    pub(crate) fn conns(&self) -> Vec<ConnId> {
        let waiting = self.conns.iter().filter(|(_, queue)| !queue.parts.is_empty());
        waiting.map(|(conn, _)| *conn).collect()
    }

    /// The batches of the next request: at most one of each partition, at least one in all, and no
    /// more than `fits` says; all of one generation of transactions.
    pub(crate) fn take(&mut self, conn: ConnId, mut fits: impl FnMut(&Send) -> bool) -> Vec<Send> {
        let Some(queue) = self.conns.get_mut(&conn) else { return Vec::new() };
        let mut taken: Vec<Send> = Vec::new();
        for _ in 0..queue.parts.len() {
            let Some((part, first)) = queue.first() else { break };
            let is_alike = taken.first().is_none_or(|one| one.generation == first.generation);
            if !is_alike || (!fits(&first) && !taken.is_empty()) {
                queue.next = part;
                break;
            }
            taken.push(first);
            queue.pop(part);
        }
        taken
    }

    /// A connection is gone: what waited for it was never written.
    pub(crate) fn lost(&mut self, conn: ConnId) -> Vec<Send> {
        let queue = self.conns.remove(&conn).unwrap_or_default();
        queue.parts.into_values().flatten().map(|waiting| waiting.send).collect()
    }

    /// Takes out what waits for room although its time is over: it was never written.
    pub(crate) fn overdue(&mut self, now: Time) -> Vec<Send> {
        let mut late = Vec::new();
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return late;
        }
        self.earliest = None;
        for queue in self.conns.values_mut() {
            queue.parts.retain(|_, waiting| {
                waiting.retain(|one| {
                    let is_late = one.deadline <= now;
                    late.extend(is_late.then_some(one.send));
                    !is_late
                });
                !waiting.is_empty()
            });
        }
        let left = self.conns.values().flat_map(|queue| queue.parts.values().flatten());
        self.earliest = left.map(|waiting| waiting.deadline).min();
        late
    }
}

impl Queue {
    /// The first batch of the partition whose turn it is.
    fn first(&self) -> Option<(u32, Send)> {
        let behind = self.parts.range(self.next..).next();
        let (part, waiting) = behind.or_else(|| self.parts.first_key_value())?;
        waiting.front().map(|waiting| (*part, waiting.send))
    }

    /// Takes out what [`first`](Self::first) showed, and goes on.
    fn pop(&mut self, part: u32) {
        self.next = part.wrapping_add(1);
        let Some(waiting) = self.parts.get_mut(&part) else { return };
        waiting.pop_front();
        if waiting.is_empty() {
            self.parts.remove(&part);
        }
    }
}

#[cfg(test)]
mod tests {
    use klamm_idempotence::{AttemptId, Part, Piece, Ticket};

    use super::*;

    const CONN: ConnId = ConnId(1);

    fn send(part: u32, attempt: u64) -> Send {
        Send {
            attempt: AttemptId(attempt),
            part: Part(part),
            ticket: Ticket(attempt),
            piece: Piece::whole(1),
            conn: klamm_idempotence::ConnId(CONN.0),
            stamp: None,
            tag: None,
            generation: None,
        }
    }

    fn up() -> Outbox {
        let mut outbox = Outbox::default();
        outbox.up(CONN);
        outbox
    }

    fn taken(outbox: &mut Outbox, room: usize) -> Vec<(u32, u64)> {
        let mut left = room;
        let sends = outbox.take(CONN, |_| {
            let fits = left > 0;
            left = left.saturating_sub(1);
            fits
        });
        sends.iter().map(|send| (send.part.0, send.attempt.0)).collect()
    }

    #[test]
    fn a_request_has_one_batch_of_a_partition_and_the_next_goes_on_behind_it() {
        let mut outbox = up();
        for (attempt, part) in [0, 0, 1, 2].into_iter().enumerate() {
            outbox.push(send(part, attempt as u64), Time(100));
        }
        assert_eq!(taken(&mut outbox, 2), [(0, 0), (1, 2)]);
        assert_eq!(taken(&mut outbox, 2), [(2, 3), (0, 1)]);
        assert!(taken(&mut outbox, 2).is_empty() && outbox.conns().is_empty());
    }

    #[test]
    fn one_batch_goes_however_large_it_is() {
        let mut outbox = up();
        outbox.push(send(0, 0), Time(100));
        outbox.push(send(1, 1), Time(100));
        assert_eq!(taken(&mut outbox, 0), [(0, 0)]);
        assert_eq!(taken(&mut outbox, 0), [(1, 1)]);
    }

    #[test]
    fn what_is_late_or_lost_is_given_back_once() {
        let mut outbox = up();
        outbox.push(send(0, 0), Time(100));
        outbox.push(send(0, 1), Time(300));
        outbox.push(send(1, 2), Time(200));
        assert!(outbox.overdue(Time(99)).is_empty());
        assert_eq!(outbox.overdue(Time(200)).len(), 2);
        assert!(outbox.overdue(Time(299)).is_empty());
        assert_eq!(outbox.lost(CONN), [send(0, 1)]);
        assert!(outbox.lost(CONN).is_empty());
    }

    #[test]
    fn nothing_waits_for_a_connection_that_is_gone() {
        let mut outbox = up();
        outbox.push(send(0, 0), Time(100));
        assert!(outbox.knows(CONN) && outbox.lost(CONN).len() == 1);
        outbox.push(send(0, 1), Time(100));
        assert!(!outbox.knows(CONN) && outbox.conns().is_empty());
        assert!(outbox.overdue(Time(200)).is_empty());
    }
}
