//! A message in its two forms, JSON and bytes, each of which must give the other.

use bytes::Bytes;
use klamm_protocol::catalogue::{AnyMessage, Entry};
use klamm_wire::Reader;
use serde_json::Value;

use crate::fields::Problem;
use crate::tags::Tags;
use crate::{bytewise, diff, non_finite, prefixes};

/// What a line says about a message, besides its bytes.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) entry: &'static Entry,
    pub(crate) version: i16,
    pub(crate) json: &'a Value,
    pub(crate) tags: &'a Tags,
    /// Whether the JSON names floats that are no numbers, whose bits are then unknown.
    pub(crate) non_finite: bool,
}

impl Content<'_> {
    /// Everything in which ours differs from what the line says.
    pub(crate) fn problems(&self, bytes: &Bytes) -> Vec<Problem> {
        let mut reader = Reader::over(bytes);
        let message = match self.entry.read(&mut reader, self.version) {
            Ok(message) => message,
            Err(error) => {
                let around = bytewise::around(bytes, error.offset());
                return vec![format!("decoding {around}: {error}")];
            }
        };
        let left = reader.remaining();
        let from = reader.offset();
        let left = (left > 0).then(|| format!("byte {from}: {left} bytes are left behind the end"));
        let found = [
            left,
            self.json_of(&*message),
            self.bytes_of(&*message, bytes).map(|problem| format!("encoded again, {problem}")),
            self.copied(bytes),
            self.built(bytes).map(|problem| format!("from the JSON, {problem}")),
            prefixes::accepted(self.entry, self.version, bytes),
            prefixes::trailing(self.entry, self.version, bytes),
        ];
        found.into_iter().flatten().collect()
    }

    fn json_of(&self, message: &dyn AnyMessage) -> Option<Problem> {
        match message.to_json(self.version) {
            Ok(ours) => diff::difference(&ours, self.json),
            Err(error) => Some(format!("as JSON: {error}")),
        }
    }

    fn bytes_of(&self, message: &dyn AnyMessage, bytes: &[u8]) -> Option<Problem> {
        match encoded(message, self.version) {
            Ok(ours) => bytewise::difference(&ours, bytes),
            Err(problem) => Some(problem),
        }
    }

    /// A reader that cannot share the bytes copies what outlives it.
    fn copied(&self, bytes: &[u8]) -> Option<Problem> {
        let problem = match self.entry.read(&mut Reader::new(bytes), self.version) {
            Ok(message) => self.bytes_of(&*message, bytes),
            Err(error) => Some(error.to_string()),
        };
        problem.map(|problem| format!("decoded from a slice, {problem}"))
    }

    /// The message of the line's JSON and tags; no tag can be elsewhere than the line says.
    fn built(&self, bytes: &[u8]) -> Option<Problem> {
        let ours = self
            .tags
            .message(self.entry, self.json, self.version)
            .map_err(|refused| refused.to_string())
            .and_then(|message| encoded(&*message, self.version));
        match ours {
            Ok(ours) if self.non_finite => {
                bytewise::difference(&non_finite::with_bits_of(bytes, ours), bytes)
            }
            Ok(ours) => bytewise::difference(&ours, bytes),
            Err(problem) => Some(problem),
        }
    }
}

/// The bytes of a message, which are as many as were counted.
fn encoded(message: &dyn AnyMessage, version: i16) -> Result<Vec<u8>, Problem> {
    let size = message.size(version).map_err(|error| error.to_string())?;
    let bytes = message.encode(version).map_err(|error| error.to_string())?.to_vec();
    let written = bytes.len();
    let counted = format!("{size} bytes are counted and {written} written");
    if size == written { Ok(bytes) } else { Err(counted) }
}
