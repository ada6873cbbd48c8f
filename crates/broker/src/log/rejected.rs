//! Why an append was refused.

use klamm_records::{BatchError, BatchErrorKind};
use klamm_wire::ErrorCode;

use crate::{Defect, Defects};

/// A refusal; the log is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// What is wrong.
    pub(crate) code: ErrorCode,
    /// The same in words, which Kafka has only where it names records.
    pub(crate) message: Option<String>,
    /// The records that are to blame, by their place in the batch.
    pub(crate) records: Vec<(i32, Option<String>)>,
}

impl Rejected {
    /// The same under the order to say CORRUPT_MESSAGE of what is malformed.
    pub(super) fn ordered(self, defects: &Defects) -> Self {
        let is_malformed = self.code == ErrorCode::INVALID_RECORD && self.records.is_empty();
        if is_malformed && defects.has(Defect::CorruptForInvalid) {
            return Self { code: ErrorCode::CORRUPT_MESSAGE, ..self };
        }
        self
    }
}

impl From<ErrorCode> for Rejected {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: None, records: Vec::new() }
    }
}

/// A stream that cannot be decompressed is to Kafka an error of its own; records that cannot be
/// read are the sender's.
impl From<BatchError> for Rejected {
    fn from(error: BatchError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the kinds may become more")]
        match error.kind() {
            BatchErrorKind::Decompression(_) | BatchErrorKind::UnknownCodec(_) => {
                ErrorCode::UNKNOWN_SERVER_ERROR.into()
            }
            BatchErrorKind::WrongChecksum { .. } => ErrorCode::CORRUPT_MESSAGE.into(),
            _ => ErrorCode::INVALID_RECORD.into(),
        }
    }
}
