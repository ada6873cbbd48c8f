//! Everything that can go wrong around a producer, and what it then does: the catalogue as tests.
//!
//! A test is a few sentences of the small [`language`] over the real machine. The [`table`] says of
//! each fault which test shows it, or which other layer it concerns.

#![cfg(test)]

mod language;
mod table;

mod catalogue;
mod deadlines;
mod flow;
mod identity;
mod leaders;
mod losses;
mod plain;
mod refusals;
mod spin;
mod state_loss;
mod takebacks;
mod topics;
mod transactions;
