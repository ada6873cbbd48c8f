//! Connections: what is on its way to a broker, and what is on its way back.

use std::collections::VecDeque;

use klamm_wire::ErrorCode;

use crate::canonical::Naming;
use crate::model::{Produce, Verdict};
use crate::names::{AttemptId, ConnId};

/// Every connection on which something may still happen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::model) struct Network {
    dialled: u64,
    conns: Vec<Conn>,
}

/// One connection. The broker reads in order, and answers in order.
//= B2 one connection is handled in order, and two are not
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::model) struct Conn {
    pub(in crate::model) name: ConnId,
    pub(in crate::model) node: u32,
    /// Whether the producer still listens. If not, what is on its way may be read all the same.
    pub(in crate::model) open: bool,
    pub(in crate::model) requests: VecDeque<Request>,
    pub(in crate::model) answers: VecDeque<Reply>,
}

/// A batch on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::model) struct Request {
    pub(in crate::model) attempt: AttemptId,
    pub(in crate::model) part: u32,
    pub(in crate::model) produce: Produce,
}

/// An answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::model) struct Reply {
    pub(in crate::model) attempt: AttemptId,
    pub(in crate::model) part: u32,
    pub(in crate::model) verdict: Verdict,
    /// The batch that it is about, for the judge.
    pub(in crate::model) content: u32,
    /// Whether it is an answer to anything: a partition may be left out.
    pub(in crate::model) absent: bool,
}

impl Network {
    pub(in crate::model) fn dial(&mut self, node: u32) -> ConnId {
        self.dialled = self.dialled.saturating_add(1);
        let name = ConnId(self.dialled);
        let (requests, answers) = (VecDeque::new(), VecDeque::new());
        self.conns.push(Conn { name, node, open: true, requests, answers });
        name
    }

    pub(in crate::model) fn conns(&self) -> &[Conn] {
        &self.conns
    }

    pub(in crate::model) fn get_mut(&mut self, at: usize) -> Option<&mut Conn> {
        self.conns.get_mut(at)
    }

    /// Where a connection leads, also one that is gone for the producer.
    pub(in crate::model) fn node_of(&self, name: ConnId) -> u32 {
        self.conns.iter().find(|conn| conn.name == name).map_or(0, |conn| conn.node)
    }

    pub(in crate::model) fn named(&mut self, name: ConnId) -> Option<&mut Conn> {
        self.conns.iter_mut().find(|conn| conn.name == name && conn.open)
    }

    /// Forgets connections on which nothing can happen.
    pub(in crate::model) fn tidy(&mut self) {
        self.conns.retain(|conn| conn.open || !conn.requests.is_empty());
    }

    pub(in crate::model) fn names(&self) -> Vec<ConnId> {
        self.conns.iter().map(|conn| conn.name).collect()
    }

    pub(in crate::model) fn is_quiet(&self) -> bool {
        self.conns.iter().all(|conn| conn.requests.is_empty() && conn.answers.is_empty())
    }

    /// The network under other names.
    pub(in crate::model) fn canonical(&self, naming: &Naming<'_>) -> Self {
        let mut same = self.clone();
        same.dialled = 0;
        for conn in &mut same.conns {
            naming.conn(&mut conn.name);
            for request in &mut conn.requests {
                naming.attempt(&mut request.attempt);
            }
            for reply in &mut conn.answers {
                naming.attempt(&mut reply.attempt);
            }
        }
        same
    }
}

impl Reply {
    /// An answer of the broker to a request.
    pub(in crate::model) const fn to(request: &Request, verdict: Verdict) -> Self {
        let Request { attempt, part, produce } = *request;
        Self { attempt, part, verdict, content: produce.content, absent: false }
    }

    /// Whether it says that the batch is in the log.
    pub(in crate::model) fn is_success(&self) -> bool {
        !self.absent && self.verdict.code == ErrorCode::NONE
    }
}
