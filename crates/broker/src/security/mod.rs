//! Who a client is, and what it may do.

pub mod acl;
#[cfg(feature = "tls")]
pub mod certificates;
pub mod principal;
pub mod sasl;

pub use acl::Acls;
pub use principal::Principal;
pub use sasl::Sasl;
