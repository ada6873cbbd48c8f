//! What a search makes of a block, and what is written of it.

/// One step of a block: so many literals, then so many bytes repeated from so far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) literals: u32,
    pub(super) length: u32,
    pub(super) distance: u32,
}

/// What a search made of a block: its steps, and the literals of all of them followed by those
/// after the last step.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) literals: Vec<u8>,
    pub(super) steps: Vec<Step>,
}
