//! How primitives are read and written, seen from outside the crate.

#[cfg(test)]
mod arrays;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod names;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tagged;
#[cfg(test)]
mod writing;
