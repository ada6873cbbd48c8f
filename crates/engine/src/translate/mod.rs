//! The only module that knows both facts and messages.

pub(crate) mod ctrl;
mod offsets;
