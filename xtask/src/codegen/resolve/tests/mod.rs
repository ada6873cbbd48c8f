//! Small specs against every rule of the format: what is accepted and what is refused.

mod accepted;
mod refused;
