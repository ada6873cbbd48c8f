//! Connections that can be written to, and the attempts that are on them.

use klamm_wire::{NodeId, Time};

use crate::names::{AttemptId, ConnId, Part};

/// The connections that are up, and the brokers to which one was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Links {
    up: Vec<Link>,
    asked: Vec<NodeId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Link {
    conn: ConnId,
    node: NodeId,
    /// Nothing is sent before; the broker asked for it.
    silent_until: Time,
}

impl Links {
    pub(crate) fn came_up(&mut self, conn: ConnId, node: NodeId) {
        self.asked.retain(|asked| *asked != node);
        if self.up.iter().all(|link| link.conn != conn) {
            self.up.push(Link { conn, node, silent_until: Time(0) });
        }
    }

    pub(crate) fn went_down(&mut self, conn: ConnId) {
        self.up.retain(|link| link.conn != conn);
    }

    pub(crate) fn dial_failed(&mut self, node: NodeId) {
        self.asked.retain(|asked| *asked != node);
    }

    pub(crate) fn silence(&mut self, conn: ConnId, until: Time) {
        if let Some(link) = self.up.iter_mut().find(|link| link.conn == conn) {
            link.silent_until = link.silent_until.max(until);
        }
    }

    /// The connection to a broker that has been up for longest.
    pub(crate) fn to(&self, node: NodeId) -> Option<ConnId> {
        self.up.iter().find(|link| link.node == node).map(|link| link.conn)
    }

    pub(crate) fn is_silent(&self, conn: ConnId, now: Time) -> bool {
        self.up.iter().any(|link| link.conn == conn && link.silent_until > now)
    }

    /// Notes that a connection is wanted; whether that is news.
    pub(crate) fn ask(&mut self, node: NodeId) -> bool {
        let news = !self.asked.contains(&node);
        if news {
            self.asked.push(node);
        }
        news
    }

    /// Forgets silences that are over; whether there were any.
    pub(crate) fn end_silences(&mut self, now: Time) -> bool {
        let over = |link: &&mut Link| link.silent_until > Time(0) && link.silent_until <= now;
        let mut ended = false;
        for link in self.up.iter_mut().filter(over) {
            link.silent_until = Time(0);
            ended = true;
        }
        ended
    }

    /// The next end of a silence.
    pub(crate) fn next_wake(&self, now: Time) -> Option<Time> {
        self.up.iter().map(|link| link.silent_until).filter(|until| *until > now).min()
    }
}

/// Every attempt without an end, by its name.
///
/// Names ascend, so the table is sorted by construction: opening one appends, and finding one is a
/// binary search in memory that stays allocated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Attempts {
    opened: u64,
    open: Vec<(AttemptId, Part)>,
}

impl Attempts {
    pub(crate) fn open(&mut self, part: Part) -> AttemptId {
        self.opened = self.opened.wrapping_add(1);
        let attempt = AttemptId(self.opened);
        self.open.push((attempt, part));
        attempt
    }

    pub(crate) fn part_of(&self, attempt: AttemptId) -> Option<Part> {
        let at = self.open.binary_search_by_key(&attempt, |(open, _)| *open).ok()?;
        self.open.get(at).map(|(_, part)| *part)
    }

    pub(crate) fn close(&mut self, attempt: AttemptId) {
        if let Ok(at) = self.open.binary_search_by_key(&attempt, |(open, _)| *open) {
            self.open.remove(at);
        }
    }

    /// How many have no end.
    pub(crate) fn outstanding(&self) -> u32 {
        u32::try_from(self.open.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(feature = "model")]
mod canonical {
    use super::{Attempts, Links};
    use crate::canonical::{Naming, Rename};
    use crate::names::AttemptId;

    impl Rename for Links {
        fn rename(&mut self, naming: &Naming<'_>) {
            for link in &mut self.up {
                link.conn.rename(naming);
                link.silent_until.rename(naming);
            }
        }
    }

    impl Rename for Attempts {
        fn rename(&mut self, naming: &Naming<'_>) {
            self.opened = 0;
            for (attempt, _) in &mut self.open {
                attempt.rename(naming);
            }
        }
    }

    impl Attempts {
        /// The open ones, oldest first.
        pub(crate) fn names(&self) -> Vec<AttemptId> {
            self.open.iter().map(|(attempt, _)| *attempt).collect()
        }
    }
}
