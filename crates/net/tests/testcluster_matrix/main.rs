//! Every way of being believed or not, of sessions, restarts and kinds of brokers, without Java:
//! the client against a cluster in this process, over loopback. Each cell prints a line.
#![cfg(test)]

mod believed;
mod brokers;
mod disbelieved;
mod misunderstood;
mod sessions;
mod world;
