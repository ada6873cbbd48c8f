//! Which version of which API to speak on a connection.
//!
//! The order of events: [`Ask`] says at which version to send the ApiVersions request and reads
//! the answer; what a broker offers becomes the [`Negotiated`] table of that one connection;
//! [`Negotiated::version`] then chooses for each request, under the [`Conditions`] that hold for
//! it. What is newer than both sides know is never chosen; what is subtler stands in [`CAPS`].

mod ask;
mod caps;
mod features;
mod software;
mod table;

pub use ask::{Answer, Ask, NegotiationError, Offer};
pub use caps::{Bound, CAPS, Cap, Condition, Conditions};
pub use features::{FinalizedFeatures, TRANSACTION_VERSION};
pub use software::{SoftwareTextError, is_software_text, software_text};
pub use table::{Negotiated, UnsupportedVersion, supported};
