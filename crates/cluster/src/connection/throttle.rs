//! How long a broker wants a client to be silent (KIP-219), as its answers say.

use std::time::Duration;

use klamm_protocol::ApiKey::{
    self, AddOffsetsToTxn, AddPartitionsToTxn, CreateTopics, DeleteTopics, DescribeConfigs, EndTxn,
    FindCoordinator, InitProducerId, Metadata, TxnOffsetCommit,
};
use klamm_protocol::frame::{ResponseFrame, decode_response_header};
use klamm_wire::Time;

/// A longer silence than this is not kept: it would be a broker's mistake, or a trap.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The answers that begin with the time, and the version from which on the client itself has to be
/// silent: before it, the broker waits with the answer instead.
const FIRST_FIELD: &[(ApiKey, i16)] = &[
    (AddOffsetsToTxn, 1),
    (AddPartitionsToTxn, 1),
    (CreateTopics, 3),
    (DeleteTopics, 2),
    (DescribeConfigs, 2),
    (EndTxn, 1),
    (FindCoordinator, 2),
    (InitProducerId, 1),
    (Metadata, 6),
    (TxnOffsetCommit, 1),
];

/// From this version of ApiVersions on, the client itself has to be silent.
const API_VERSIONS: i16 = 2;

/// The silence that an answer asks for.
pub(super) fn told(answer: &ResponseFrame) -> Option<Duration> {
    let (_, since) = FIRST_FIELD.iter().find(|(key, _)| *key == answer.key)?;
    if answer.version < *since {
        return None;
    }
    let (_, mut body) = decode_response_header(&answer.bytes, answer.key, answer.version).ok()?;
    silence(body.i32("throttle_time_ms").ok()?)
}

/// The silence that the answer to ApiVersions asks for, where it stands behind the table.
pub(super) fn told_with_versions(version: i16, millis: i32) -> Option<Duration> {
    if version < API_VERSIONS { None } else { silence(millis) }
}

fn silence(millis: i32) -> Option<Duration> {
    let millis = u64::try_from(millis).ok().filter(|millis| *millis > 0)?;
    Some(Duration::from_millis(millis).min(LONGEST))
}

/// A time in which nothing new is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Silence(Option<Time>);

impl Silence {
    /// Until when it lasts, if it does.
    pub(super) const fn until(&self) -> Option<Time> {
        self.0
    }

    /// Makes it last until an instant, at most an hour away; until when, if that is longer than
    /// before.
    pub(super) fn ask(&mut self, now: Time, until: Time) -> Option<Time> {
        let wait = until.saturating_duration_since(now).min(LONGEST);
        let until = now.saturating_add(wait);
        let is_longer = until > now && self.0.is_none_or(|before| before < until);
        is_longer.then(|| *self.0.insert(until))
    }

    /// Ends it if its time is over; whether that is so.
    pub(super) fn end(&mut self, now: Time) -> bool {
        self.0.take_if(|until| *until <= now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use klamm_protocol::Response;
    use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnResponse;
    use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnResponse;
    use klamm_protocol::end_txn::EndTxnResponse;
    use klamm_protocol::find_coordinator::FindCoordinatorResponse;
    use klamm_protocol::frame::encode_response;
    use klamm_protocol::init_producer_id::InitProducerIdResponse;
    use klamm_protocol::metadata::MetadataResponse;
    use klamm_protocol::txn_offset_commit::TxnOffsetCommitResponse;

    use super::*;

    /// Encodes an answer at each version of the range, and looks for the time in it.
    fn found<R: Response<'static>>(with: impl Fn(i32) -> R) {
        let (_, since) = FIRST_FIELD.iter().find(|(key, _)| *key == R::KEY).unwrap();
        for version in R::VERSIONS.iter() {
            let frame = |millis| ResponseFrame {
                key: R::KEY,
                version,
                bytes: Bytes::from(encode_response(&with(millis), version, 7).unwrap().to_vec())
                    .slice(4..),
            };
            if version < *since {
                assert!(with(0).size(version).is_ok());
                continue;
            }
            let told_of = |millis| told(&frame(millis));
            let name = format!("{} {version}", R::KEY);
            assert_eq!(told_of(77_123), Some(Duration::from_millis(77_123)), "{name}");
            assert_eq!(told_of(i32::MAX), Some(LONGEST), "{name}");
            assert_eq!((told_of(0), told_of(-5)), (None, None), "{name}");
            let short = ResponseFrame { bytes: frame(9).bytes.slice(..6), ..frame(9) };
            assert_eq!(told(&short), None, "{name}");
        }
    }

    macro_rules! each {
        ($($response:ident)+) => {$(
            found(|throttle_time_ms| $response { throttle_time_ms, ..Default::default() });
        )+};
    }

    #[test]
    fn the_time_is_the_first_field_of_each_answer_in_the_table() {
        each! {
            AddOffsetsToTxnResponse AddPartitionsToTxnResponse EndTxnResponse
            FindCoordinatorResponse InitProducerIdResponse MetadataResponse TxnOffsetCommitResponse
        }
    }

    #[test]
    fn old_answers_ask_for_nothing() {
        for (key, since) in FIRST_FIELD {
            let bytes = Bytes::from_static(&[0, 0, 0, 1, 0, 0, 9, 9, 0, 0, 9, 9]);
            let answer = |version| ResponseFrame { key: *key, version, bytes: bytes.clone() };
            assert_eq!(told(&answer(since - 1)), None, "{key}");
            assert!(told(&answer(*since)).is_some(), "{key}");
        }
        assert_eq!(told_with_versions(1, 5), None);
        assert_eq!(told_with_versions(2, 5), Some(Duration::from_millis(5)));
        let produce = ResponseFrame { key: ApiKey::Produce, version: 9, bytes: Bytes::new() };
        assert_eq!(told(&produce), None, "its time stands at the end");
    }
}
