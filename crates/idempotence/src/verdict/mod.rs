//! What answers mean: tables of data, and pure functions over them.

pub mod coordinator;
pub mod produce;

mod produce_table;
