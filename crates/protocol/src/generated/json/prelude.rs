//! What every generated JSON module uses.

pub(super) use std::borrow::Cow;

pub(super) use klamm_wire::{
    EncodeError, Epoch, ErrorCode, FixedArray, NodeId, PartitionIndex, ProducerId, TopicId,
    UnknownTags, Uuid,
};
pub(super) use serde_json::Value;

pub(super) use crate::json::{Fields, Json, JsonError, Object};
pub(super) use crate::records::Records;
