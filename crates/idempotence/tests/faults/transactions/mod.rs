//! Transactions over the whole machine: calls, coordinators and partitions together.

mod aborts;
mod commits;
mod instances;
mod sends;

use klamm_idempotence::Generation::{self, V1, V2};
use klamm_wire::ErrorCode;

const BOTH: [Generation; 2] = [V1, V2];
const OK: ErrorCode = ErrorCode::NONE;
