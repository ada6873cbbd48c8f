//! x.
#![cfg(test)]
