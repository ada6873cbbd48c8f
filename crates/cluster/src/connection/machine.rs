//! The machine: one door in, one door out, and the bytes to write.

use std::io::IoSlice;
use std::sync::Arc;

use bytes::Bytes;
use klamm_protocol::Segments;
use klamm_protocol::frame::ResponseFrame;
use klamm_protocol::negotiate::{Ask, Negotiated};
use klamm_wire::{Now, Time};

use super::in_flight::Withdrawn;
use super::link::Link;
use super::phase::{Event, Phase};
use crate::failure::{Cause, ConnFailure, Fate, Reason, Stage};
use crate::names::RequestId;
use crate::request::Payload;
use crate::sasl::{Credentials, HashJob, Nonces, Salted, Token, TokenError};
use crate::settings::ConnectionSettings;

/// One connection, from the open transport to its end.
///
/// - Commands: [`send`](Self::send), [`mute`](Self::mute), [`close`](Self::close).
/// - In: [`handle`](Self::handle). Out: [`poll`](Self::poll), [`next_wake`](Self::next_wake).
/// - To write: [`chunks`](Self::chunks), then [`Input::Handed`] and [`Input::Flushed`].
/// - Getters: the rest.
///
/// Whoever owns it polls until there is nothing more after each call that can change something:
/// outputs wait in a queue, to which one call adds no more than a few for each request in flight.
///
/// Every request that [`send`](Self::send) took has exactly one end: [`Output::Answered`],
/// [`Output::Flushed`] for one that no answer is due for, or [`Output::Failed`]. All of them come
/// before [`Output::Closed`], and nothing comes after that.
pub struct Connection {
    phase: Phase,
    link: Link,
}

/// How a connection begins.
pub struct Start {
    /// At which version to ask for versions: [`Ask::first`], or version 0 for an address that
    /// hung up on newer ones.
    pub ask: Ask,
    /// Who we are, where the listener wants to know.
    pub credentials: Option<Credentials>,
    /// From which nonces are drawn, now and when we say again who we are.
    pub nonces: Nonces,
    /// From which waits are spread.
    pub seed: u64,
}

/// One thing that happened to a connection.
#[derive(Debug)]
pub enum Input {
    /// Bytes came.
    Received(Bytes),
    /// The writer took so many bytes of what [`Connection::chunks`] showed. It is said before
    /// whatever came in after that: an answer to what was never handed over is a lie.
    Handed(usize),
    /// All that was handed over so far has left the writer.
    Flushed,
    /// The transport is gone.
    Lost(Cause),
    /// A password was hashed.
    Hashed(Salted),
    /// A token was provided, or was not.
    Token(Result<Token, TokenError>),
    /// Time has passed.
    Tick,
}

/// One thing for the owner of a connection to do or to know.
#[derive(Debug)]
pub enum Output {
    /// Requests can be sent: for the first time, or again after a pause.
    Ready,
    /// There are bytes to write; said once until they have all been taken.
    Write,
    /// A password must be hashed.
    Hash(HashJob),
    /// A token must be provided.
    NeedToken,
    /// The last byte of a request left the writer.
    Flushed(RequestId),
    /// A request was answered.
    Answered(RequestId, ResponseFrame),
    /// A request will not be answered.
    Failed(RequestId, Reason, Fate),
    /// The broker asked for a pause, or we were told so; requests wait until then.
    Throttled(Time),
    /// It is over. The transport is to be closed; every request has been reported before.
    Closed(ConnFailure),
}

impl Connection {
    /// A connection over a transport that has just been opened; it has bytes to write at once.
    pub fn open(now: Now, settings: Arc<ConnectionSettings>, start: Start) -> Self {
        let ask = start.ask;
        let mut link = Link::new(now.mono, settings, start);
        let phase = Phase::begin(&mut link, ask).unwrap_or_else(|cause| {
            link.end(ConnFailure { stage: Stage::Versions, cause });
            Phase::Closed
        });
        Self { phase, link }
    }

    /// Takes one thing that happened. What time brings is looked at afterwards, so that an answer
    /// that comes with its deadline still counts.
    pub fn handle(&mut self, now: Now, input: Input) {
        if matches!(self.phase, Phase::Closed) {
            return;
        }
        self.link.pulse.now = now.mono.max(self.link.pulse.now);
        match input {
            Input::Received(bytes) => self.received(bytes),
            Input::Handed(count) => self.link.hand(count),
            Input::Flushed => self.link.flush(),
            Input::Lost(cause) => self.turn(Event::Lost(cause)),
            Input::Hashed(salted) => self.turn(Event::Hashed(salted)),
            Input::Token(token) => self.turn(Event::Token(token)),
            Input::Tick => {}
        }
        self.turn(Event::Time);
    }

