//! How far a connection is with proving who is at its other end.

use std::time::Duration;

use klamm_wire::Time;

use crate::cluster::Listener;
use crate::security::sasl::{Established, SaslSession};

/// A client that begins again sooner than this is refused.
const BETWEEN_BEGINNINGS: Duration = Duration::from_secs(1);

/// What is known of a connection's client, and what it must say next.
#[derive(Debug, Clone)]
pub(crate) struct Authentication {
    pub(super) phase: Phase,
    /// What was last proven.
    established: Option<Established>,
    /// When that ends.
    expires: Option<Time>,
    /// When the last proof in place of an older one began.
    began_again: Option<Time>,
}

/// What a client must say next.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// The versions, or a handshake.
    Start,
    /// A handshake: the versions were told.
    Handshake,
    /// A token. In an envelope it is a request; bare, the whole frame is the token.
    Token { session: Box<SaslSession>, is_bare: bool },
    /// Whatever it likes.
    Done,
}

impl Authentication {
    /// That of a new connection.
    pub(crate) fn new(listener: Listener) -> Self {
        let phase = if listener.wants_sasl() { Phase::Start } else { Phase::Done };
        Self { phase, established: None, expires: None, began_again: None }
    }

    /// Whether all requests are served.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Done)
    }

    /// Whether the next frame is no request.
    pub(in crate::api) fn wants_bare_token(&self) -> bool {
        matches!(self.phase, Phase::Token { is_bare: true, .. })
    }

    /// The versions were told: before authentication that happens once.
    pub(in crate::api) fn versions_told(&mut self) {
        if matches!(self.phase, Phase::Start) {
            self.phase = Phase::Handshake;
        }
    }

    /// Whether what was proven no longer holds for a request that came then.
    pub(super) fn is_over(&self, came: Time) -> bool {
        self.expires.is_some_and(|expires| came > expires)
    }

    /// Whether a handshake begins a proof now: the first one, or another one where proofs end.
    pub(super) fn may_begin(&self, now: Time) -> bool {
        let is_early = self
            .began_again
            .is_some_and(|began| now.saturating_duration_since(began) < BETWEEN_BEGINNINGS);
        match self.phase {
            Phase::Start | Phase::Handshake => true,
            Phase::Token { .. } => false,
            Phase::Done => self.expires.is_some() && !is_early,
        }
    }

    /// What has been proven so far.
    pub(super) fn before(&self) -> Option<Established> {
        self.established.clone()
    }

    /// Tokens are next.
    pub(super) fn begin(&mut self, now: Time, session: SaslSession, is_bare: bool) {
        if self.is_done() {
            self.began_again = Some(now);
        }
        self.phase = Phase::Token { session: Box::new(session), is_bare };
    }

    /// It is proven who the client is.
    pub(super) fn finish(&mut self, now: Time, established: Established, grace: Duration) {
        self.expires = established.expires(now).map(|end| end.saturating_add(grace));
        self.established = Some(established);
        self.phase = Phase::Done;
    }
}
