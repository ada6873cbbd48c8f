//! The engine over a cluster in the same thread, under a clock that only moves when nothing else does.
#![cfg(test)]

mod producing;
mod world;
