//! What stands around the engine: a thread with sockets, a clock, timers, and helpers' threads.
//!
//! ```text
//! callers ──► orders ──┐                 ┌──► workers: compression
//!    │                 ▼                 │
//!    │    the loop: Driver over Looper over Engine ──► sockets
//!    │                 ▲                 │
//!    └──► slots ─ bell ┘                 └──► courier: callbacks
//! ```
//!
//! Records go into slots without anybody being asked; everything else is an order, which the loop
//! carries out between two turns.

mod courier;
mod crew;
mod line;
mod looper;
mod start;
mod timers;

pub(crate) use courier::Courier;
pub(crate) use line::Shell;
pub(crate) use looper::Looper;
pub(crate) use start::{Plan, start};
