//! Who coordinates a group or a transactional id: looked up, remembered, forgotten on request.

mod lookup;
mod machine;
#[cfg(test)]
mod tests;

pub use lookup::Lookup;
pub use machine::{Coordinators, Found};
