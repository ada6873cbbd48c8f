//! What to do next about an error code of a broker, by the API that it answers.

use klamm_protocol::ApiKey;
use klamm_wire::ErrorCode;

/// What to do next about a broker's answer; `None` for a code whose name says all there is, or
/// that nobody can do anything about.
///
/// The same code asks for different things from different APIs: without the right to the cluster,
/// InitProducerId wants another right than anything else does.
pub fn next_step_for(code: ErrorCode, api: ApiKey) -> Option<&'static str> {
    let rows = || ADVICE.iter().filter(|row| row.code == code);
    let own = rows().find(|row| row.api == Some(api));
    own.or_else(|| rows().find(|row| row.api.is_none())).map(|row| row.sentence)
}

/// One line of the table.
pub(super) struct Row {
    pub(super) code: ErrorCode,
    /// The API that it is about; `None` for all others.
    pub(super) api: Option<ApiKey>,
    sentence: &'static str,
}

const fn any(code: ErrorCode, sentence: &'static str) -> Row {
    Row { code, api: None, sentence }
}

const fn of(api: ApiKey, code: ErrorCode, sentence: &'static str) -> Row {
    Row { code, api: Some(api), sentence }
}

/// Every sentence, by code; those of one API before those of all.
pub(super) const ADVICE: &[Row] = &[
    any(
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        "Create the topic, or have the broker create topics by being asked for \
         (`auto.create.topics.enable`); who may not Describe it is told the same.",
    ),
    any(
        ErrorCode::LEADER_NOT_AVAILABLE,
        "Wait for a leader to be elected; if none comes, start the brokers that hold the replicas.",
    ),
    any(
        ErrorCode::NOT_LEADER_OR_FOLLOWER,
        "Ask for metadata again: another broker leads the partition.",
    ),
    any(
        ErrorCode::REQUEST_TIMED_OUT,
        "Look at the brokers: replicas do not follow in time. The record may have been written.",
    ),
    any(
        ErrorCode::MESSAGE_TOO_LARGE,
        "Send less at once (`batch.size`, `max.request.size`; librdkafka: `message.max.bytes`), or \
         raise `max.message.bytes` of the topic; services have caps of their own.",
    ),
    any(
        ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
        "Wait: the coordinator is reading its state, which takes seconds after a broker's start.",
    ),
    any(
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        "Wait; if it stays so, look whether enough brokers run for the internal topic \
         (`transaction.state.log.replication.factor`, `offsets.topic.replication.factor`).",
    ),
    any(
        ErrorCode::INVALID_TOPIC_EXCEPTION,
        "Choose another name: letters, digits, `.`, `_` and `-`, at most 249 of them.",
    ),
    any(
        ErrorCode::RECORD_LIST_TOO_LARGE,
        "Send less at once (`batch.size`), or raise `segment.bytes` of the topic.",
    ),
    any(
        ErrorCode::NOT_ENOUGH_REPLICAS,
        "Bring replicas back, or lower `min.insync.replicas`: fewer are in sync than it demands, \
         and nothing was written.",
    ),
    any(
        ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        "Bring replicas back, or lower `min.insync.replicas`: fewer were in sync than it demands \
         after the record had been written to the leader, where it may remain.",
    ),
    any(
        ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        "Grant this client Write and Describe on the topic (MSK: `kafka-cluster:WriteData` and \
         `kafka-cluster:DescribeTopic`), or check under which name it comes.",
    ),
    any(
        ErrorCode::GROUP_AUTHORIZATION_FAILED,
        "Grant this client Read on the group (MSK: `kafka-cluster:AlterGroup` and \
         `kafka-cluster:DescribeGroup`).",
    ),
    of(
        ApiKey::InitProducerId,
        ErrorCode::CLUSTER_AUTHORIZATION_FAILED,
        "Grant this client IdempotentWrite on the cluster (MSK: \
         `kafka-cluster:WriteDataIdempotently`; newer brokers are content with Write on any \
         topic), or set `enable.idempotence=false`, which gives up order and uniqueness when it \
         retries.",
    ),
    any(
        ErrorCode::CLUSTER_AUTHORIZATION_FAILED,
        "Grant this client the right on the cluster that the request needs (Describe to look, \
         Create for topics that are created by being asked for).",
    ),
    any(
        ErrorCode::INVALID_TIMESTAMP,
        "Give records times near the broker's clock, or widen \
         `message.timestamp.before.max.ms` and `message.timestamp.after.max.ms` of the topic.",
    ),
    any(
        ErrorCode::UNSUPPORTED_SASL_MECHANISM,
        "Set `sasl.mechanism` to one that the broker offers.",
    ),
    any(
        ErrorCode::ILLEGAL_SASL_STATE,
        "Set `security.protocol` to what the listener is: it asks nobody for a name (PLAINTEXT or \
         SSL), or it was asked for something else before.",
    ),
    any(
        ErrorCode::UNSUPPORTED_VERSION,
        "Upgrade the broker, or do without what it cannot do at its version.",
    ),
    any(
        ErrorCode::UNSUPPORTED_FOR_MESSAGE_FORMAT,
        "Set `compression.type` to gzip or none and leave out headers: an old message format, or a \
         tier of the service, takes nothing else (Event Hubs takes gzip, and from Premium on).",
    ),
    any(
        ErrorCode::POLICY_VIOLATION,
        "Ask whoever runs the cluster for its policy: the broker's own words are all there is.",
    ),
    any(
        ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
        "Look whether the broker lost data or forgot the producer while it was idle \
         (`producer.id.expiration.ms`): batches before this one are not in its log.",
    ),
    any(
        ErrorCode::INVALID_PRODUCER_EPOCH,
        "Look for a second producer under the same transactional id; a newer one has taken over.",
    ),
    any(
        ErrorCode::INVALID_TRANSACTION_TIMEOUT,
        "Lower `transaction.timeout.ms`: the broker's `transaction.max.timeout.ms` is less.",
    ),
    any(
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        "Grant this client Write and Describe on the transactional id (MSK: \
         `kafka-cluster:AlterTransactionalId` and `kafka-cluster:DescribeTransactionalId`).",
    ),
    any(
        ErrorCode::SECURITY_DISABLED,
        "Set up an authorizer on the broker first, or do without rights.",
    ),
    any(
        ErrorCode::KAFKA_STORAGE_ERROR,
        "Look at the disks of the broker: it cannot write its log.",
    ),
    any(
        ErrorCode::SASL_AUTHENTICATION_FAILED,
        "Check `sasl.username` and `sasl.password` (Java: `sasl.jaas.config`).",
    ),
    any(
        ErrorCode::UNKNOWN_PRODUCER_ID,
        "Keep records longer than the producer is idle: the broker has dropped all that it had \
         written and forgot it (`retention.ms`, `producer.id.expiration.ms`).",
    ),
    any(
        ErrorCode::UNSUPPORTED_COMPRESSION_TYPE,
        "Set `compression.type` to another codec: zstd needs a broker of Kafka 2.1 or newer \
         (Produce 7), and services allow some codecs only.",
    ),
    any(
        ErrorCode::INVALID_RECORD,
        "Look at the record that the broker names: a compacted topic demands keys, and a schema \
         check may refuse values.",
    ),
    any(
        ErrorCode::THROTTLING_QUOTA_EXCEEDED,
        "Ask less often, or have the quota of this client raised.",
    ),
    any(
        ErrorCode::PRODUCER_FENCED,
        "Look for a second producer under the same transactional id; a newer one has taken over.",
    ),
];
