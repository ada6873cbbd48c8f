//! What a control batch says.

use klamm_records::view::Control;
use klamm_records::{BatchView, Decompressors};
use serde_json::{Value, json};

use super::CAP;
use crate::diff;
use crate::fields::{Fields, Problem};

/// Where the marker that ours reads differs from that of the line.
pub(super) fn difference(line: Fields<'_>, batch: &BatchView<'_>) -> Option<Problem> {
    let ours = match marker(batch) {
        Ok(marker) => marker,
        Err(problem) => return Some(format!("`marker`: {problem}")),
    };
    match (ours, line.0.get("marker")) {
        (None, None) => None,
        (Some(ours), Some(line)) => {
            diff::difference(&ours, line).map(|problem| format!("`marker`: {problem}"))
        }
        (None, Some(_)) => Some("`marker`: the batch has no control record".to_owned()),
        (Some(ours), None) => Some(format!("`marker`: ours is {ours}, the line has none")),
    }
}

/// The marker of the first record of a control batch.
fn marker(batch: &BatchView<'_>) -> Result<Option<Value>, Problem> {
    if !batch.header().attributes.is_control() {
        return Ok(None);
    }
    let mut decompressors = Decompressors::new();
    let records = batch.records(&mut decompressors, CAP);
    let mut records = records.map_err(|error| error.to_string())?;
    let Some(record) = records.next() else { return Ok(None) };
    let record = record.map_err(|error| error.to_string())?;
    Control::read(&record).map(|control| Some(json(control))).map_err(|error| error.to_string())
}

fn json(control: Control) -> Value {
    match control {
        Control::Commit { coordinator_epoch } => {
            json!({"type": "COMMIT", "coordinatorEpoch": coordinator_epoch})
        }
        Control::Abort { coordinator_epoch } => {
            json!({"type": "ABORT", "coordinatorEpoch": coordinator_epoch})
        }
        Control::LeaderChange => json!({"type": "LEADER_CHANGE"}),
        Control::SnapshotHeader => json!({"type": "SNAPSHOT_HEADER"}),
        Control::SnapshotFooter => json!({"type": "SNAPSHOT_FOOTER"}),
        Control::KraftVersion => json!({"type": "KRAFT_VERSION"}),
        Control::KraftVoters => json!({"type": "KRAFT_VOTERS"}),
        Control::Unknown(number) => json!({"type": "UNKNOWN", "number": number}),
        other => json!({"type": format!("{other:?}")}),
    }
}
