//! The error codes of the protocol: one table of code, name and class, and what a client does next.
//!
//! [`ErrorCode`] is the bare number of an answer, so a code of a newer broker survives decoding.
//! [`ErrorClass`] says what such a code asks of a client in general. A request may be stricter or
//! milder than the class (a commit that met an unknown error is in doubt, a metadata request is
//! merely repeated): whoever owns such a rule keeps its own table by code and falls back on the
//! class.

use std::fmt;

/// An error code as an answer carries it; 0 is success.
///
/// ```
/// use klamm_wire::{ErrorClass, ErrorCode};
///
/// let code = ErrorCode(6);
/// assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
/// assert_eq!(code.to_string(), "NOT_LEADER_OR_FOLLOWER (6)");
/// assert_eq!(code.class(), ErrorClass::RefreshMetadata);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub i16);

/// What an error code asks of a client: whose fault it is, and what comes next.
///
/// Every code has exactly one class. A class speaks of the request or of the part of it (a
/// partition, a topic, a group) that the code stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Nobody's fault: the broker did what was asked.
    Ok,
    /// Nobody's fault: what was asked holds already. Take it for success, without the details
    /// (an offset, say) that a success would carry.
    AlreadyDone,
    /// The broker's passing trouble. Wait, then send the same bytes to the same broker. The
    /// first attempt may have had its effect: a record must keep its stamp.
    Retry,
    /// The caller uses more than its quota. Wait as long as the answer says, then send again.
    Throttled,
    /// The client's picture of the cluster is old, or that broker cannot serve the partition.
    /// Fetch metadata, then send to whom it names.
    RefreshMetadata,
    /// The client asked a broker that does not coordinate this group or transactional id, or no
    /// broker does for the moment. Find the coordinator again, then send there.
    RefreshCoordinator,
    /// The client asked a broker that is not the active controller. Find the controller, then
    /// send there.
    RefreshController,
    /// The client knows a cluster that has moved away from under it. Forget every broker but the
    /// bootstrap addresses, begin again from those, then send.
    Rebootstrap,
    /// The broker does not know the session or subscription that the request builds on. Open a
    /// new one, then send a request made for it.
    RenewSession,
    /// The consumer asked for an offset that the log does not hold. Take another one by the
    /// application's reset policy; the same offset would fail for ever.
    ResetOffset,
    /// The group has moved on without this member. A consumer joins again and gives up what it
    /// held; a transaction that was committing offsets for that member aborts.
    Rejoin,
    /// The caller sent more than a limit of the broker or topic allows. Send less at once: split
    /// a batch of several records, fail a single one.
    TooLarge,
    /// The caller's record breaks a rule of the topic. Fail that record; its neighbours may be
    /// sent without it.
    InvalidRecord,
    /// The broker's memory of this producer and the producer's own do not fit together. An
    /// idempotent producer goes on under a new epoch once it knows the fate of what it sent; a
    /// transaction aborts.
    ProducerState,
    /// The transaction cannot commit. Abort it; the producer itself lives on.
    Abortable,
    /// Somebody newer holds this identity, or it has expired. Nothing more may be sent under it:
    /// close, and let the application begin anew if it is still meant to run.
    Fenced,
    /// The peer does not accept who the client says it is. Do not repeat with the same
    /// credentials; the operator or the application provides others.
    Authentication,
    /// The client is known but may not do this. Fail the request or its part and name the
    /// resource; an operator grants the right.
    Authorization,
    /// A setting or argument of the caller (a name, a timeout, a replica count, a pattern) is
    /// refused. Fail with the broker's message; the caller changes the value.
    Config,
    /// This broker cannot do what was asked: too old, switched off there, or the wrong kind of
    /// endpoint. Ask in an older way if there is one, else fail.
    Unsupported,
    /// The thing that the caller named does not exist. Fail; the caller may create it or be
    /// content that it is gone.
    NotFound,
    /// The cluster's present state stands against the request: the thing exists, is in use, is
    /// full or is being changed. Fail; it can succeed once the caller has resolved that.
    Conflict,
    /// The client library's fault: the request makes no sense to the broker. Repeating cannot
    /// help; stop what depends on it and report a bug.
    Fatal,
    /// Spoken among brokers and controllers. A client that gets it is talking to the wrong
    /// endpoint or a broken one: fail, and treat the outcome as unknown.
    Internal,
    /// The broker failed for a reason it does not name, or names it by a code that is younger
    /// than this table. Whether the request took effect is unknown. Not retriable in general:
    /// only a request that is safe to repeat (a batch under its old stamp, the same decision on
    /// a transaction) may be sent a few more times.
    Unknown,
}

