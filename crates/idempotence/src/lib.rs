#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::arithmetic_side_effects)]

pub mod fate;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod input;
#[cfg(feature = "model")]
pub mod model;
pub mod names;
pub mod output;
pub mod proof;
pub mod seq;
pub mod settings;
pub mod stamp;
pub mod verdict;

mod backoff;
#[cfg(feature = "model")]
pub mod canonical;
mod core;
mod ids;
mod ledger;
mod links;
mod outbox;
mod partition;
mod transaction;
mod turn;
mod writer;

pub use crate::core::Machine;

pub use fate::{Evidence, Fate, Known};
pub use input::{Answer, Ask, CtrlFacts, Input, Leader};
pub use names::{AttemptId, CallId, ConnId, CtrlId, Group, Part, Piece, Ticket, TxnTag};
pub use output::{
    Acked, CallError, Destination, Done, Failed, Fatal, Outcome, Output, Reason, Request, Send,
};
pub use proof::NeverWritten;
pub use seq::Position;
pub use settings::{Acks, Generation, Mode, Settings, Window};
pub use stamp::{Identity, Stamp};
