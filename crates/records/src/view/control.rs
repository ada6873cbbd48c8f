//! Control records: what a log says to itself, and no application sees.

#![deny(clippy::arithmetic_side_effects)]

use super::record::RecordView;
use crate::cursor::Cursor;
use crate::error::{BatchError, BatchErrorKind};

/// What a control record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// The transaction of this producer was aborted.
    Abort {
        /// The generation of the transaction coordinator that decided so.
        coordinator_epoch: i32,
    },
    /// The transaction of this producer was committed.
    Commit {
        /// The generation of the transaction coordinator that decided so.
        coordinator_epoch: i32,
    },
    /// A new leader of the metadata quorum.
    LeaderChange,
    /// The head of a snapshot.
    SnapshotHeader,
    /// The foot of a snapshot.
    SnapshotFooter,
    /// The version of the quorum's protocol.
    KraftVersion,
    /// The voters of the quorum.
    KraftVoters,
    /// A type that is not known here, which readers pass over.
    Unknown(i16),
}

/// A control record whose key or value is too short, or null.
pub type ControlError = BatchError;

impl Control {
    /// Reads a record of a control batch. Newer versions of its parts have only more bytes.
    ///
    /// # Errors
    /// When the key does not hold a type, or a marker's value no coordinator epoch.
    pub fn read(record: &RecordView<'_>) -> Result<Self, ControlError> {
        let mut key = part(record.key, "Control.key")?;
        version(&mut key, "Control.key.version")?;
        let number = key.i16("Control.key.type")?;
        Ok(match number {
            0 => Self::Abort { coordinator_epoch: coordinator_epoch(record)? },
            1 => Self::Commit { coordinator_epoch: coordinator_epoch(record)? },
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KraftVersion,
            6 => Self::KraftVoters,
            _ => Self::Unknown(number),
        })
    }
}

fn coordinator_epoch(record: &RecordView<'_>) -> Result<i32, BatchError> {
    let mut value = part(record.value, "Control.value")?;
    version(&mut value, "Control.value.version")?;
    value.i32("Control.value.coordinator_epoch")
}

fn part<'a>(bytes: Option<&'a [u8]>, field: &'static str) -> Result<Cursor<'a>, BatchError> {
    let missing = || BatchError::new(BatchErrorKind::NegativeLength(-1), field, 0);
    Ok(Cursor::new(bytes.ok_or_else(missing)?, 0))
}

/// A version below 0 is none; those above 0 are read by what they have in common.
fn version(part: &mut Cursor<'_>, field: &'static str) -> Result<i16, BatchError> {
    let start = *part;
    let version = part.i16(field)?;
    if version < 0 {
        return Err(start.error(BatchErrorKind::NegativeLength(i32::from(version)), field));
    }
    Ok(version)
}
