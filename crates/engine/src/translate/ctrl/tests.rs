//! Control requests in every version, and answers in every version, with every code, and cut short.
#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

use bytes::Bytes;
use klamm_cluster::{Head, Payload, ResponseFrame};
use klamm_idempotence::{Group, Identity, Mode, Part, Request};
use klamm_protocol::frame::{LENGTH_PREFIX, decode_request_header, encode_response};
use klamm_protocol::message::VersionRange;
use klamm_protocol::negotiate::{Negotiated, Offer};
use klamm_protocol::{ApiKey, Message, Response};
use klamm_wire::{Epoch, ErrorCode, ProducerId};

use super::Names;
use crate::call::{GroupMember, Offset};
use crate::settings::Settings;

mod answers;
mod requests;

const ME: Identity = Identity { pid: ProducerId(7), epoch: Epoch(3) };
const GROUP: Group = Group(4);

/// What the tests' numbers stand for: six partitions of two topics, and a group.
struct Story {
    member: GroupMember,
    offsets: Vec<Offset>,
}

impl Names for Story {
    fn partition(&self, part: Part) -> Option<(&str, i32)> {
        let topic = if part.0.is_multiple_of(2) { "even" } else { "odd" };
        (part.0 < 6).then_some((topic, (part.0 / 2).cast_signed()))
    }

    fn group(&self, group: Group) -> Option<&GroupMember> {
        (group == GROUP).then_some(&self.member)
    }

    fn offset(&self, group: Group, index: u32) -> Option<&Offset> {
        self.group(group).and_then(|_| self.offsets.get(index as usize))
    }
}

impl Story {
    /// A group whose members the coordinator manages.
    fn managed() -> Self {
        let member = GroupMember {
            group: "readers".to_owned(),
            generation: 5,
            member: "m-1".to_owned(),
            instance: Some("i".to_owned()),
        };
        Self { member, offsets: (0..6).map(offset).collect() }
    }

    /// A group that nobody manages.
    fn unmanaged() -> Self {
        let member = GroupMember {
            group: "readers".to_owned(),
            generation: -1,
            member: String::new(),
            instance: None,
        };
        Self { member, ..Self::managed() }
    }
}

fn offset(index: i32) -> Offset {
    Offset {
        topic: if index % 2 == 0 { "even" } else { "odd" }.to_owned(),
        partition: index / 2,
        offset: 100 + i64::from(index),
        leader_epoch: index,
        metadata: (index > 2).then(|| format!("note {index}")),
    }
}

fn settings() -> Settings {
    Settings { transactional_id: Some("tx".to_owned()), ..Settings::new(Mode::Transactional) }
}

fn requests() -> Vec<Request> {
    let identity = ME;
    vec![
        Request::InitProducerId { current: None },
        Request::InitProducerId { current: Some(ME) },
        Request::AddPartitions { identity, parts: vec![Part(3), Part(0), Part(1)] },
        Request::AddOffsets { identity, group: GROUP },
        Request::CommitOffsets { identity, group: GROUP, offsets: vec![0, 3, 4], adds: false },
        Request::CommitOffsets { identity, group: GROUP, offsets: vec![0, 3, 4], adds: true },
        Request::EndTxn { identity, commit: true, raises_epoch: false },
        Request::EndTxn { identity, commit: false, raises_epoch: true },
    ]
}

/// The version for a broker that speaks that one alone.
fn version_for(payload: &dyn Payload, only: i16) -> Option<i16> {
    let range = VersionRange::new(only, only);
    let versions = [(payload.key().code(), range)].into();
    let offer = Offer { versions, ..Offer::default() };
    payload.version(&Negotiated::from(offer)).ok()
}

/// The versions in which a request can be asked.
fn versions(payload: &dyn Payload) -> Vec<i16> {
    (0..=20).filter(|version| version_for(payload, *version).is_some()).collect()
}

fn encoded(payload: &dyn Payload, version: i16) -> Bytes {
    let head = Head { limit: 1 << 20, version, correlation_id: 9, client_id: Some("me") };
    let frame = payload.encode(&head).expect("invariant: the version carries it");
    Bytes::from(frame.to_vec()).slice(LENGTH_PREFIX..)
}

/// Decodes a request as a broker does.
fn decoded<'a, R: Message<'a>>(frame: &'a Bytes, version: i16) -> R {
    let (header, mut reader) = decode_request_header(frame).expect("invariant: a request");
    assert_eq!(header.request_api_version, version);
    let mut request = R::default();
    request.read(&mut reader, version).expect("invariant: a request of that version");
    assert_eq!(reader.remaining(), 0);
    request
}

fn frame<'a, R: Response<'a>>(answer: &R, version: i16) -> ResponseFrame {
    let segments = encode_response(answer, version, 9).expect("invariant: the version carries it");
    let bytes = Bytes::from(segments.to_vec()).slice(LENGTH_PREFIX..);
    ResponseFrame { key: R::KEY, version, bytes }
}

/// Every code that is known, and some that are not.
fn codes() -> impl Iterator<Item = ErrorCode> {
    ErrorCode::all().chain([
        ErrorCode(i16::MIN),
        ErrorCode(-2),
        ErrorCode(999),
        ErrorCode(i16::MAX),
    ])
}

fn all_versions(key: ApiKey) -> impl Iterator<Item = i16> {
    key.versions().into_iter().flat_map(|range| range.min..=range.max)
}
