//! One connection: requests go out whole, in parts or damaged, and every wait has an end.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use bytes::Bytes;
use klamm_protocol::Request;
use klamm_protocol::frame::{FrameDecoder, encode_request};

use crate::answer::{Answer, Asked};
use crate::case::Stop;
use crate::notes::Notes;

/// How long an answer may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read.
const FRAME_LIMIT: usize = 128 * 1024 * 1024;
/// The client id of all requests.
pub const CLIENT_ID: &str = "klamm-conformance";

/// A connection whose exchanges are recorded.
#[derive(Debug)]
pub struct Conn {
    stream: TcpStream,
    decoder: FrameDecoder,
    next_id: i32,
    /// `None` while nothing is recorded.
    notes: Option<Notes>,
    note: String,
    is_brief: bool,
    client_id: Option<String>,
    patience: Duration,
    /// When the whole case must have ended.
    deadline: Instant,
}

/// A request as bytes, to be changed before it is sent.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What its answer is an answer to.
    pub asked: Asked,
    /// Header and body, without the length in front.
    pub bytes: Vec<u8>,
}

impl Frame {
    /// The frame behind its true length.
    #[must_use]
    pub fn to_wire(&self) -> Vec<u8> {
        self.claiming(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX))
    }

    /// The frame behind a length of one's choice.
    #[must_use]
    pub fn claiming(&self, length: i32) -> Vec<u8> {
        let mut wire = length.to_be_bytes().to_vec();
        wire.extend_from_slice(&self.bytes);
        wire
    }
}

/// What the socket gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// A whole frame, without its length.
    Frame(Bytes),
    /// The end of the connection.
    Closed,
    /// Nothing in time.
    Timeout,
}

impl Conn {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn open(address: &str, deadline: Instant, notes: Option<Notes>) -> Result<Self, Stop> {
        let failed = |error: std::io::Error| Stop::Failed(format!("connect to {address}: {error}"));
        let mut found = address.to_socket_addrs().map_err(failed)?;
        let at = found.next().ok_or_else(|| Stop::Failed(format!("{address} is no address")))?;
        let stream = TcpStream::connect_timeout(&at, PATIENCE).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
        Ok(Self {
            stream,
            decoder: FrameDecoder::with_limit(FRAME_LIMIT),
            next_id: 1,
            notes,
            note: String::new(),
            is_brief: false,
            client_id: Some(CLIENT_ID.to_owned()),
            patience: PATIENCE,
            deadline,
        })
    }

