//! The partitions, and the one list of when time means something to any of them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use klamm_wire::Time;

use crate::names::Part;
use crate::partition::Partition;
use crate::settings::Settings;

/// Every partition that was ever named, with its next wake.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Slots {
    slots: BTreeMap<Part, Slot>,
    wakes: Wakes,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Slot {
    partition: Partition,
    /// Its entry in the list.
    armed: Option<Time>,
}

/// The wakes of all partitions, in order.
///
/// Deadlines mostly go in at the end and come out near the front, where a ring moves next to
/// nothing; and unlike a tree it keeps its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Wakes(VecDeque<(Time, Part)>);

impl Wakes {
    fn insert(&mut self, wake: (Time, Part)) {
        if let Err(at) = self.0.binary_search(&wake) {
            self.0.insert(at, wake);
        }
    }

    fn remove(&mut self, wake: (Time, Part)) {
        if let Ok(at) = self.0.binary_search(&wake) {
            self.0.remove(at);
        }
    }
}

impl Slots {
    /// Lets a partition act, which exists from then on, and notes when it wants to be woken.
    pub(super) fn with(
        &mut self,
        part: Part,
        (now, settings): (Time, &Settings),
        act: impl FnOnce(&mut Partition),
    ) {
        let slot = self.slots.entry(part).or_default();
        act(&mut slot.partition);
        let wake = slot.partition.next_wake(now, settings);
        if wake != slot.armed {
            slot.armed.iter().for_each(|armed| self.wakes.remove((*armed, part)));
            wake.iter().for_each(|wake| self.wakes.insert((*wake, part)));
            slot.armed = wake;
        }
    }

    pub(super) fn get(&self, part: Part) -> Option<&Partition> {
        self.slots.get(&part).map(|slot| &slot.partition)
    }

    pub(super) fn next_wake(&self) -> Option<Time> {
        self.wakes.0.front().map(|(wake, _)| *wake)
    }

    /// The partitions whose time has come.
    pub(super) fn due(&self, now: Time) -> Vec<Part> {
        self.wakes.0.iter().take_while(|(wake, _)| *wake <= now).map(|(_, part)| *part).collect()
    }

    /// Every partition, for models to rename.
    #[cfg(feature = "model")]
    pub(super) fn partitions_mut(&mut self) -> impl Iterator<Item = &mut Partition> {
        self.slots.values_mut().map(|slot| &mut slot.partition)
    }

    /// Drops what is derived from the partitions.
    #[cfg(feature = "model")]
    pub(super) fn forget_wakes(&mut self) {
        self.wakes.0.clear();
        for slot in self.slots.values_mut() {
            slot.armed = None;
        }
    }

    pub(super) fn first(&self) -> Option<Part> {
        self.slots.first_key_value().map(|(part, _)| *part)
    }

    pub(super) fn after(&self, part: Part) -> Option<Part> {
        let behind = (Bound::Excluded(part), Bound::Unbounded);
        self.slots.range(behind).next().map(|(part, _)| *part)
    }
}
