//! What every state of a connection has: bytes both ways, requests under way, what to tell.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use klamm_protocol::frame::{FrameDecoder, ResponseFrame, encode_request_within};
use klamm_protocol::header::RequestHeader;
use klamm_protocol::sasl_authenticate::SaslAuthenticateRequest;
use klamm_protocol::{ApiKey, Message as _, Request, Segments};
use klamm_wire::{Time, Writer};
use zeroize::Zeroizing;

use super::in_flight::{InFlight, Owner, Pending, Withdrawn};
use super::machine::{Output, Start};
use super::outbox::Outbox;
use super::throttle::{self, Silence};
use crate::dice::Dice;
use crate::failure::{Cause, ConnFailure, Reason};
use crate::names::RequestId;
use crate::request::Head;
use crate::sasl::{Credentials, Nonces};
use crate::secret::Secret;
use crate::settings::ConnectionSettings;

/// What every state of a connection has.
pub(super) struct Link {
    pub(super) settings: Arc<ConnectionSettings>,
    pub(super) identity: Identity,
    pub(super) outputs: VecDeque<Output>,
    pub(super) outbox: Outbox,
    pub(super) in_flight: InFlight,
    pub(super) pulse: Pulse,
    /// While it lasts, nothing new is taken.
    pub(super) silence: Silence,
    decoder: FrameDecoder,
}

/// Who we are, and what it takes to say so.
pub(super) struct Identity {
    pub(super) credentials: Option<Credentials>,
    pub(super) nonces: Nonces,
    pub(super) dice: Dice,
}

/// Signs of life.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    /// The instant of the last call.
    pub(super) now: Time,
    /// When bytes last came or went.
    pub(super) used: Time,
    /// Whether a byte ever came.
    pub(super) heard: bool,
    /// Whether the peer hung up right after our first bytes.
    pub(super) hung_up: bool,
}

impl Link {
    pub(super) fn new(now: Time, settings: Arc<ConnectionSettings>, start: Start) -> Self {
        let Start { credentials, nonces, seed, .. } = start;
        Self {
            decoder: FrameDecoder::with_limit(settings.frame_limit.receive),
            settings,
            identity: Identity { credentials, nonces, dice: Dice::new(seed) },
            outputs: VecDeque::new(),
            outbox: Outbox::default(),
            in_flight: InFlight::default(),
            pulse: Pulse { now, used: now, heard: false, hung_up: false },
            silence: Silence::default(),
        }
    }

