//! What a program asks of a cluster before its first record, and what to do about an answer.

use klamm_cluster::failure::next_step_for;
use klamm_cluster::{Payload, ResponseFrame, Typed};
use klamm_protocol::ApiKey;
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_wire::{Epoch, ErrorCode, ProducerId};

/// What an error code answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// Records.
    Records,
    /// A topic that was looked up.
    Topic,
    /// The wish for a producer id.
    ProducerId,
    /// The end of a transaction, or its offsets.
    Transaction,
    /// A topic that was to be made.
    NewTopic,
}

impl About {
    const fn api(self) -> ApiKey {
        match self {
            Self::Records => ApiKey::Produce,
            Self::Topic => ApiKey::Metadata,
            Self::ProducerId => ApiKey::InitProducerId,
            Self::Transaction => ApiKey::EndTxn,
            Self::NewTopic => ApiKey::CreateTopics,
        }
    }
}

/// What to do about a broker's answer; `None` where its name says all there is.
pub fn next_step(code: ErrorCode, about: About) -> Option<&'static str> {
    next_step_for(code, about.api())
}

/// Asks for a producer id that nobody will use: whether this client gets one.
pub fn producer_id() -> Box<dyn Payload> {
    Box::new(Typed::new(InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: i32::MAX,
        producer_id: ProducerId(-1),
        producer_epoch: Epoch(-1),
        ..InitProducerIdRequest::default()
    }))
}

/// What the broker says to that; `None` for an answer that cannot be read.
pub fn granted(frame: &ResponseFrame) -> Option<Result<(), ErrorCode>> {
    let answer = frame.decode::<InitProducerIdResponse<'_>>().ok()?;
    let code = answer.body.error_code;
    Some(if code.is_ok() { Ok(()) } else { Err(code) })
}
