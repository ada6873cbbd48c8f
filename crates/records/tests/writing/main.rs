//! Batches as a producer writes them: appended to, encoded, stamped, split.

#[cfg(test)]
mod appending;
#[cfg(test)]
mod encoding;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod splitting;
#[cfg(test)]
mod support;
