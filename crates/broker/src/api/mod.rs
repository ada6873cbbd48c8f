//! From a request to its answer: one file per API.

mod admin;
mod coordinators;
mod fetch;
mod groups;
mod header;
mod leaders;
mod list_offsets;
mod metadata;
mod produce;
mod rights;
mod sasl;
#[cfg(test)]
mod tests;
mod transactions;
mod versions;

use std::time::Duration;

use bytes::Bytes;
use klamm_protocol::frame::encode_response;
use klamm_protocol::{ApiKey, Request, Response, Segments};
use klamm_wire::{NodeId, Now, Reader, Time, Writer};

use crate::cluster::State;
use crate::cluster::connection::Session;
use crate::defects::{Defect, Defects};
use crate::personas::Habits;
use sasl::Admission;

pub(crate) use produce::DelayedProduce;
pub(crate) use sasl::Authentication;

/// What becomes of a request.
pub(crate) enum Outcome {
    /// This is the answer.
    Answer(Segments),
    /// There is none, by the client's wish.
    Silence,
    /// There is none, and nothing else is served on the connection: the broker stumbled.
    Never,
    /// The connection ends.
    Close,
    /// The connection ends then, and is answered just before if there is an answer.
    Refused { answer: Option<Segments>, at: Time },
    /// The answer comes when replicas have what was appended.
    Produced(Box<DelayedProduce>),
    /// The request is to be served again when logs have changed, and at this time at the latest.
    Again(Time),
    /// The group coordinator answers later.
    Group(ReplyTo),
}

/// What an answer is encoded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReplyTo {
    pub(crate) version: i16,
    pub(crate) correlation_id: i32,
}

impl ReplyTo {
    /// The answer as a frame. An answer that the version cannot carry ends the connection, as an
    /// error inside a broker does.
    pub(crate) fn answer<'a, R: Response<'a>>(self, response: &R) -> Outcome {
        match encode_response(response, self.version, self.correlation_id) {
            Ok(frame) => Outcome::Answer(frame),
            Err(_) => Outcome::Close,
        }
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    /// The frame, without its length.
    pub(crate) frame: Bytes,
    /// When it came.
    pub(crate) came: Time,
    /// It has waited for as long as it may: it is answered now.
    pub(crate) is_last: bool,
}

/// A request being served.
pub(crate) struct Call<'c> {
    pub(crate) state: &'c mut State,
    pub(crate) session: &'c mut Session,
    pub(crate) now: Now,
    pub(crate) client_id: &'c str,
    pub(crate) reply: ReplyTo,
    /// When the request came.
    pub(crate) came: Time,
    /// The request has waited for as long as it may: it is answered now.
    pub(crate) is_last: bool,
}

impl Call<'_> {
    pub(crate) fn node(&self) -> NodeId {
        self.session.node
    }

    pub(crate) fn version(&self) -> i16 {
        self.reply.version
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.state.settings.defects.has(defect)
    }

    /// What this cluster does that not all do.
    pub(crate) fn habits(&self) -> &'static Habits {
        self.state.settings.persona.habits()
    }

    /// When a wait of so many milliseconds ends, counted from when the request came.
    pub(crate) fn wait_until(&self, millis: i32) -> Time {
        let wait = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        self.came.saturating_add(wait)
    }

    pub(crate) fn answer<'a, R: Response<'a>>(&self, response: &R) -> Outcome {
        self.reply.answer(response)
    }
}