    /// An unrecorded connection to another address, until the same deadline.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn another(&self, address: &str) -> Result<Self, Stop> {
        Self::open(address, self.deadline, None)
    }

    /// Records nothing on this connection from here on.
    #[must_use]
    pub fn unrecorded(mut self) -> Self {
        self.notes = None;
        self
    }

    /// Records of each answer from here on only what it was and its top error code.
    #[must_use]
    pub const fn brief(mut self) -> Self {
        self.is_brief = true;
        self
    }

    /// Says a client id of one's choice, or null, from here on.
    #[must_use]
    pub fn with_client_id(mut self, client_id: Option<&str>) -> Self {
        self.client_id = client_id.map(str::to_owned);
        self
    }

    /// Waits so long for answers from here on.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Names the next exchange.
    pub fn note(&mut self, note: &str) -> &mut Self {
        note.clone_into(&mut self.note);
        self
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When the version cannot carry the request, which is the case's fault.
    pub fn ask<'a, R: Request<'a>>(&mut self, version: i16, request: &R) -> Result<Answer, Stop> {
        let asked = self.send(version, request)?;
        Ok(self.receive(&asked))
    }

    /// Sends a request and does not wait.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn send<'a, R: Request<'a>>(&mut self, version: i16, request: &R) -> Result<Asked, Stop> {
        let frame = self.frame(version, request)?;
        Ok(self.send_frame(&frame))
    }

    /// A request as bytes, to be changed and sent with [`ask_frame`](Self::ask_frame).
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn frame<'a, R: Request<'a>>(&mut self, version: i16, request: &R) -> Result<Frame, Stop> {
        let asked = asked(self, R::KEY.code(), version);
        let wire = encode_request(request, version, asked.id, self.client_id.as_deref())
            .map_err(|error| Stop::Failed(format!("{}: {error}", R::NAME)))?
            .to_vec();
        Ok(Frame { asked, bytes: wire.get(4..).unwrap_or_default().to_vec() })
    }

    /// Any key and version before any body, with the header of version 1, or 2 if `flexible`.
    pub fn frame_of(&mut self, key: i16, version: i16, flexible: bool, body: &[u8]) -> Frame {
        let asked = asked(self, key, version);
        let mut bytes = Vec::new();
        bytes.extend(key.to_be_bytes());
        bytes.extend(version.to_be_bytes());
        bytes.extend(asked.id.to_be_bytes());
        let id = self.client_id.as_deref();
        let length = id.map_or(-1, |id| i16::try_from(id.len()).unwrap_or(i16::MAX));
        bytes.extend(length.to_be_bytes());
        bytes.extend(id.unwrap_or_default().as_bytes());
        bytes.extend(flexible.then_some(0));
        bytes.extend(body);
        Frame { asked, bytes }
    }

    /// Sends a frame behind its true length.
    pub fn send_frame(&mut self, frame: &Frame) -> Asked {
        self.send_raw(&frame.to_wire());
        frame.asked.clone()
    }

    /// Sends a frame and waits for its answer.
    pub fn ask_frame(&mut self, frame: &Frame) -> Answer {
        let asked = self.send_frame(frame);
        self.receive(&asked)
    }

    /// Sends bytes as they are. Whether they arrived is told by what comes back.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        // A peer that hangs up in the middle is what some cases want to see.
        let _ = self.stream.write_all(bytes).and_then(|()| self.stream.flush());
    }

    /// Sends bytes for as long as somebody takes them; `false` when that has ended.
    pub fn try_send(&mut self, bytes: &[u8]) -> bool {
        let taken = self.stream.set_write_timeout(Some(self.patience));
        taken.is_ok() && self.stream.write_all(bytes).is_ok()
    }

    /// Waits for the answer to what was asked, and records it.
    pub fn receive(&mut self, asked: &Asked) -> Answer {
        let answer = match self.read_frame(self.patience) {
            Raw::Frame(frame) => Answer::of(&frame, asked),
            Raw::Closed => Answer::Closed,
            Raw::Timeout => Answer::Timeout,
        };
        if let Some(notes) = &self.notes {
            notes.exchange(asked, &answer, self.is_brief);
        }
        answer
    }

    /// Waits for the end of the connection, and records whether it came.
    pub fn expect_closed(&mut self) -> Raw {
        let raw = self.read_frame(self.patience);
        let text = match &raw {
            Raw::Frame(_) => "a frame",
            Raw::Closed => "closed",
            Raw::Timeout => "timeout",
        };
        self.record("end", text);
        raw
    }

    /// Waits a while for anything, and records nothing.
    pub fn read_frame(&mut self, patience: Duration) -> Raw {
        let until = (Instant::now() + patience).min(self.deadline);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.decoder.next_frame() {
                Ok(Some(frame)) => return Raw::Frame(frame),
                Ok(None) => {}
                // What is no frame is the end of any sense.
                Err(_) => return Raw::Closed,
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stream.set_read_timeout(Some(left)).is_err() {
                return Raw::Timeout;
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Raw::Closed,
                Ok(read) => {
                    let piece = buffer.get(..read).unwrap_or_default();
                    self.decoder.push(Bytes::copy_from_slice(piece));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_timeout(error.kind()) => return Raw::Timeout,
                Err(_) => return Raw::Closed,
            }
        }
    }

    /// Sends no more, and can still read.
    pub fn finish_sending(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Records a text as a step of its own.
    pub fn record(&mut self, name: &str, text: &str) {
        let note = std::mem::take(&mut self.note);
        if let Some(notes) = &self.notes {
            let name = if note.is_empty() { name.to_owned() } else { format!("{name}.{note}") };
            notes.step(&name, text.into());
        }
    }
}

/// What the next request is: its correlation id, and the note that was made for it.
fn asked(conn: &mut Conn, key: i16, version: i16) -> Asked {
    let id = conn.next_id;
    conn.next_id = id.wrapping_add(1);
    Asked { key, version, id, note: std::mem::take(&mut conn.note) }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
