//! Who a client is, and what it may do.

pub mod acl;
pub mod principal;
pub mod sasl;

pub use acl::Acls;
pub use principal::Principal;
pub use sasl::Sasl;
