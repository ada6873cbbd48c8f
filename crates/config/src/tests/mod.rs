//! Tests that walk the table.
#![cfg(test)]

mod arrivals;
mod arrivals_producing;
mod lists;
mod names;
mod walk;

/// Every property that does something.
fn all_arrivals() -> impl Iterator<Item = &'static arrivals::Arrival> {
    arrivals::ARRIVALS.iter().chain(arrivals_producing::ARRIVALS)
}
