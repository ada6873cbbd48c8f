//! Who coordinates a group or a transactional id: looked up, remembered, forgotten on request.

mod machine;

pub use machine::{Coordinators, Found, Lookup};
