//! Answers that bytes stand for.

use klamm_protocol::ApiKey;
use klamm_protocol::frame::{ResponseFrame, encode_response};
use klamm_protocol::metadata::MetadataResponse;
use klamm_protocol::metadata::response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use klamm_wire::{ErrorCode, NodeId, PartitionIndex, TopicId, Uuid};

use super::NAMES;

/// What is left of an input. Behind its end everything is 0.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *byte
    }

    /// A number from 0 to `most`.
    pub(super) fn up_to(&mut self, most: u8) -> u8 {
        let byte = self.byte();
        most.checked_add(1).and_then(|count| byte.checked_rem(count)).unwrap_or(byte)
    }

    /// A number that is mostly small, sometimes -1, and seldom beside everything.
    pub(super) fn small(&mut self) -> i32 {
        match self.byte() {
            255 => i32::MAX,
            254 => i32::MIN,
            253 => 1_000_000,
            byte @ 240..=252 => i32::from(byte),
            byte => i32::from(byte % 8).saturating_sub(1),
        }
    }

    /// As many bytes as the next one says.
    pub(super) fn take(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte());
        let (taken, rest) = self.0.split_at_checked(length).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }
}

/// An answer, and how many partitions it lists.
pub(super) fn answer(input: &mut Input<'_>, version: i16) -> Option<(ResponseFrame, usize)> {
    let brokers = (0..input.up_to(5)).map(|_| broker(input)).collect();
    let topics: Vec<_> = (0..input.up_to(6)).map(|_| topic(input, version)).collect();
    let listed = topics.iter().map(|topic| topic.partitions.len()).sum();
    let error_code = match input.byte() {
        255 => ErrorCode::REBOOTSTRAP_REQUIRED,
        254 => ErrorCode::UNKNOWN_SERVER_ERROR,
        _ => ErrorCode::NONE,
    };
    let cluster_id = [None, Some("x".into()), Some("y".into())];
    let cluster_id = cluster_id.into_iter().nth(usize::from(input.up_to(2))).flatten();
    let controller_id = NodeId(input.small());
    let response = MetadataResponse {
        brokers,
        cluster_id,
        controller_id,
        topics,
        error_code,
        ..MetadataResponse::default()
    };
    let bytes = encode_response(&response, version, 0).ok()?.to_vec().split_off(4).into();
    Some((ResponseFrame { key: ApiKey::Metadata, version, bytes }, listed))
}

fn broker(input: &mut Input<'_>) -> MetadataResponseBroker<'static> {
    let node_id = NodeId(input.small());
    let (host, port) = match input.byte() {
        255 => ("", 9092),
        254 => ("no host", 9092),
        253 => ("kafka", 0),
        252 => ("kafka", i32::MAX),
        0..=20 => ("elsewhere", 9092),
        _ => ("kafka", 9092),
    };
    MetadataResponseBroker { node_id, host: host.into(), port, ..Default::default() }
}

fn topic(input: &mut Input<'_>, version: i16) -> MetadataResponseTopic<'static> {
    let name = NAMES.get(usize::from(input.up_to(5))).map(|name| (*name).into());
    let name = if version < 12 { Some(name.unwrap_or_default()) } else { name };
    let error_code = ErrorCode(match input.byte() {
        0..=180 => 0,
        181..=220 => 3,
        221..=235 => 5,
        236..=240 => 17,
        241..=245 => 29,
        246..=250 => 100,
        _ => -1,
    });
    let topic_id = TopicId(Uuid::from_u128(u128::from(input.up_to(2))));
    let partitions = (0..i32::from(input.up_to(5))).map(|index| partition(input, index));
    let partitions = partitions.collect();
    MetadataResponseTopic { error_code, name, topic_id, partitions, ..Default::default() }
}

fn partition(input: &mut Input<'_>, index: i32) -> MetadataResponsePartition<'static> {
    let odd = input.byte();
    MetadataResponsePartition {
        error_code: ErrorCode(if odd == 255 { 5 } else { 0 }),
        partition_index: PartitionIndex(if odd > 230 { input.small() } else { index }),
        leader_id: NodeId(input.small()),
        leader_epoch: input.small(),
        ..Default::default()
    }
}
