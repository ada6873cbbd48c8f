//! The picture of the cluster, told by answers.

#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

mod anything;
mod asking;
mod brokers;
mod hints;
mod hostile;
mod leaders;
mod reference;
mod topics;
mod walk;
mod world;
