//! What every generated JSON module uses.

#![cfg_attr(
    not(feature = "all"),
    allow(unused_imports, dead_code, reason = "each feature uses a part of it")
)]

pub(super) use std::borrow::Cow;

pub(super) use klamm_wire::{
    EncodeError, Epoch, ErrorCode, FixedArray, NodeId, PartitionIndex, ProducerId, TopicId, Uuid,
};
pub(super) use serde_json::Value;

pub(super) use crate::json::{Fields, Json, JsonError, Object};
pub(super) use crate::records::Records;
