//! The engine over a cluster in the same thread, under a clock that moves when nothing else does.
#![cfg(test)]

mod edges;
mod faults;
mod guards;
mod producing;
mod topics;
mod transactions;
mod walk;
mod world;
