//! Reading: a view over one batch, its records, and sets of batches as they lie in a log.

mod batch;
mod control;
mod headers;
mod record;
mod set;

pub use batch::{BatchView, Checksum};
pub use control::{Control, ControlError};
pub use headers::{HeaderView, Headers};
pub use record::{RecordView, Records};
pub use set::{Entry, RecordSet};