impl ErrorClass {
    /// Whether the request may be sent again once the remedy of this class has been applied,
    /// without anybody changing what it asks for.
    #[must_use]
    pub const fn is_retriable(self) -> bool {
        matches!(
            self,
            Self::Retry
                | Self::Throttled
                | Self::RefreshMetadata
                | Self::RefreshCoordinator
                | Self::RefreshController
                | Self::Rebootstrap
                | Self::RenewSession
        )
    }
}

impl ErrorCode {
    /// The name that Apache Kafka® gives the code, `None` if the code is not in the table.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// What the code asks of a client; [`ErrorClass::Unknown`] if it is not in the table.
    #[must_use]
    pub fn class(self) -> ErrorClass {
        self.row().map_or(ErrorClass::Unknown, |row| row.class)
    }

    /// The code that bears this name, spelled exactly so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.code)
    }

    /// Whether the code says success.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// Every code of the table, lowest first.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.code)
    }

    /// The table has no gap and begins at -1, so a code is its own index but for that step.
    fn row(self) -> Option<&'static Row> {
        usize::try_from(self.0.wrapping_add(1)).ok().and_then(|index| TABLE.get(index))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name().unwrap_or("UNKNOWN_ERROR_CODE"), self.0)
    }
}

/// The same as `Display`: a number alone tells a reader of a log nothing.
impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<i16> for ErrorCode {
    fn from(code: i16) -> Self {
        Self(code)
    }
}

struct Row {
    code: ErrorCode,
    name: &'static str,
    class: ErrorClass,
}

/// Makes of each line `code NAME Class;` an associated constant and a row of the table.
macro_rules! error_codes {
    ($($code:literal $name:ident $class:ident;)+) => {
        impl ErrorCode {$(
            #[doc = concat!("Code ", $code, ", of class [`", stringify!($class), "`](ErrorClass::",
                stringify!($class), ").")]
            pub const $name: Self = Self($code);
        )+}

        static TABLE: [Row; [$($code),+].len()] = [$(
            Row { code: ErrorCode($code), name: stringify!($name), class: ErrorClass::$class },
        )+];
    };
}

/// Whether the codes of `rows` are `first`, `first + 1`, and so on.
const fn counts_up_from(first: i16, mut rows: &[Row]) -> bool {
    let mut expected = first;
    while let [row, rest @ ..] = rows {
        if row.code.0 != expected {
            return false;
        }
        expected += 1;
        rows = rest;
    }
    true
}

const _: () = assert!(
    counts_up_from(-1, &TABLE),
    "error codes must ascend from -1 without a gap: a code is looked up by its index"
);

