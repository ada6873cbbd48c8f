//! FindCoordinator: who answers for a group or a transactional id.

use std::borrow::Cow;

use klamm_protocol::find_coordinator::response::Coordinator;
use klamm_protocol::find_coordinator::{FindCoordinatorRequest, FindCoordinatorResponse};
use klamm_wire::{ErrorCode, NodeId};

use super::{Call, Outcome};
use crate::cluster::Coordinates;
use crate::security::acl::{Operation, Resource};

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;
/// The first version that asks for several keys at once.
const FIRST_OF_MANY: i16 = 4;

/// Who was found: the node and its address.
struct Found {
    node: NodeId,
    host: String,
    port: i32,
}

pub(super) fn serve(call: &mut Call<'_>, request: &FindCoordinatorRequest<'_>) -> Outcome {
    if call.version() < FIRST_OF_MANY {
        let found = find(call, request.key_type, &request.key);
        return call.answer(&single(found));
    }
    let mut coordinators = Vec::new();
    for key in &request.coordinator_keys {
        let found = find(call, request.key_type, key);
        coordinators.push(one(key, found));
    }
    call.answer(&FindCoordinatorResponse { coordinators, ..FindCoordinatorResponse::default() })
}

fn find(call: &mut Call<'_>, kind: i8, key: &str) -> Result<Found, ErrorCode> {
    call.state.faults.verdict()?;
    let kind = match kind {
        GROUP => Coordinates::Groups,
        TRANSACTION => Coordinates::Transactions,
        _ => return Err(ErrorCode::INVALID_REQUEST),
    };
    let wanted = match kind {
        Coordinates::Groups => Resource::Group(key),
        Coordinates::Transactions => Resource::TransactionalId(key),
    };
    call.check(Operation::Describe, wanted)?;
    let missing = ErrorCode::COORDINATOR_NOT_AVAILABLE;
    let node = call.state.find_coordinator(kind, key).ok_or(missing)?;
    let at = call.state.endpoint(node, call.session.listener).ok_or(missing)?;
    Ok(Found { node, host: at.host.clone(), port: i32::from(at.port) })
}

fn single(found: Result<Found, ErrorCode>) -> FindCoordinatorResponse<'static> {
    match found {
        Ok(Found { node, host, port }) => FindCoordinatorResponse {
            error_message: Some(Cow::Borrowed("NONE")),
            node_id: node,
            host: Cow::Owned(host),
            port,
            ..FindCoordinatorResponse::default()
        },
        Err(error_code) => FindCoordinatorResponse {
            error_code,
            error_message: Some(Cow::Owned(message(error_code))),
            node_id: NodeId::NONE,
            port: -1,
            ..FindCoordinatorResponse::default()
        },
    }
}

fn one(key: &str, found: Result<Found, ErrorCode>) -> Coordinator<'static> {
    let key = Cow::Owned(key.to_owned());
    match found {
        Ok(Found { node, host, port }) => Coordinator {
            key,
            node_id: node,
            host: Cow::Owned(host),
            port,
            error_message: Some(Cow::Borrowed("")),
            ..Coordinator::default()
        },
        Err(error_code) => Coordinator {
            key,
            node_id: NodeId::NONE,
            port: -1,
            error_code,
            error_message: Some(Cow::Owned(message(error_code))),
            ..Coordinator::default()
        },
    }
}

/// What Kafka says to people of this code.
fn message(code: ErrorCode) -> String {
    let text = match code {
        ErrorCode::INVALID_REQUEST => {
            "This most likely occurs because of a request being malformed by the client library or \
             the message was sent to an incompatible broker. See the broker logs for more details."
        }
        ErrorCode::COORDINATOR_NOT_AVAILABLE => "The coordinator is not available.",
        other => other.name().unwrap_or_default(),
    };
    text.to_owned()
}
