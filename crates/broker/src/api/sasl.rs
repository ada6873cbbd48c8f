//! SaslHandshake and SaslAuthenticate, and what is served before them.
//!
//! A listener that wants SASL serves one ApiVersions, one handshake and then tokens, in this order,
//! and nothing else until a token settles who the client is. What is out of order ends the
//! connection; what is wrong is answered first, but later than it could be, so that guessing costs
//! time.

mod illegal;
mod phase;

use std::borrow::Cow;

use klamm_protocol::sasl_authenticate::{SaslAuthenticateRequest, SaslAuthenticateResponse};
use klamm_protocol::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{ErrorCode, Now, Writer};

use super::{Call, Outcome};
use crate::cluster::State;
use crate::cluster::connection::Session;
use crate::defects::Defect;
use crate::security::sasl::Step;
use phase::Phase;

pub(super) use illegal::answer as illegal;
pub(crate) use phase::Authentication;

/// The first version of the handshake after which tokens come as requests.
const FIRST_WITH_ENVELOPE: i16 = 1;

/// Whether a request is served on a connection in its phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Served,
    /// It is out of order, and told so before the connection ends.
    Illegal,
    Closed,
}

/// Whether this request may come now.
pub(super) fn admit(call: &Call<'_>, api: ApiKey) -> Admission {
    let sasl = &call.session.sasl;
    match (&sasl.phase, api) {
        (Phase::Done, ApiKey::SaslHandshake) if sasl.may_begin(call.came) => Admission::Served,
        (Phase::Done, _) if sasl.is_over(call.came) => Admission::Closed,
        (Phase::Done, _)
        | (Phase::Start, ApiKey::ApiVersions)
        | (Phase::Start | Phase::Handshake, ApiKey::SaslHandshake)
        | (Phase::Token { .. }, ApiKey::SaslAuthenticate) => Admission::Served,
        (_, other) if !is_own(other) && call.has(Defect::ServesUnauthenticated) => {
            Admission::Served
        }
        (Phase::Token { .. }, _) => Admission::Illegal,
        (Phase::Start | Phase::Handshake, _) => Admission::Closed,
    }
}

/// Whether an API belongs to the beginning of a connection.
fn is_own(api: ApiKey) -> bool {
    matches!(api, ApiKey::ApiVersions | ApiKey::SaslHandshake | ApiKey::SaslAuthenticate)
}

pub(super) fn handshake(call: &mut Call<'_>, request: &SaslHandshakeRequest<'_>) -> Outcome {
    let refused = |error_code| SaslHandshakeResponse { error_code, mechanisms: Vec::new() };
    if !call.session.sasl.may_begin(call.now.mono) {
        return call.answer(&refused(ErrorCode::ILLEGAL_SASL_STATE));
    }
    let offered = &call.state.settings.security.sasl;
    let mechanisms = offered.mechanisms().map(|one| Cow::Borrowed(one.name())).collect();
    let before = call.session.sasl.before();
    match offered.begin(&request.mechanism, before, &mut call.state.nonces) {
        Some(session) => {
            let is_bare = call.version() < FIRST_WITH_ENVELOPE;
            call.session.sasl.begin(call.now.mono, session, is_bare);
            let error_code = ErrorCode::NONE;
            call.answer(&SaslHandshakeResponse { error_code, mechanisms })
        }
        None => {
            let error_code = ErrorCode::UNSUPPORTED_SASL_MECHANISM;
            let answer = call.answer(&SaslHandshakeResponse { error_code, mechanisms });
            refuse(call.state, call.now, Some(answer))
        }
    }
}

pub(super) fn authenticate(call: &mut Call<'_>, request: &SaslAuthenticateRequest<'_>) -> Outcome {
    let answer = match advance(call.state, call.session, call.now, &request.auth_bytes) {
        Verdict::Answer { token, lifetime_ms } => SaslAuthenticateResponse {
            auth_bytes: Cow::Owned(token),
            session_lifetime_ms: lifetime_ms,
            ..SaslAuthenticateResponse::default()
        },
        Verdict::Failed(text) => {
            let answer = call.answer(&SaslAuthenticateResponse {
                error_code: ErrorCode::SASL_AUTHENTICATION_FAILED,
                error_message: Some(Cow::Owned(text)),
                ..SaslAuthenticateResponse::default()
            });
            return refuse(call.state, call.now, Some(answer));
        }
        Verdict::Closed => return refuse(call.state, call.now, None),
        Verdict::NotAsked => SaslAuthenticateResponse {
            error_code: ErrorCode::ILLEGAL_SASL_STATE,
            error_message: Some(Cow::Borrowed(
                "SaslAuthenticate request received after successful authentication",
            )),
            ..SaslAuthenticateResponse::default()
        },
    };
    call.answer(&answer)
}

/// Takes a frame that is a token and nothing else, as it follows the first version of the
/// handshake. There is no error that could be said without an envelope.
pub(super) fn bare_token(
    state: &mut State,
    session: &mut Session,
    now: Now,
    token: &[u8],
) -> Outcome {
    match advance(state, session, now, token) {
        Verdict::Answer { token, .. } => match i32::try_from(token.len()) {
            Ok(length) => {
                let mut frame = Writer::with_capacity(token.len().saturating_add(4));
                frame.raw(&length.to_be_bytes());
                frame.raw(&token);
                Outcome::Answer(Segments::from(frame))
            }
            Err(_) => Outcome::Close,
        },
        Verdict::Failed(_) | Verdict::Closed | Verdict::NotAsked => refuse(state, now, None),
    }
}

/// What is said to a token.
enum Verdict {
    Answer {
        token: Vec<u8>,
        lifetime_ms: i64,
    },
    /// The client is not who it says.
    Failed(String),
    /// The connection ends.
    Closed,
    /// No token was asked for.
    NotAsked,
}

/// Judges a token, and lets the connection go on accordingly.
fn advance(state: &State, session: &mut Session, now: Now, token: &[u8]) -> Verdict {
    let Phase::Token { session: ongoing, is_bare } = &session.sasl.phase else {
        return Verdict::NotAsked;
    };
    let is_bare = *is_bare;
    let step = ongoing.as_ref().clone().receive(token, &state.settings.security.sasl, now.wall);
    match step {
        Step::Challenge { token, session: next } => {
            session.sasl.phase = Phase::Token { session: Box::new(next), is_bare };
            Verdict::Answer { token, lifetime_ms: 0 }
        }
        Step::Done { token, established } => {
            let lifetime_ms = established.session_lifetime_ms();
            session.principal = established.principal.clone();
            session.sasl.finish(now.mono, established, state.settings.security.sasl.grace());
            Verdict::Answer { token, lifetime_ms }
        }
        Step::Failed { text } => Verdict::Failed(text),
        Step::Closed { .. } => Verdict::Closed,
    }
}

/// Ends the connection after a while, and until then withholds the answer.
fn refuse(state: &State, now: Now, answer: Option<Outcome>) -> Outcome {
    let at = now.mono.saturating_add(state.settings.security.failure_delay);
    match answer {
        Some(Outcome::Answer(frame)) => Outcome::Refused { answer: Some(frame), at },
        _ => Outcome::Refused { answer: None, at },
    }
}
