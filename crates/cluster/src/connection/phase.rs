//! The states of a connection, each a type that a transition consumes.

use std::borrow::Cow;

use bytes::Bytes;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::frame::ResponseFrame;
use klamm_protocol::negotiate::{Answer, Ask, Negotiated, Offer, software_text};
use klamm_wire::Time;

use super::link::Link;
use super::saying::{Said, Saying};
use super::session::Session;
use super::throttle;
use crate::failure::{Cause, Stage};
use crate::sasl::{Salted, Token, TokenError};

/// Where a connection is in its life.
pub(super) enum Phase {
    /// Versions are asked for.
    Versions(AwaitVersions),
    /// We say who we are, for the first time.
    Authenticating(Authenticating),
    /// Requests can be sent.
    Ready(Ready),
    /// We say again who we are; requests that were sent before are answered before.
    Reauthenticating(Reauthenticating),
    /// It is over.
    Closed,
}

/// Versions are asked for.
pub(super) struct AwaitVersions {
    ask: Ask,
    deadline: Time,
}

/// We say who we are.
pub(super) struct Authenticating {
    negotiated: Negotiated,
    saying: Box<Saying>,
    deadline: Time,
}

/// Requests can be sent.
pub(super) struct Ready {
    negotiated: Negotiated,
    session: Option<Session>,
}

/// We say again who we are.
pub(super) struct Reauthenticating {
    negotiated: Negotiated,
    saying: Box<Saying>,
    /// Set once everything before has been answered; until then the timeout of requests holds.
    deadline: Option<Time>,
}

/// One thing that happened.
pub(super) enum Event {
    /// A whole frame came.
    Frame(Bytes),
    /// A password was hashed.
    Hashed(Salted),
    /// A token was provided, or was not.
    Token(Result<Token, TokenError>),
    /// The transport is gone.
    Lost(Cause),
    /// Time may have passed.
    Time,
}

impl Phase {
    /// The first state: asks for versions.
    pub(super) fn begin(link: &mut Link, ask: Ask) -> Result<Self, Cause> {
        let deadline = link.handshake_deadline();
        AwaitVersions { ask, deadline }.asked(link)
    }

    /// How far the connection has come, as failures tell.
    pub(super) const fn stage(&self) -> Stage {
        match self {
            Self::Versions(_) => Stage::Versions,
            Self::Authenticating(_) | Self::Reauthenticating(_) => Stage::Authenticate,
            Self::Ready(_) | Self::Closed => Stage::Ready,
        }
    }

    /// What can be spoken, once that is known.
    pub(super) const fn versions(&self) -> Option<&Negotiated> {
        match self {
            Self::Authenticating(Authenticating { negotiated, .. })
            | Self::Ready(Ready { negotiated, .. })
            | Self::Reauthenticating(Reauthenticating { negotiated, .. }) => Some(negotiated),
            Self::Versions(_) | Self::Closed => None,
        }
    }

    /// The next state; an error ends the connection.
    pub(super) fn on(self, link: &mut Link, event: Event) -> Result<Self, Cause> {
        match event {
            Event::Frame(frame) => self.frame(link, frame),
            Event::Hashed(salted) => self.saying(link, |saying, link| saying.hashed(link, salted)),
            Event::Token(token) => self.saying(link, |saying, link| saying.provided(link, token)),
            Event::Lost(cause) => Err(self.lost(link, cause)),
            Event::Time => self.time(link),
        }
    }

    fn frame(self, link: &mut Link, frame: Bytes) -> Result<Self, Cause> {
        if matches!(&self, Self::Authenticating(state) if state.saying.is_bare()) {
            return self.saying(link, |saying, link| saying.answered_bare(link, &frame));
        }
        let Some(answer) = link.matched(frame)? else { return Ok(self) };
        match self {
            Self::Versions(state) => state.answered(link, &answer),
            Self::Reauthenticating(mut state) => {
                state.deadline.get_or_insert(link.handshake_deadline());
                let said = state.saying.answered(link, &answer)?;
                let Reauthenticating { negotiated, deadline, .. } = state;
                Ok(Reauthenticating::resumed(link, said, negotiated, deadline))
            }
            Self::Authenticating(_) | Self::Ready(_) | Self::Closed => {
                self.saying(link, |saying, link| saying.answered(link, &answer))
            }
        }
    }

    /// Goes on with saying who we are, in the states that do.
    fn saying(
        self,
        link: &mut Link,
        go_on: impl FnOnce(Saying, &mut Link) -> Result<Said, Cause>,
    ) -> Result<Self, Cause> {
        match self {
            Self::Authenticating(Authenticating { negotiated, saying, deadline }) => {
                let said = go_on(*saying, link)?;
                Ok(Authenticating::resumed(link, said, negotiated, deadline))
            }
            Self::Reauthenticating(Reauthenticating { negotiated, saying, deadline }) => {
                let said = go_on(*saying, link)?;
                Ok(Reauthenticating::resumed(link, said, negotiated, deadline))
            }
            Self::Versions(_) | Self::Ready(_) | Self::Closed => Ok(self),
        }
    }

    fn lost(self, link: &Link, cause: Cause) -> Cause {
        match self {
            Self::Authenticating(state) => state.saying.lost(link, cause),
            Self::Versions(_) | Self::Ready(_) | Self::Reauthenticating(_) | Self::Closed => cause,
        }
    }

