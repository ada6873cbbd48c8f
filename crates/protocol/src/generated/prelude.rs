//! What every generated module uses.

#![cfg_attr(
    not(feature = "all"),
    allow(unused_imports, dead_code, reason = "each feature uses a part of it")
)]

pub(super) use std::borrow::Cow;

pub(super) use klamm_wire::{
    DecodeError, EncodeError, EncodeErrorKind, Epoch, ErrorCode, FixedArray, NodeId,
    PartitionIndex, ProducerId, Reader, Sizer, Tagged, TopicId, UnknownTags, Uuid, Writer,
};

pub(super) use crate::api::ApiKey;
pub(super) use crate::message::{Message, Request, Response, VersionRange};
pub(super) use crate::records::Records;

/// A decode may hold this many bytes of memory for each byte of its input. Every struct that an
/// array or a box holds proves at compile time that it stays below, so that the reader's budget
/// refuses no message that is what it claims to be.
pub(super) const MEMORY_PER_BYTE: usize = klamm_wire::reader::MEMORY_PER_BYTE;
