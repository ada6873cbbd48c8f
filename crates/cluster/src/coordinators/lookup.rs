//! The request: one key for every broker, or many for those that take lists.

use std::borrow::Cow;
use std::collections::BTreeMap;

use klamm_protocol::find_coordinator::{FindCoordinatorRequest, FindCoordinatorResponse};
use klamm_protocol::frame::{
    DecodeFrameError, EncodeFrameError, ResponseFrame, encode_request_within,
};
use klamm_protocol::negotiate::{Condition, Conditions};
use klamm_protocol::{ApiKey, Segments};
use klamm_wire::{DecodeError, DecodeErrorKind, ErrorCode, NodeId};

use crate::address::HostPort;
use crate::request::{CoordinatorKey, Head, Payload};

/// The first version that asks for several keys at once.
const FIRST_OF_MANY: i16 = 4;

/// What a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Group,
    Transaction,
}

/// A FindCoordinator request; whoever sent it hands it back with the answer, or with the news that
/// there is none.
///
/// One for several keys cannot be [encoded](Payload::encode) for a broker that speaks versions
/// below 4 only. Handed back as [lost](super::Coordinators::lost), it is followed by requests for
/// one key each until a broker has shown that it is newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// By which an answer is known to be the one that its keys wait for.
    pub(super) number: u64,
    pub(super) kind: Kind,
    /// At least one.
    pub(super) keys: Vec<String>,
}

/// What an answer says of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    At(NodeId, HostPort),
    Later,
    Refused(ErrorCode),
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Transaction, Self::Group];

    pub(super) fn of(key: &CoordinatorKey) -> Self {
        match key {
            CoordinatorKey::Group(_) => Self::Group,
            CoordinatorKey::Transaction(_) => Self::Transaction,
        }
    }

    pub(super) fn key(self, name: &str) -> CoordinatorKey {
        match self {
            Self::Group => CoordinatorKey::Group(name.to_owned()),
            Self::Transaction => CoordinatorKey::Transaction(name.to_owned()),
        }
    }
}

impl Lookup {
    /// Whose coordinators are asked for.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = CoordinatorKey> {
        self.keys.iter().map(|name| self.kind.key(name))
    }

    /// Whether it asks for more than one key, which brokers take from version 4 on.
    pub fn is_batch(&self) -> bool {
        self.keys.len() > 1
    }

    /// What the answer says of the keys that were asked for. Those that it leaves out are missing;
    /// of what it says twice, the first holds.
    pub(super) fn read(
        &self,
        frame: &ResponseFrame,
    ) -> Result<BTreeMap<String, Verdict>, DecodeError> {
        let decoded = frame.decode::<FindCoordinatorResponse<'_>>().map_err(malformed)?;
        let answer = decoded.body;
        let mut verdicts = BTreeMap::new();
        if frame.version < FIRST_OF_MANY {
            if let [name] = self.keys.as_slice() {
                let place = (answer.node_id, answer.host.as_ref(), answer.port);
                verdicts.insert(name.clone(), verdict(answer.error_code, place));
            }
            return Ok(verdicts);
        }
        let asked = |name: &str| self.keys.binary_search_by(|key| key.as_str().cmp(name)).is_ok();
        for one in answer.coordinators.iter().filter(|one| asked(&one.key)) {
            let place = (one.node_id, one.host.as_ref(), one.port);
            let said = || verdict(one.error_code, place);
            verdicts.entry(one.key.clone().into_owned()).or_insert_with(said);
        }
        Ok(verdicts)
    }

    pub(super) fn shows_batches(frame: &ResponseFrame) -> bool {
        frame.version >= FIRST_OF_MANY
    }
}

/// Asking again helps where the code says so, and where a broker names a coordinator that cannot
/// be: it knows better soon.
fn verdict(code: ErrorCode, (node, host, port): (NodeId, &str, i32)) -> Verdict {
    if !code.is_ok() {
        let passes = code.class().is_retriable();
        return if passes { Verdict::Later } else { Verdict::Refused(code) };
    }
    match HostPort::new(host, port) {
        Ok(host) if node.0 >= 0 => Verdict::At(node, host),
        Ok(_) | Err(_) => Verdict::Later,
    }
}

/// A frame of another API is as good as one that cannot be read.
fn malformed(error: DecodeFrameError) -> DecodeError {
    if let DecodeFrameError::Malformed(error) = error {
        return error;
    }
    DecodeError::new(DecodeErrorKind::InvalidMarker, "FindCoordinatorResponse", 0)
}

impl Payload for Lookup {
    fn key(&self) -> ApiKey {
        ApiKey::FindCoordinator
    }

    fn conditions(&self) -> Conditions {
        match self.kind {
            Kind::Group => Conditions::NONE,
            Kind::Transaction => Conditions::from(Condition::TransactionCoordinator),
        }
    }

    fn encode(&self, head: &Head<'_>) -> Result<Segments, EncodeFrameError> {
        let Head { limit, version, correlation_id, client_id } = *head;
        let mut request = FindCoordinatorRequest {
            key_type: match self.kind {
                Kind::Group => 0,
                Kind::Transaction => 1,
            },
            ..FindCoordinatorRequest::default()
        };
        match self.keys.as_slice() {
            [name] if version < FIRST_OF_MANY => request.key = Cow::Borrowed(name),
            names => {
                let names = names.iter().map(|name| Cow::Borrowed(name.as_str()));
                request.coordinator_keys = names.collect();
            }
        }
        encode_request_within(limit, &request, version, correlation_id, client_id)
    }
}
