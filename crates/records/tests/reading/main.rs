//! Batches as somebody else wrote them: every field that can be wrong, and all that may differ.

#[cfg(test)]
mod control;
#[cfg(test)]
mod header;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod records;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod support;
