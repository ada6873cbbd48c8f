//! One connection against a scripted peer, under a clock that only moves when told.

#![cfg(test)]
#![allow(clippy::arithmetic_side_effects)]
#![allow(clippy::wildcard_enum_match_arm, reason = "what a script does not name, it refuses")]

mod authentication;
mod cuts;
mod fates;
mod model;
mod nonsense;
mod order;
mod peer;
mod rig;
mod scram;
mod silence;
mod splits;
mod table;
mod versions;