    fn time(self, link: &mut Link) -> Result<Self, Cause> {
        let now = link.pulse.now;
        if let Some((_, cause)) = self.due(link).filter(|(at, _)| *at <= now) {
            return Err(cause);
        }
        let spoke = link.silence.end(now);
        match self {
            Self::Ready(Ready { negotiated, session: Some(session) }) if session.renew <= now => {
                let saying = Box::new(Saying::begin(link, &negotiated, session.earliest)?);
                Ok(Self::Reauthenticating(Reauthenticating { negotiated, saying, deadline: None }))
            }
            Self::Reauthenticating(state) => {
                let saying = Box::new(state.saying.time(link)?);
                Ok(Self::Reauthenticating(Reauthenticating { saying, ..state }))
            }
            Self::Ready(_) if spoke => {
                link.announce();
                Ok(self)
            }
            Self::Versions(_) | Self::Authenticating(_) | Self::Ready(_) | Self::Closed => Ok(self),
        }
    }

    /// When the connection is out of time, and what it ends with then.
    fn due(&self, link: &Link) -> Option<(Time, Cause)> {
        match self {
            Self::Versions(AwaitVersions { deadline, .. })
            | Self::Authenticating(Authenticating { deadline, .. }) => {
                Some((*deadline, Cause::TimedOut))
            }
            Self::Ready(_) => requests(link),
            Self::Reauthenticating(state) => {
                let deadline = state.deadline.map(|at| (at, Cause::TimedOut));
                deadline.into_iter().chain(requests(link)).min_by_key(|(at, _)| *at)
            }
            Self::Closed => None,
        }
    }

    /// When time matters next.
    pub(super) fn next_wake(&self, link: &Link) -> Option<Time> {
        let turn = match self {
            Self::Ready(Ready { session, .. }) => session.map(|session| session.renew),
            Self::Reauthenticating(Reauthenticating { saying, .. }) => saying.turn(),
            Self::Versions(_) | Self::Authenticating(_) | Self::Closed => None,
        };
        let due = self.due(link).map(|(at, _)| at);
        due.into_iter().chain(turn).chain(link.silence.until()).min()
    }
}

/// When the first of the requests is out of time, and what the connection ends with then.
fn requests(link: &Link) -> Option<(Time, Cause)> {
    link.in_flight.due(link.settings.request_timeout)
}

impl AwaitVersions {
    /// Sends the question.
    fn asked(self, link: &mut Link) -> Result<Phase, Cause> {
        let settings = std::sync::Arc::clone(&link.settings);
        let text = |text, otherwise| software_text(text).unwrap_or(Cow::Borrowed(otherwise));
        let (name, version) = &settings.software;
        let request = ApiVersionsRequest {
            client_software_name: Cow::Owned(text(name, "klamm").into_owned()),
            client_software_version: Cow::Owned(text(version, "0").into_owned()),
            ..ApiVersionsRequest::default()
        };
        link.ask(&request, self.ask.version())?;
        Ok(Phase::Versions(self))
    }

    fn answered(self, link: &mut Link, answer: &ResponseFrame) -> Result<Phase, Cause> {
        match self.ask.answered(&answer.bytes).map_err(Cause::Negotiation)? {
            Answer::Again(ask) => Self { ask, ..self }.asked(link),
            Answer::Offer(offer) => self.offered(link, offer),
        }
    }

    fn offered(self, link: &mut Link, offer: Offer) -> Result<Phase, Cause> {
        let version = self.ask.version();
        if let Some(silence) = throttle::told_with_versions(version, offer.throttle_time_ms) {
            link.mute(link.pulse.now.saturating_add(silence));
        }
        let negotiated = Negotiated::from(offer);
        if link.identity.credentials.is_none() {
            return Ok(Ready { negotiated, session: None }.announced(link));
        }
        let saying = Box::new(Saying::begin(link, &negotiated, link.pulse.now)?);
        let deadline = self.deadline;
        Ok(Phase::Authenticating(Authenticating { negotiated, saying, deadline }))
    }
}

impl Authenticating {
    fn resumed(link: &mut Link, said: Said, negotiated: Negotiated, deadline: Time) -> Phase {
        match said {
            Said::Not(saying) => Phase::Authenticating(Self { negotiated, saying, deadline }),
            Said::Done { began, lifetime_ms } => {
                Ready::believed(link, negotiated, began, lifetime_ms)
            }
        }
    }
}

impl Reauthenticating {
    fn resumed(
        link: &mut Link,
        said: Said,
        negotiated: Negotiated,
        deadline: Option<Time>,
    ) -> Phase {
        match said {
            Said::Not(saying) => Phase::Reauthenticating(Self { negotiated, saying, deadline }),
            Said::Done { began, lifetime_ms } => {
                Ready::believed(link, negotiated, began, lifetime_ms)
            }
        }
    }
}

impl Ready {
    fn believed(link: &mut Link, negotiated: Negotiated, began: Time, lifetime_ms: i64) -> Phase {
        let (now, dice) = (link.pulse.now, &mut link.identity.dice);
        let session = Session::granted(now, began, lifetime_ms, dice);
        Self { negotiated, session }.announced(link)
    }

    fn announced(self, link: &mut Link) -> Phase {
        link.announce();
        Phase::Ready(self)
    }
}