/// Serves one request.
pub(crate) fn serve(
    state: &mut State,
    session: &mut Session,
    now: Now,
    arrived: &Arrived,
) -> Outcome {
    if session.sasl.wants_bare_token() {
        return sasl::bare_token(state, session, now, &arrived.frame);
    }
    let Some((header, body)) = header::read(&arrived.frame) else { return Outcome::Close };
    let version = header.version;
    let defects = &state.settings.defects;
    if refuses_tags(defects, header.is_tagged) {
        return Outcome::Close;
    }
    let is_off = i32::from(defects.has(Defect::WrongCorrelationId));
    let reply = ReplyTo { version, correlation_id: header.correlation_id.wrapping_add(is_off) };
    let Some(api) = ApiKey::from_code(header.key).filter(|api| api.versions().is_some()) else {
        let answers = defects.has(Defect::AnswersUnknownKeys);
        return if answers && session.sasl.is_done() { reply.bare() } else { Outcome::Close };
    };
    let (client_id, body) = (header.client_id.as_str(), Reader::over(&body));
    let &Arrived { came, is_last, .. } = arrived;
    let now = state.faults.troubles.seen_by(session.node, now);
    let mut call = Call { state, session, now, client_id, reply, came, is_last };
    let admission = sasl::admit(&call, api);
    let versions = call.state.settings.persona.versions(api);
    match (versions, admission) {
        (None, _) | (_, Admission::Closed) => Outcome::Close,
        (Some(versions), Admission::Served) if versions.contains(version) => {
            dispatch(&mut call, api, body)
        }
        (Some(versions), Admission::Illegal) if versions.contains(version) => {
            sasl::illegal(&call, api, body)
        }
        (Some(_), Admission::Served) if api == ApiKey::ApiVersions => versions::refuse(&call),
        (Some(_), _) => Outcome::Close,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is not served is closed on")]
fn dispatch(call: &mut Call<'_>, api: ApiKey, body: Reader<'_>) -> Outcome {
    match api {
        ApiKey::Produce => with(call, body, produce::serve),
        ApiKey::Fetch => with(call, body, fetch::serve),
        ApiKey::ListOffsets => with(call, body, list_offsets::serve),
        ApiKey::Metadata => with(call, body, metadata::serve),
        ApiKey::ApiVersions => with(call, body, versions::serve),
        ApiKey::SaslHandshake => with(call, body, sasl::handshake),
        ApiKey::SaslAuthenticate => with(call, body, sasl::authenticate),
        ApiKey::FindCoordinator => with(call, body, coordinators::serve),
        ApiKey::InitProducerId => with(call, body, transactions::init),
        ApiKey::AddPartitionsToTxn => with(call, body, transactions::add_partitions),
        ApiKey::AddOffsetsToTxn => with(call, body, transactions::add_offsets),
        ApiKey::EndTxn => with(call, body, transactions::end),
        ApiKey::TxnOffsetCommit => with(call, body, transactions::commit_offsets),
        ApiKey::JoinGroup => with(call, body, groups::join),
        ApiKey::SyncGroup => with(call, body, groups::sync),
        ApiKey::Heartbeat => with(call, body, groups::heartbeat),
        ApiKey::LeaveGroup => with(call, body, groups::leave),
        ApiKey::OffsetCommit => with(call, body, groups::commit),
        ApiKey::OffsetFetch => with(call, body, groups::fetch),
        ApiKey::CreateTopics => with(call, body, admin::create_topics::serve),
        ApiKey::DeleteTopics => with(call, body, admin::delete_topics::serve),
        ApiKey::CreatePartitions => with(call, body, admin::create_partitions::serve),
        ApiKey::DeleteRecords => with(call, body, admin::delete_records::serve),
        ApiKey::DescribeCluster => with(call, body, admin::describe_cluster::serve),
        ApiKey::DescribeConfigs => with(call, body, admin::describe_configs::serve),
        ApiKey::DescribeProducers => with(call, body, admin::describe_producers::serve),
        ApiKey::DescribeTransactions => with(call, body, admin::describe_transactions::serve),
        ApiKey::ListTransactions => with(call, body, admin::list_transactions::serve),
        ApiKey::OffsetForLeaderEpoch => with(call, body, admin::offset_for_leader_epoch::serve),
        _ => Outcome::Close,
    }
}

/// Decodes the request and serves it. Bytes behind it mean nothing, as to Kafka.
fn with<'a, R: Request<'a>>(
    call: &mut Call<'_>,
    mut body: Reader<'a>,
    serve: fn(&mut Call<'_>, &R) -> Outcome,
) -> Outcome {
    let Ok(mut request) = klamm_protocol::message::read::<R>(&mut body, call.version()) else {
        return Outcome::Close;
    };
    let tags = request.unknown_tags_mut();
    if tags.is_some_and(|tags| refuses_tags(&call.state.settings.defects, !tags.is_empty())) {
        return Outcome::Close;
    }
    serve(call, &request)
}

/// Whether tagged fields that nobody knows end the connection.
fn refuses_tags(defects: &Defects, are_there: bool) -> bool {
    are_there && defects.has(Defect::RefusesUnknownTags)
}

impl ReplyTo {
    /// An answer whose last field is empty bytes, written as null. The protocol has no null there,
    /// so no encoder writes it.
    pub(crate) fn answer_ending_in_null<'a, R: Response<'a>>(self, response: &R) -> Outcome {
        let Ok(frame) = encode_response(response, self.version, self.correlation_id) else {
            return Outcome::Close;
        };
        let mut bytes = frame.to_vec();
        // Either a length of four bytes, or one of one byte and the count of tags.
        let (old, null): (usize, &[u8]) =
            if R::KEY.is_flexible(self.version) { (2, &[0, 0]) } else { (4, &[0xFF; 4]) };
        bytes.truncate(bytes.len().saturating_sub(old));
        bytes.extend_from_slice(null);
        let mut frame = Writer::with_capacity(bytes.len());
        frame.raw(&bytes);
        Outcome::Answer(Segments::from(frame))
    }

    /// A frame with nothing but the correlation id.
    fn bare(self) -> Outcome {
        let response = klamm_protocol::sasl_handshake::SaslHandshakeResponse::default();
        Self { version: 0, ..self }.answer(&response)
    }
}
