//! The only module that knows both facts and messages.

pub(crate) mod admin;
pub(crate) mod answers;
pub(crate) mod ctrl;
pub(crate) mod hints;
mod offsets;
pub(crate) mod produce;
