//! The loop that moves bytes between sockets and a [`Drive`], and decides nothing.
//!
//! One future owns the machine and every connection; nothing is handed from task to task on the
//! way of a byte. What may become ready (a socket, a look-up, the timer) is polled with a waker of
//! its own, so that a turn touches only what has something to say. A turn is:
//!
//! ```text
//! calls from outside ──► look-ups, dials, hashes ──► bytes that came ──► the tick, if it is due
//!        ▲                                                                       │
//!        └───── sleep until anything happens ◄── bytes to write ◄── commands ◄───┘
//! ```
//!
//! The work of a turn is bounded for each connection, so that a busy one starves nobody.

mod clock;
mod conn;
mod errand;
mod inlet;
mod leaving;
mod remote;
mod shell;
mod signal;
mod turn;

pub use clock::ShellClock;
pub use remote::{Knocker, Remote};
pub use turn::Driver;

#[cfg(doc)]
use klamm_cluster::Drive;
