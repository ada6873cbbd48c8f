//! What came back: a frame, the end of the connection, or nothing.

use bytes::Bytes;
use klamm_protocol::catalogue::{self, Kind};
use klamm_protocol::frame::decode_response_header;
use klamm_protocol::{ApiKey, Request};
use klamm_wire::{ErrorCode, Reader};
use serde_json::{Value, json};

/// The error that tells of a version which the broker does not have.
const UNSUPPORTED_VERSION: [u8; 2] = [0, 35];

/// What came back for a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A response.
    Frame(Reply),
    /// The end of the connection.
    Closed,
    /// Nothing in time.
    Timeout,
    /// Bytes that are no such response.
    Malformed(String),
}

/// A response that was decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The message as JSON.
    pub json: Value,
    /// The version it was decoded at.
    pub version: i16,
    /// How many bytes followed the message.
    pub trailing: usize,
    /// The whole frame without its length.
    pub bytes: Bytes,
}

/// What a request waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The key that was sent.
    pub key: i16,
    /// The version that was sent.
    pub version: i16,
    /// The correlation id that was sent.
    pub id: i32,
    /// What the case says of it.
    pub note: String,
}

impl Asked {
    /// A request of `R`.
    #[must_use]
    pub fn of<'a, R: Request<'a>>(version: i16, id: i32) -> Self {
        Self { key: R::KEY.code(), version, id, note: String::new() }
    }

    /// The name of the API, or its number.
    #[must_use]
    pub fn api(&self) -> String {
        ApiKey::from_code(self.key).map_or_else(|| self.key.to_string(), |key| key.name().into())
    }
}

impl Answer {
    /// Decodes a frame as the answer to what was asked.
    #[must_use]
    pub fn of(frame: &Bytes, asked: &Asked) -> Self {
        decoded(frame, asked).unwrap_or_else(Self::Malformed)
    }

    /// The value at a JSON pointer such as `/responses/0/partitionResponses/0/errorCode`.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        match self {
            Self::Frame(reply) => reply.json.pointer(pointer),
            Self::Closed | Self::Timeout | Self::Malformed(_) => None,
        }
    }

    /// The number at a pointer.
    #[must_use]
    pub fn int(&self, pointer: &str) -> Option<i64> {
        self.at(pointer)?.as_i64()
    }

    /// The text at a pointer; `None` for null too.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    /// The elements at a pointer; none if there is no array.
    #[must_use]
    pub fn list(&self, pointer: &str) -> &[Value] {
        self.at(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The error code at a pointer.
    #[must_use]
    pub fn code(&self, pointer: &str) -> Option<ErrorCode> {
        self.int(pointer).and_then(|code| i16::try_from(code).ok()).map(ErrorCode)
    }

    /// The response, if there is one.
    #[must_use]
    pub const fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Frame(reply) => Some(reply),
            Self::Closed | Self::Timeout | Self::Malformed(_) => None,
        }
    }

    /// The answer as it is recorded, before anything is renamed.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Frame(Reply { json, trailing: 0, .. }) => json.clone(),
            Self::Frame(Reply { json, trailing, .. }) => {
                json!({"message": json, "trailing": trailing})
            }
            Self::Closed => json!("closed"),
            Self::Timeout => json!("timeout"),
            Self::Malformed(why) => json!({ "malformed": why }),
        }
    }

    /// What it was, and its top error code where it has one.
    #[must_use]
    pub fn brief(&self) -> Value {
        match self.int("/errorCode") {
            Some(code) => json!({"answer": self.kind(), "errorCode": code}),
            None => json!(self.kind()),
        }
    }

    /// What came, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Frame(_) => "an answer",
            Self::Closed => "closed",
            Self::Timeout => "timeout",
            Self::Malformed(_) => "malformed bytes",
        }
    }
}

fn decoded(frame: &Bytes, asked: &Asked) -> Result<Answer, String> {
    let key = ApiKey::from_code(asked.key).ok_or("an answer to an API without a name")?;
    let entry = catalogue::by_kind(Kind::Response(key)).ok_or("an answer to a removed API")?;
    let version = version_of(frame, key, asked.version);
    let (header, mut reader) =
        decode_response_header(frame, key, version).map_err(|error| error.to_string())?;
    if header.correlation_id != asked.id {
        return Err(format!("the answer to {} instead of {}", header.correlation_id, asked.id));
    }
    let message = entry.read(&mut reader, version).map_err(|error| error.to_string())?;
    let json = message.to_json(version).map_err(|error| error.to_string())?;
    Ok(Answer::Frame(Reply { json, version, trailing: reader.remaining(), bytes: frame.clone() }))
}

/// The version of the answer: that of the question, but 0 for a refused version of ApiVersions.
fn version_of(frame: &Bytes, key: ApiKey, version: i16) -> i16 {
    let mut reader = Reader::new(frame);
    let refused = reader.i32("id").is_ok() && reader.rest().starts_with(&UNSUPPORTED_VERSION);
    if key == ApiKey::ApiVersions && refused { 0 } else { version }
}
