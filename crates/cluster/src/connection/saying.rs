//! Saying who we are: which mechanism, then its tokens, in requests or bare.

use std::borrow::Cow;

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_protocol::frame::{DecodeFrameError, ResponseFrame};
use klamm_protocol::negotiate::{Condition, Conditions, Negotiated, UnsupportedVersion};
use klamm_protocol::sasl_authenticate::SaslAuthenticateResponse;
use klamm_protocol::sasl_handshake::{SaslHandshakeRequest, SaslHandshakeResponse};
use klamm_wire::{ErrorCode, Time};

use super::link::Link;
use super::machine::Output;
use crate::failure::Cause;
use crate::sasl::{Conversation, Credentials, Salted, SaslError, Step, Token, TokenError};

/// How many mechanisms of an offer are kept, and how many bytes of the name of each.
const KEPT: (usize, usize) = (32, 64);

/// Saying who we are, until it is [said](Said).
pub(super) struct Saying {
    /// When it began.
    began: Time,
    route: Route,
    wait: Wait,
}

/// How far it came.
pub(super) enum Said {
    /// Not to the end.
    Not(Box<Saying>),
    /// The broker believes us, for so many milliseconds where they are more than none.
    Done {
        /// When we had begun.
        began: Time,
        /// For how long.
        lifetime_ms: i64,
    },
}

/// What it waits for.
enum Wait {
    /// The time from which on the broker listens.
    Turn(Time),
    /// The answer to the mechanism.
    Handshake,
    /// The answer to a token, which ends at this place of the stream if it is bare.
    Answer(Conversation, Option<u64>),
    /// A hashed password.
    Hash(Conversation),
    /// A token.
    Token(Conversation),
}

/// At which versions it is said.
#[derive(Clone, Copy)]
struct Route {
    handshake: i16,
    /// `None` for bare tokens.
    authenticate: Option<i16>,
}

impl Route {
    /// Tokens go in requests where the broker has both halves of that, and else bare.
    fn of(negotiated: &Negotiated) -> Result<Self, UnsupportedVersion> {
        let authenticate = negotiated.version(ApiKey::SaslAuthenticate, Conditions::NONE).ok();
        let handshake = negotiated.version(ApiKey::SaslHandshake, Conditions::NONE)?;
        if authenticate.is_some() && handshake > 0 {
            return Ok(Self { handshake, authenticate });
        }
        let handshake = negotiated.version(ApiKey::SaslHandshake, Condition::RawSaslTokens)?;
        Ok(Self { handshake, authenticate: None })
    }
}

impl Saying {
    /// Begins, at an instant at the earliest.
    pub(super) fn begin(
        link: &mut Link,
        negotiated: &Negotiated,
        earliest: Time,
    ) -> Result<Self, Cause> {
        let route = Route::of(negotiated).map_err(Cause::Unsupported)?;
        let saying = Self { began: link.pulse.now, route, wait: Wait::Turn(earliest) };
        saying.time(link)
    }

    /// When its turn comes, if it waits for that.
    pub(super) fn turn(&self) -> Option<Time> {
        match self.wait {
            Wait::Turn(at) => Some(at),
            Wait::Handshake | Wait::Answer(..) | Wait::Hash(_) | Wait::Token(_) => None,
        }
    }

    /// Whether the next frame is a token without a header.
    pub(super) fn is_bare(&self) -> bool {
        let begun = !matches!(self.wait, Wait::Turn(_) | Wait::Handshake);
        begun && self.route.authenticate.is_none()
    }

    /// Time has passed.
    pub(super) fn time(mut self, link: &mut Link) -> Result<Self, Cause> {
        if self.turn().is_some_and(|at| at <= link.pulse.now) {
            let mechanism = credentials(link)?.mechanism().name();
            let request = SaslHandshakeRequest { mechanism: Cow::Borrowed(mechanism) };
            link.ask(&request, self.route.handshake)?;
            self.began = link.pulse.now;
            self.wait = Wait::Handshake;
        }
        Ok(self)
    }

    /// The broker answered a request.
    pub(super) fn answered(self, link: &mut Link, answer: &ResponseFrame) -> Result<Said, Cause> {
        match self.wait {
            Wait::Handshake => self.mechanism(link, answer),
            Wait::Answer(conversation, None) => {
                let body = answer.decode::<SaslAuthenticateResponse<'_>>().map_err(malformed)?.body;
                if body.error_code != ErrorCode::NONE {
                    let words = body.error_message.unwrap_or_default();
                    return Err(Cause::Sasl(conversation.refused(Some(body.error_code), &words)));
                }
                let lifetime_ms = body.session_lifetime_ms;
                let step = conversation.received(&body.auth_bytes);
                Self { wait: Wait::Handshake, ..self }.follow(link, step, lifetime_ms)
            }
            Wait::Turn(_) | Wait::Answer(_, Some(_)) | Wait::Hash(_) | Wait::Token(_) => {
                Err(Cause::Internal("an answer came while none was due"))
            }
        }
    }

