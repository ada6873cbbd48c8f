//! What answers mean: tables of codes, without any state.

pub mod coordinator;
