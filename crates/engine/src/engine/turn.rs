//! The loop: what came about is heard, what follows from it is done, until nothing moves.

use std::io::IoSlice;
use std::time::Duration;

use klamm_cluster::{Command, ConnId, Drive, Event};
use klamm_idempotence::Input;
use klamm_wire::{Now, Time};

use super::Engine;
use crate::failure::TopicError;

/// So many rounds a turn has; who wants more is served in the next one.
const MOST_ROUNDS: usize = 1_000;

/// How old the time may be that appenders go by.
const COARSE: Duration = Duration::from_millis(10);

impl Drive for Engine {
    fn handle(&mut self, now: Now, event: Event) {
        self.begin(now);
        let is_tick = matches!(event, Event::Tick);
        self.count_bytes(&event);
        self.cluster.handle(now, event);
        self.hear(now);
        if is_tick {
            self.tick(now);
        }
    }

    fn poll(&mut self, now: Now) -> Option<Command> {
        self.desk.is_unfinished = false;
        for _ in 0..MOST_ROUNDS {
            if let Some(command) = self.cluster.poll(now) {
                return Some(command);
            }
            if !self.turn(now) && self.accumulator.park(self.next_wake()) {
                return None;
            }
        }
        self.desk.is_unfinished = true;
        self.cluster.poll(now)
    }

    fn next_wake(&self) -> Option<Time> {
        if self.desk.is_unfinished {
            return Some(self.desk.now.mono);
        }
        let has_open = self.pulls.has_open();
        let coarse = has_open.then(|| self.desk.now.mono.saturating_add(COARSE));
        let lingers = self.pulls.next_wake();
        let machines = [self.machine.next_wake(), self.cluster.next_wake()];
        let own = [self.topics.next_wake(), lingers, coarse];
        machines.into_iter().chain(own).flatten().min()
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.cluster.chunks(conn, slices)
    }
}

impl Engine {
    /// Somebody calls: it is this late.
    pub(super) fn begin(&mut self, now: Now) {
        self.desk.now = now;
        self.accumulator.wake(now);
    }

    /// One round; whether anything moved.
    fn turn(&mut self, now: Now) -> bool {
        let mut moved = self.hear(now);
        moved |= self.read_slots(now);
        moved |= self.pull(now);
        moved |= self.act(now);
        self.weigh(now);
        moved |= self.publish(now);
        // What may leave is sent when everything is known that may leave with it.
        moved || self.send_out(now)
    }

    /// Shows appenders what changed.
    pub(super) fn publish(&mut self, now: Now) -> bool {
        let Self { topics, cluster, parts, desk, .. } = self;
        topics.publish((cluster.metadata(), parts), |since| {
            desk.meter.topic_waited(now.mono.saturating_duration_since(since));
        })
    }

    fn count_bytes(&mut self, event: &Event) {
        if let Event::Received { bytes, .. } = event {
            self.desk.meter.read(bytes.len());
        } else if let Event::Handed { count, .. } = event {
            self.desk.meter.wrote(*count);
        }
    }

    /// Time has passed, and everything that could be read was.
    fn tick(&mut self, now: Now) {
        for send in self.outbox.overdue(now.mono) {
            self.attempt_lost(now, send.attempt, send.part, false);
        }
        for (at, wanted) in self.topics.overdue(now.mono) {
            wanted(Err(TopicError::TimedOut(self.met_by_topic(at))));
        }
        if self.machine.next_wake().is_some_and(|wake| wake <= now.mono) {
            self.tell(now, Input::Tick);
            self.pulls.look_at_all();
        }
    }

    /// Tells the state machine.
    pub(super) fn tell(&mut self, now: Now, input: Input) {
        self.machine.handle(now.mono, input);
    }
}