    /// Takes bytes that came.
    pub(super) fn receive(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.pulse.used = self.pulse.now;
            self.pulse.heard = true;
            self.decoder.push(bytes);
        }
    }

    /// The next whole frame that came.
    pub(super) fn next_frame(&mut self) -> Result<Option<Bytes>, Cause> {
        self.decoder.next_frame().map_err(Cause::Frame)
    }

    /// The writer took bytes.
    pub(super) fn hand(&mut self, count: usize) {
        let before = self.outbox.handed();
        self.outbox.hand(count);
        if self.outbox.handed() > before {
            self.pulse.used = self.pulse.now;
        }
    }

    /// What the writer took has left.
    pub(super) fn flush(&mut self) {
        self.outbox.flush();
        let left = self.in_flight.flushed(self.pulse.now, self.outbox.flushed());
        self.outputs.extend(left.into_iter().map(Output::Flushed));
    }

    /// Gives a frame to who waits for it: to an owner, or to the connection itself, which is the
    /// answer.
    pub(super) fn matched(&mut self, frame: Bytes) -> Result<Option<ResponseFrame>, Cause> {
        let (owner, answer) = match self.in_flight.answered(frame, &self.outbox)? {
            Some((Owner::Connection, answer)) => return Ok(Some(answer)),
            Some((owner, answer)) => (owner, answer),
            None => return Ok(None),
        };
        let silence = throttle::told(&answer);
        if let Owner::Above(id) = owner {
            self.outputs.push_back(Output::Answered(id, answer));
        }
        if let Some(silence) = silence {
            self.mute(self.pulse.now.saturating_add(silence));
        }
        Ok(None)
    }

    /// Is silent until an instant, unless it is silent for longer already.
    pub(super) fn mute(&mut self, until: Time) {
        if let Some(until) = self.silence.ask(self.pulse.now, until) {
            self.outputs.push_back(Output::Throttled(until));
        }
    }

    /// Tells that requests can be sent, unless the link is silent.
    pub(super) fn announce(&mut self) {
        if self.silence.until().is_none() {
            self.outputs.push_back(Output::Ready);
        }
    }

    /// Whether there is room for a request.
    pub(super) fn has_room(&self) -> bool {
        let Self { settings, in_flight, .. } = self;
        self.silence.until().is_none()
            && (in_flight.foreign() == 0
                || in_flight.foreign() < settings.max_in_flight
                    && in_flight.bytes() < settings.max_in_flight_bytes)
    }

    /// What stands at the head of the next request.
    pub(super) fn head(&self, version: i16) -> Head<'_> {
        Head {
            limit: self.settings.frame_limit.send,
            version,
            correlation_id: self.in_flight.upcoming(),
            client_id: self.settings.client_id.as_deref(),
        }
    }

    /// Sends a request that somebody owns.
    pub(super) fn send(&mut self, owner: RequestId, asked: (ApiKey, i16, bool), frame: Segments) {
        let len = frame.len();
        let end = self.write(|outbox| outbox.push(frame));
        self.queue(Owner::Above(owner), asked, (len, end));
    }

    fn queue(
        &mut self,
        owner: Owner,
        (key, version, is_answered): (ApiKey, i16, bool),
        (len, end): (usize, u64),
    ) {
        let taken = self.pulse.now;
        self.in_flight.push(Pending { owner, key, version, is_answered, len, end, taken });
    }

    fn write(&mut self, push: impl FnOnce(&mut Outbox) -> u64) -> u64 {
        let was_empty = self.outbox.is_empty();
        let end = push(&mut self.outbox);
        if was_empty && !self.outbox.is_empty() {
            self.outputs.push_back(Output::Write);
        }
        end
    }

    /// Sends a request of the connection itself.
    pub(super) fn ask<R: Request<'static>>(
        &mut self,
        request: &R,
        version: i16,
    ) -> Result<(), Cause> {
        let Head { limit, correlation_id, client_id, .. } = self.head(version);
        let frame = encode_request_within(limit, request, version, correlation_id, client_id);
        let frame = frame.map_err(|_| NOT_ENCODED)?;
        let len = frame.len();
        let end = self.write(|outbox| outbox.push(frame));
        self.queue(Owner::Connection, (R::KEY, version, true), (len, end));
        Ok(())
    }

    /// Sends a token in a request.
    pub(super) fn say(&mut self, token: &Secret, version: i16) -> Result<(), Cause> {
        let frame = sealed_request(&self.head(version), token).ok_or(NOT_ENCODED)?;
        let len = frame.len();
        let end = self.write(|outbox| outbox.push_sealed(frame));
        self.queue(Owner::Connection, (ApiKey::SaslAuthenticate, version, true), (len, end));
        Ok(())
    }

    /// Sends a token by itself; where in the stream it ends.
    pub(super) fn say_bare(&mut self, token: &Secret) -> Result<u64, Cause> {
        let len = i32::try_from(token.reveal().len()).map_err(|_| NOT_ENCODED)?;
        let room = token.reveal().len().saturating_add(PREFIX);
        let mut frame = Zeroizing::new(Vec::with_capacity(room));
        frame.extend_from_slice(&len.to_be_bytes());
        frame.extend_from_slice(token.reveal());
        Ok(self.write(|outbox| outbox.push_sealed(frame)))
    }

    /// By when who we are must have been said, if it begins at this instant.
    pub(super) fn handshake_deadline(&self) -> Time {
        self.pulse.now.saturating_add(self.settings.handshake_timeout)
    }

    /// Nobody waits for a request any more; how far it had come, if it has not ended.
    pub(super) fn withdraw(&mut self, id: RequestId) -> Option<Withdrawn> {
        self.in_flight.withdraw(id, &mut self.outbox)
    }

    /// Ends everything, and tells everybody.
    pub(super) fn end(&mut self, failure: ConnFailure) {
        let by_peer = matches!(failure.cause, Cause::ClosedByPeer | Cause::Reset);
        self.pulse.hung_up = by_peer && !self.pulse.heard && self.outbox.handed() > 0;
        for (id, fate) in self.in_flight.drain(self.outbox.handed()) {
            self.outputs.push_back(Output::Failed(id, Reason::Lost(failure.clone()), fate));
        }
        self.outputs.push_back(Output::Closed(failure));
        self.outbox.clear();
        self.decoder = FrameDecoder::with_limit(0);
        self.silence = Silence::default();
    }
}

const NOT_ENCODED: Cause = Cause::Internal("a request of the connection itself cannot be encoded");

/// The bytes of the length in front of a frame.
const PREFIX: usize = 4;

/// A frame of SaslAuthenticate in one piece of memory, which is overwritten in the end.
fn sealed_request(head: &Head<'_>, token: &Secret) -> Option<Zeroizing<Vec<u8>>> {
    let (key, version) = (ApiKey::SaslAuthenticate, head.version);
    let header = RequestHeader {
        request_api_key: key.code(),
        request_api_version: version,
        correlation_id: head.correlation_id,
        client_id: head.client_id.map(Cow::Borrowed),
        ..RequestHeader::default()
    };
    let body = SaslAuthenticateRequest {
        auth_bytes: Cow::Borrowed(token.reveal()),
        ..SaslAuthenticateRequest::default()
    };
    let header_version = key.request_header_version(version);
    let len = header.size(header_version).ok()?.checked_add(body.size(version).ok()?)?;
    let prefix = i32::try_from(len).ok().filter(|_| len <= head.limit)?;
    let mut writer = Writer::with_room(len.checked_add(PREFIX)?, 0);
    writer.raw(&prefix.to_be_bytes());
    header.write(&mut writer, header_version);
    body.write(&mut writer, version);
    Some(Zeroizing::new(writer.into_parts().0))
}