    /// The broker answered the mechanism.
    fn mechanism(self, link: &mut Link, answer: &ResponseFrame) -> Result<Said, Cause> {
        let decoded = answer.decode::<SaslHandshakeResponse<'_>>().map_err(malformed)?.body;
        match decoded.error_code {
            ErrorCode::NONE => {
                let nonce = link.identity.nonces.draw();
                let step = Conversation::begin(credentials(link)?, nonce);
                self.follow(link, step, 0)
            }
            ErrorCode::UNSUPPORTED_SASL_MECHANISM => {
                let asked = credentials(link)?.mechanism();
                let offered = decoded.mechanisms.iter().take(KEPT.0);
                let offered = offered.map(|name| shortened(name, KEPT.1)).collect();
                Err(Cause::Sasl(SaslError::UnsupportedMechanism { asked, offered }))
            }
            code => {
                let credentials = credentials(link)?;
                Err(Cause::Sasl(SaslError::Refused {
                    mechanism: credentials.mechanism(),
                    username: credentials.username().map(str::to_owned),
                    code: Some(code),
                    message: String::new(),
                }))
            }
        }
    }

    /// The broker answered a bare token.
    pub(super) fn answered_bare(self, link: &mut Link, frame: &Bytes) -> Result<Said, Cause> {
        match self.wait {
            Wait::Answer(conversation, Some(end)) if end <= link.outbox.handed() => {
                let step = conversation.received(frame);
                Self { wait: Wait::Handshake, ..self }.follow(link, step, 0)
            }
            Wait::Turn(_) | Wait::Handshake | Wait::Answer(..) | Wait::Hash(_) | Wait::Token(_) => {
                let got = frame.first_chunk().map_or(0, |id| i32::from_be_bytes(*id));
                Err(Cause::Unsolicited { got })
            }
        }
    }

    /// A password was hashed.
    pub(super) fn hashed(self, link: &mut Link, salted: Salted) -> Result<Said, Cause> {
        match self.wait {
            Wait::Hash(conversation) => {
                let step = conversation.hashed(salted);
                Self { wait: Wait::Handshake, ..self }.follow(link, step, 0)
            }
            Wait::Turn(_) | Wait::Handshake | Wait::Answer(..) | Wait::Token(_) => {
                Ok(Said::Not(Box::new(self)))
            }
        }
    }

    /// A token was provided, or was not.
    pub(super) fn provided(
        self,
        link: &mut Link,
        token: Result<Token, TokenError>,
    ) -> Result<Said, Cause> {
        match self.wait {
            Wait::Token(conversation) => {
                let step = conversation.provided(token);
                Self { wait: Wait::Handshake, ..self }.follow(link, step, 0)
            }
            Wait::Turn(_) | Wait::Handshake | Wait::Answer(..) | Wait::Hash(_) => {
                Ok(Said::Not(Box::new(self)))
            }
        }
    }

    /// Does what the mechanism says is next.
    fn follow(self, link: &mut Link, step: Step, lifetime_ms: i64) -> Result<Said, Cause> {
        let wait = match step {
            Step::Send(token, conversation) => {
                let end = match self.route.authenticate {
                    Some(version) => link.say(&token, version).map(|()| None)?,
                    None => link.say_bare(&token).map(Some)?,
                };
                Wait::Answer(conversation, end)
            }
            Step::Hash(job, conversation) => {
                link.outputs.push_back(Output::Hash(job));
                Wait::Hash(conversation)
            }
            Step::NeedToken(conversation) => {
                link.outputs.push_back(Output::NeedToken);
                Wait::Token(conversation)
            }
            Step::Done => return Ok(Said::Done { began: self.began, lifetime_ms }),
            Step::Failed(error) => return Err(Cause::Sasl(error)),
        };
        Ok(Said::Not(Box::new(Self { wait, ..self })))
    }

    /// What it means that the transport is gone: a broker that takes bare tokens has no other word
    /// for one that it does not accept.
    pub(super) fn lost(self, link: &Link, cause: Cause) -> Cause {
        match self.wait {
            Wait::Answer(conversation, Some(end))
                if end <= link.outbox.handed() && cause == Cause::ClosedByPeer =>
            {
                Cause::Sasl(conversation.refused(None, ""))
            }
            Wait::Turn(_) | Wait::Handshake | Wait::Answer(..) | Wait::Hash(_) | Wait::Token(_) => {
                cause
            }
        }
    }
}

fn credentials(link: &Link) -> Result<&Credentials, Cause> {
    link.identity.credentials.as_ref().ok_or(Cause::Sasl(SaslError::NoCredentials))
}

/// The beginning of a text, of at most so many bytes: every request that fails with the connection
/// gets a copy of it.
fn shortened(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

fn malformed(error: DecodeFrameError) -> Cause {
    match error {
        DecodeFrameError::Malformed(error) => Cause::Malformed(error),
        DecodeFrameError::UnknownApi { .. } | DecodeFrameError::OtherApi { .. } => {
            Cause::Internal("an answer was read as that of another request")
        }
        _ => Cause::Internal("an answer could not be read"),
    }
}
