//! Every message by name, for programs that learn at run time which one they hold.
//!
//! Proxies, tools and tests decode a message whose type stands in its header, not in their code.

use std::fmt;

use klamm_wire::{DecodeError, EncodeError, Reader, Sizer, Writer};

use crate::api::ApiKey;
use crate::generated::catalogue::ENTRIES;
use crate::message::{Message, VersionRange};
use crate::segments::Segments;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A request of an API.
    Request(ApiKey),
    /// A response of an API.
    Response(ApiKey),
    /// A header in front of a request or a response.
    Header,
    /// Data inside records or other messages.
    Data,
}

/// A message whose type is known at run time only.
pub trait AnyMessage: fmt::Debug {
    /// Checks the value and counts its bytes at `version`; see [`Message::measured`].
    ///
    /// # Errors
    /// When `version` cannot carry the value.
    fn measured(&self, version: i16) -> Result<Sizer, EncodeError>;

    /// Writes the message; `measured` has accepted it at the same version.
    fn write(&self, w: &mut Writer, version: i16);

    /// Adds a tagged field that the specs do not know to the outermost struct, and says whether
    /// there is a version with a place for it.
    fn push_unknown_tag(&mut self, tag: u32, data: &[u8]) -> bool;

    /// The message in the reference converter's shape.
    ///
    /// # Errors
    /// When `version` cannot carry the value.
    #[cfg(feature = "json")]
    fn to_json(&self, version: i16) -> Result<serde_json::Value, EncodeError>;
}

/// One message of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name in the specs.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The versions that exist.
    pub versions: VersionRange,
    /// The first version with compact lengths and tagged fields.
    pub first_flexible: Option<i16>,
    pub(crate) read: ReadFn,
    #[cfg(feature = "json")]
    pub(crate) from_json: FromJsonFn,
}

type ReadFn = for<'a> fn(&mut Reader<'a>, i16) -> Result<Box<dyn AnyMessage + 'a>, DecodeError>;

#[cfg(feature = "json")]
type FromJsonFn =
    fn(&serde_json::Value, i16) -> Result<Box<dyn AnyMessage>, crate::json::JsonError>;

/// Every message that the crate's features switch on.
pub fn all() -> &'static [Entry] {
    ENTRIES
}

/// The message of a name in the specs.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// The request or the response of an API.
pub fn by_kind(kind: Kind) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.kind == kind)
}

impl Entry {
    /// Reads the message.
    ///
    /// # Errors
    /// When there is no such version, or the bytes are not such a message.
    pub fn read<'a>(
        &self,
        r: &mut Reader<'a>,
        version: i16,
    ) -> Result<Box<dyn AnyMessage + 'a>, DecodeError> {
        (self.read)(r, version)
    }

    /// Makes the message from JSON in the reference converter's shape; it owns what it holds.
    ///
    /// # Errors
    /// When a field is missing, of the wrong type or out of range.
    #[cfg(feature = "json")]
    pub fn from_json(
        &self,
        value: &serde_json::Value,
        version: i16,
    ) -> Result<Box<dyn AnyMessage>, crate::json::JsonError> {
        (self.from_json)(value, version)
    }
}

impl dyn AnyMessage + '_ {
    /// The number of bytes at `version`; see [`Message::size`].
    ///
    /// # Errors
    /// When `version` cannot carry the value.
    pub fn size(&self, version: i16) -> Result<usize, EncodeError> {
        self.measured(version).map(|sizer| sizer.total())
    }

    /// The bytes of the message.
    ///
    /// # Errors
    /// When `version` cannot carry the value.
    pub fn encode(&self, version: i16) -> Result<Segments, EncodeError> {
        let size = self.measured(version)?;
        let mut writer = Writer::with_room(size.copied(), size.pieces());
        self.write(&mut writer, version);
        Ok(Segments::from(writer))
    }
}

#[cfg(feature = "json")]
use crate::json::Json as Shape;

/// Without the feature `json` there is no shape to ask for.
#[cfg(not(feature = "json"))]
pub(crate) trait Shape {}

#[cfg(not(feature = "json"))]
impl<T> Shape for T {}

/// A typed message behind the trait object; without it, the methods of both traits would clash.
#[derive(Debug)]
pub(crate) struct Typed<M>(pub(crate) M);

impl<'a, M: Message<'a> + Shape + fmt::Debug> AnyMessage for Typed<M> {
    fn measured(&self, version: i16) -> Result<Sizer, EncodeError> {
        self.0.measured(version)
    }

    fn write(&self, w: &mut Writer, version: i16) {
        self.0.write(w, version);
    }

    fn push_unknown_tag(&mut self, tag: u32, data: &[u8]) -> bool {
        match self.0.unknown_tags_mut() {
            Some(tags) => {
                tags.push(tag, data.to_vec());
                true
            }
            None => false,
        }
    }

    #[cfg(feature = "json")]
    fn to_json(&self, version: i16) -> Result<serde_json::Value, EncodeError> {
        self.0.to_json(version)
    }
}

/// The entry of one message type.
macro_rules! entry {
    ($message:ty, $kind:expr) => {
        $crate::catalogue::Entry {
            name: <$message as $crate::message::Message<'_>>::NAME,
            kind: $kind,
            versions: <$message as $crate::message::Message<'_>>::VERSIONS,
            first_flexible: <$message as $crate::message::Message<'_>>::FIRST_FLEXIBLE,
            read: |r, version| {
                let message = $crate::message::read::<$message>(r, version)?;
                Ok(Box::new($crate::catalogue::Typed(message)))
            },
            #[cfg(feature = "json")]
            from_json: |value, version| {
                let message = <$message as $crate::json::Json>::from_json(value, version)?;
                Ok(Box::new($crate::catalogue::Typed(message)))
            },
        }
    };
}
pub(crate) use entry;
