//! The picture of the cluster, told by answers.

#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]

mod topics;
mod world;
