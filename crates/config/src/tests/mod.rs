//! Tests that walk the table.
#![cfg(test)]

mod arrivals;
mod names;
mod walk;
