//! Every way of being believed or not, against a cluster in this process, over loopback.
//!
//! Sessions, restarts, moving leaders and other kinds of brokers are part of the matrix. Each cell
//! prints a line; `--nocapture` shows them.
#![cfg(test)]

mod believed;
mod brokers;
mod disbelieved;
mod misunderstood;
mod sessions;
mod world;