error_codes! {
      -1 UNKNOWN_SERVER_ERROR Unknown;
       0 NONE Ok;
       1 OFFSET_OUT_OF_RANGE ResetOffset;
       2 CORRUPT_MESSAGE Retry;
       3 UNKNOWN_TOPIC_OR_PARTITION RefreshMetadata;
       4 INVALID_FETCH_SIZE Config;
       5 LEADER_NOT_AVAILABLE RefreshMetadata;
       6 NOT_LEADER_OR_FOLLOWER RefreshMetadata;
       7 REQUEST_TIMED_OUT Retry;
       8 BROKER_NOT_AVAILABLE RefreshMetadata;
       9 REPLICA_NOT_AVAILABLE RefreshMetadata;
      10 MESSAGE_TOO_LARGE TooLarge;
      11 STALE_CONTROLLER_EPOCH Internal;
      12 OFFSET_METADATA_TOO_LARGE TooLarge;
      13 NETWORK_EXCEPTION RefreshMetadata;
      14 COORDINATOR_LOAD_IN_PROGRESS Retry;
      15 COORDINATOR_NOT_AVAILABLE RefreshCoordinator;
      16 NOT_COORDINATOR RefreshCoordinator;
      17 INVALID_TOPIC_EXCEPTION Config;
      18 RECORD_LIST_TOO_LARGE TooLarge;
      19 NOT_ENOUGH_REPLICAS Retry;
      20 NOT_ENOUGH_REPLICAS_AFTER_APPEND Retry;
      21 INVALID_REQUIRED_ACKS Config;
      22 ILLEGAL_GENERATION Rejoin;
      23 INCONSISTENT_GROUP_PROTOCOL Conflict;
      24 INVALID_GROUP_ID Config;
      25 UNKNOWN_MEMBER_ID Rejoin;
      26 INVALID_SESSION_TIMEOUT Config;
      27 REBALANCE_IN_PROGRESS Rejoin;
      28 INVALID_COMMIT_OFFSET_SIZE TooLarge;
      29 TOPIC_AUTHORIZATION_FAILED Authorization;
      30 GROUP_AUTHORIZATION_FAILED Authorization;
      31 CLUSTER_AUTHORIZATION_FAILED Authorization;
      32 INVALID_TIMESTAMP InvalidRecord;
      33 UNSUPPORTED_SASL_MECHANISM Authentication;
      34 ILLEGAL_SASL_STATE Authentication;
      35 UNSUPPORTED_VERSION Unsupported;
      36 TOPIC_ALREADY_EXISTS Conflict;
      37 INVALID_PARTITIONS Config;
      38 INVALID_REPLICATION_FACTOR Config;
      39 INVALID_REPLICA_ASSIGNMENT Config;
      40 INVALID_CONFIG Config;
      41 NOT_CONTROLLER RefreshController;
      42 INVALID_REQUEST Fatal;
      43 UNSUPPORTED_FOR_MESSAGE_FORMAT Unsupported;
      44 POLICY_VIOLATION Config;
      45 OUT_OF_ORDER_SEQUENCE_NUMBER ProducerState;
      46 DUPLICATE_SEQUENCE_NUMBER AlreadyDone;
      47 INVALID_PRODUCER_EPOCH ProducerState;
      48 INVALID_TXN_STATE Abortable;
      49 INVALID_PRODUCER_ID_MAPPING Fenced;
      50 INVALID_TRANSACTION_TIMEOUT Config;
      51 CONCURRENT_TRANSACTIONS Retry;
      52 TRANSACTION_COORDINATOR_FENCED Internal;
      53 TRANSACTIONAL_ID_AUTHORIZATION_FAILED Authorization;
      54 SECURITY_DISABLED Unsupported;
      55 OPERATION_NOT_ATTEMPTED Abortable;
      56 KAFKA_STORAGE_ERROR RefreshMetadata;
      57 LOG_DIR_NOT_FOUND NotFound;
      58 SASL_AUTHENTICATION_FAILED Authentication;
      59 UNKNOWN_PRODUCER_ID ProducerState;
      60 REASSIGNMENT_IN_PROGRESS Conflict;
      61 DELEGATION_TOKEN_AUTH_DISABLED Unsupported;
      62 DELEGATION_TOKEN_NOT_FOUND NotFound;
      63 DELEGATION_TOKEN_OWNER_MISMATCH Authorization;
      64 DELEGATION_TOKEN_REQUEST_NOT_ALLOWED Authentication;
      65 DELEGATION_TOKEN_AUTHORIZATION_FAILED Authorization;
      66 DELEGATION_TOKEN_EXPIRED Authentication;
      67 INVALID_PRINCIPAL_TYPE Config;
      68 NON_EMPTY_GROUP Conflict;
      69 GROUP_ID_NOT_FOUND NotFound;
      70 FETCH_SESSION_ID_NOT_FOUND RenewSession;
      71 INVALID_FETCH_SESSION_EPOCH RenewSession;
      72 LISTENER_NOT_FOUND RefreshMetadata;
      73 TOPIC_DELETION_DISABLED Unsupported;
      74 FENCED_LEADER_EPOCH RefreshMetadata;
      75 UNKNOWN_LEADER_EPOCH RefreshMetadata;
      76 UNSUPPORTED_COMPRESSION_TYPE Unsupported;
      77 STALE_BROKER_EPOCH Internal;
      78 OFFSET_NOT_AVAILABLE Retry;
      79 MEMBER_ID_REQUIRED Rejoin;
      80 PREFERRED_LEADER_NOT_AVAILABLE RefreshMetadata;
      81 GROUP_MAX_SIZE_REACHED Conflict;
      82 FENCED_INSTANCE_ID Fenced;
      83 ELIGIBLE_LEADERS_NOT_AVAILABLE RefreshMetadata;
      84 ELECTION_NOT_NEEDED AlreadyDone;
      85 NO_REASSIGNMENT_IN_PROGRESS NotFound;
      86 GROUP_SUBSCRIBED_TO_TOPIC Conflict;
      87 INVALID_RECORD InvalidRecord;
      88 UNSTABLE_OFFSET_COMMIT Retry;
      89 THROTTLING_QUOTA_EXCEEDED Throttled;
      90 PRODUCER_FENCED Fenced;
      91 RESOURCE_NOT_FOUND NotFound;
      92 DUPLICATE_RESOURCE Conflict;
      93 UNACCEPTABLE_CREDENTIAL Config;
      94 INCONSISTENT_VOTER_SET Internal;
      95 INVALID_UPDATE_VERSION Internal;
      96 FEATURE_UPDATE_FAILED Conflict;
      97 PRINCIPAL_DESERIALIZATION_FAILURE Internal;
      98 SNAPSHOT_NOT_FOUND Internal;
      99 POSITION_OUT_OF_RANGE Internal;
     100 UNKNOWN_TOPIC_ID RefreshMetadata;
     101 DUPLICATE_BROKER_REGISTRATION Internal;
     102 BROKER_ID_NOT_REGISTERED Internal;
     103 INCONSISTENT_TOPIC_ID RefreshMetadata;
     104 INCONSISTENT_CLUSTER_ID Internal;
     105 TRANSACTIONAL_ID_NOT_FOUND NotFound;
     106 FETCH_SESSION_TOPIC_ID_ERROR RenewSession;
     107 INELIGIBLE_REPLICA Internal;
     108 NEW_LEADER_ELECTED Internal;
     109 OFFSET_MOVED_TO_TIERED_STORAGE Internal;
     110 FENCED_MEMBER_EPOCH Rejoin;
     111 UNRELEASED_INSTANCE_ID Conflict;
     112 UNSUPPORTED_ASSIGNOR Config;
     113 STALE_MEMBER_EPOCH Rejoin;
     114 MISMATCHED_ENDPOINT_TYPE Unsupported;
     115 UNSUPPORTED_ENDPOINT_TYPE Unsupported;
     116 UNKNOWN_CONTROLLER_ID Internal;
     117 UNKNOWN_SUBSCRIPTION_ID RenewSession;
     118 TELEMETRY_TOO_LARGE TooLarge;
     119 INVALID_REGISTRATION Internal;
     120 TRANSACTION_ABORTABLE Abortable;
     121 INVALID_RECORD_STATE Conflict;
     122 SHARE_SESSION_NOT_FOUND RenewSession;
     123 INVALID_SHARE_SESSION_EPOCH RenewSession;
     124 FENCED_STATE_EPOCH Internal;
     125 INVALID_VOTER_KEY Internal;
     126 DUPLICATE_VOTER Conflict;
     127 VOTER_NOT_FOUND NotFound;
     128 INVALID_REGULAR_EXPRESSION Config;
     129 REBOOTSTRAP_REQUIRED Rebootstrap;
     130 STREAMS_INVALID_TOPOLOGY Config;
     131 STREAMS_INVALID_TOPOLOGY_EPOCH Fatal;
     132 STREAMS_TOPOLOGY_FENCED Fenced;
     133 SHARE_SESSION_LIMIT_REACHED Retry;
}
