//! The machine: one door in, one door out, and the bytes to write.

use std::io::IoSlice;
use std::sync::Arc;

use bytes::Bytes;
use klamm_protocol::frame::ResponseFrame;
use klamm_protocol::negotiate::{Ask, Negotiated};
use klamm_wire::{Now, Time};

use crate::failure::{Cause, ConnFailure, Fate, Reason};
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
pub struct Connection {
    settings: Arc<ConnectionSettings>,
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
    /// The writer took so many bytes of what [`Connection::chunks`] showed.
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
        let _ = (now, start);
        Self { settings }
    }

    /// Takes one thing that happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        let _ = (now, input);
    }

    /// The next thing to do or to know; `None` until another input.
    pub fn poll(&mut self) -> Option<Output> {
        None
    }

    /// When [`Input::Tick`] is due, if ever.
    pub fn next_wake(&self) -> Option<Time> {
        None
    }

    /// The bytes to write next, and how many slices were filled.
    pub fn chunks<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let _ = slices;
        0
    }

    /// Sends a request, if the connection can take one; it is encoded at once.
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
        let _ = (now, id, payload);
        Err(None)
    }

    /// Nobody waits for a request any more: what may be believed of it. A request of which no byte
    /// was handed over is taken out and never sent; one of which a part was, ends the connection;
    /// and the answer to one that was sent is dropped when it comes. `None` for one that ended.
    pub fn withdraw(&mut self, id: RequestId) -> Option<Fate> {
        let _ = id;
        None
    }

    /// Sends nothing more until an instant: an answer that only a layer above can read said so.
    pub fn mute(&mut self, until: Time) {
        let _ = until;
    }

    /// Ends the connection for a reason of ours. Its requests fail by what is known of them.
    pub fn close(&mut self, cause: Cause) {
        let _ = cause;
    }

    /// Whether a request would be taken.
    pub fn can_send(&self) -> bool {
        false
    }

    /// How many requests were sent and not answered.
    pub fn in_flight(&self) -> usize {
        0
    }

    /// What can be spoken here; `None` before the broker said so.
    pub fn versions(&self) -> Option<&Negotiated> {
        None
    }

    /// Whether it hung up right after our very first bytes, as a broker does that knows no newer
    /// ApiVersions and has no word for that, or a listener of TLS.
    pub fn hung_up_at_once(&self) -> bool {
        false
    }

    /// When bytes last came or went.
    pub fn last_used(&self) -> Time {
        let _ = &self.settings;
        Time(0)
    }
}
