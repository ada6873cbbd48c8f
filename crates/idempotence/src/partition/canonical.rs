//! A partition's part in being counted by models.

use super::Partition;
use super::batch::{Owed, Stage, Story};
use super::flow::Flow;
use crate::canonical::{Naming, Rename};

impl Rename for Partition {
    fn rename(&mut self, naming: &Naming<'_>) {
        for queued in &mut self.queue {
            queued.owed.rename(naming);
            queued.story.rename(naming);
        }
        for stamped in &mut self.unresolved {
            stamped.owed.rename(naming);
            stamped.story.rename(naming);
            if let Stage::Out(attempt) = &mut stamped.stage {
                attempt.rename(naming);
            }
        }
        for detached in &mut self.detached {
            detached.rename(naming);
        }
        if let Flow::Open { idle_at } = &mut self.flow {
            idle_at.rename(naming);
        }
        self.route.rename(naming);
    }
}

impl Rename for Owed {
    fn rename(&mut self, naming: &Naming<'_>) {
        self.deadline.rename(naming);
    }
}

impl Rename for Story {
    fn rename(&mut self, naming: &Naming<'_>) {
        self.not_before.rename(naming);
        self.grace.rename(naming);
        // Models use waits that do not grow, so that their number decides nothing.
        self.tries = 0;
    }
}
