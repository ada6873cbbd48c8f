//! What every generated module uses.

pub(super) use std::borrow::Cow;

pub(super) use klamm_wire::{
    DecodeError, EncodeError, EncodeErrorKind, Epoch, ErrorCode, FixedArray, NodeId,
    PartitionIndex, ProducerId, Reader, Sizer, Tagged, TopicId, UnknownTags, Uuid, Writer,
};

pub(super) use crate::api::ApiKey;
pub(super) use crate::message::{Message, Request, Response, VersionRange};
pub(super) use crate::records::Records;
