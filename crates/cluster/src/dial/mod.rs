//! Which server to dial when: addresses in turn, time-outs and waits that grow, and no storm.

mod machine;

pub use machine::{Dial, Order, Target};