    fn received(&mut self, bytes: Bytes) {
        self.link.receive(bytes);
        while !matches!(self.phase, Phase::Closed) {
            match self.link.next_frame() {
                Ok(Some(frame)) => self.turn(Event::Frame(frame)),
                Ok(None) => return,
                Err(cause) => self.close(cause),
            }
        }
    }

    /// Goes from one state to the next.
    fn turn(&mut self, event: Event) {
        let phase = std::mem::replace(&mut self.phase, Phase::Closed);
        if matches!(phase, Phase::Closed) {
            return;
        }
        let stage = phase.stage();
        match phase.on(&mut self.link, event) {
            Ok(phase) => self.phase = phase,
            Err(cause) => self.link.end(ConnFailure { stage, cause }),
        }
    }

    /// The next thing to do or to know; `None` until another input.
    pub fn poll(&mut self) -> Option<Output> {
        self.link.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        self.phase.next_wake(&self.link)
    }

    /// The bytes to write next, across frames, and how many slices were filled.
    pub fn chunks<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.link.outbox.chunks(slices)
    }

    /// Sends a request, if the connection can take one; it is encoded at once.
    ///
    /// It is taken whenever [`can_send`](Self::can_send) says so, or refused for ever. The limit of
    /// bytes in flight is looked at beforehand: the request that crosses it is the last one.
    ///
    /// # Errors
    /// When it cannot: with the reason why it never can here, or without one when there is no room
    /// for it or no time, and may be after [`Output::Ready`] or an answer.
    pub fn send(
        &mut self,
        now: Now,
        id: RequestId,
        payload: &dyn Payload,
    ) -> Result<(), Option<Reason>> {
        self.handle(now, Input::Tick);
        match &self.phase {
            Phase::Closed => return Err(Some(Reason::NoSuchConnection)),
            Phase::Ready(_) if self.link.has_room() => {}
            Phase::Ready(_)
            | Phase::Versions(_)
            | Phase::Authenticating(_)
            | Phase::Reauthenticating(_) => return Err(None),
        }
        let (version, frame) = self.encoded(payload).map_err(Some)?;
        self.link.send(id, (payload.key(), version, payload.is_answered()), frame);
        Ok(())
    }

    /// The version of a request here, and its frame.
    fn encoded(&self, payload: &dyn Payload) -> Result<(i16, Segments), Reason> {
        let negotiated = self.phase.versions().ok_or(Reason::NoSuchConnection)?;
        let version = payload.version(negotiated).map_err(Reason::Unsupported)?;
        let frame = payload.encode(&self.link.head(version));
        Ok((version, frame.map_err(|error| Reason::NotEncoded(error.to_string()))?))
    }

    /// Nobody waits for a request any more: what may be believed of it. A request of which no byte
    /// was handed over is taken out and never sent; one of which a part was, ends the connection;
    /// and the answer to one that was sent is dropped when it comes. `None` for one that ended.
    ///
    /// It is the end of the request: no output names it after this.
    pub fn withdraw(&mut self, id: RequestId) -> Option<Fate> {
        match self.link.withdraw(id)? {
            Withdrawn::Unsent => Some(Fate::NotWritten),
            Withdrawn::InPart => {
                self.close(Cause::NotFlushed);
                Some(Fate::NotWritten)
            }
            Withdrawn::Sent => Some(Fate::Unknown),
        }
    }

    /// Sends nothing more until an instant: an answer that only a layer above can read said so.
    /// That is at most an hour.
    pub fn mute(&mut self, until: Time) {
        if !matches!(self.phase, Phase::Closed) {
            self.link.mute(until);
        }
    }

    /// Ends the connection for a reason of ours. Its requests fail by what is known of them.
    pub fn close(&mut self, cause: Cause) {
        self.turn(Event::Lost(cause));
    }

    /// Whether a request would be taken.
    pub fn can_send(&self) -> bool {
        matches!(self.phase, Phase::Ready(_)) && self.link.has_room()
    }

    /// Whether nothing new is sent for a while, because the broker wants that or we were told so.
    pub fn is_silent(&self) -> bool {
        self.link.silence.until().is_some()
    }

    /// How many requests were sent and not answered, those not counted that no answer is due for
    /// and that have left.
    pub fn in_flight(&self) -> usize {
        self.link.in_flight.foreign()
    }

    /// How many answers came to requests that no answer is due for.
    pub fn strays(&self) -> u64 {
        self.link.in_flight.strays()
    }

    /// What can be spoken here; `None` before the broker said so, and after the end.
    pub fn versions(&self) -> Option<&Negotiated> {
        self.phase.versions()
    }

    /// Whether it hung up right after our very first bytes, as a broker does that knows no newer
    /// ApiVersions and has no word for that, or a listener of TLS.
    pub fn hung_up_at_once(&self) -> bool {
        self.link.pulse.hung_up
    }

    /// When bytes last came or went.
    pub fn last_used(&self) -> Time {
        self.link.pulse.used
    }
}
