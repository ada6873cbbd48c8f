#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod answer;
pub mod batch;
pub mod case;
pub mod cases;
pub mod cli;
pub mod compare;
pub mod conn;
pub mod exceptions;
pub mod expect;
pub mod log;
pub mod normalise;
pub mod notes;
pub mod pattern;
pub mod report;
pub mod requests;
pub mod run;
pub mod runner;
pub mod scram;
pub mod target;
pub mod topics;
