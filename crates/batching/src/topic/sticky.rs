//! The partition that records without a choice of their own go to, until it had a batch's worth.

use crate::partitioner::{Draws, Partitions};
use crate::sync::{AtomicU32, Ordering};
use crate::topic::view::TopicView;

/// No partition was chosen yet.
const NONE: u32 = u32::MAX;
/// How often chance may meet a partition without a leader before all are looked through.
const TRIES: u32 = 8;

/// The partition that a topic sticks to.
#[derive(Debug)]
pub(super) struct Sticky(AtomicU32);

impl Sticky {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(NONE))
    }

    /// The partition, which is chosen if there is none.
    #[inline]
    pub(super) fn get<F: Send + Sync>(&self, view: &TopicView<F>, draws: &Draws) -> u32 {
        let chosen = self.0.load(Ordering::Relaxed);
        if chosen < view.count() { chosen } else { self.switch(chosen, view, draws) }
    }

    /// Chooses another in the place of `old`, unless somebody did so already: the present one.
    #[cold]
    pub(super) fn switch<F: Send + Sync>(
        &self,
        old: u32,
        view: &TopicView<F>,
        draws: &Draws,
    ) -> u32 {
        let new = choose(view, draws);
        match self.0.compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => new,
            Err(other) if other < view.count() => other,
            Err(_) => new,
        }
    }
}

fn choose<F: Send + Sync>(view: &TopicView<F>, draws: &Draws) -> u32 {
    if let Some(chosen) = weighted(view, draws.draw()) {
        return chosen;
    }
    let count = view.count();
    let any = || below(draws.draw(), count);
    let chosen = (0..TRIES).map(|_| any()).find(|chosen| view.is_available(*chosen));
    chosen.unwrap_or_else(|| {
        let start = any();
        let mut others = (start..count).chain(0..start);
        others.find(|chosen| view.is_available(*chosen)).unwrap_or(start)
    })
}

/// By the weights, if there are any.
fn weighted<F>(view: &TopicView<F>, draw: u64) -> Option<u32> {
    let total = view.weights.last().copied().filter(|total| *total > 0)?;
    let mark = below(draw, total);
    let place = view.weights.partition_point(|sum| *sum <= mark);
    u32::try_from(place).ok().filter(|place| view.slot(*place).is_some())
}

/// A number below `end`, spread evenly: the high half of a product.
fn below(draw: u64, end: u32) -> u32 {
    let product = u128::from(draw).saturating_mul(u128::from(end));
    u32::try_from(product >> 64).unwrap_or(0)
}
