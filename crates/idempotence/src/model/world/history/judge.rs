//! The log against what callers were told.

use super::History;
use super::items::Told;
use crate::fate::Fate;
use crate::model::{Cluster, Produce, read_uncommitted};
use crate::names::ConnId;

/// Outputs of one input that a world of a few batches may see.
const MOST_OUTPUTS: u32 = 64;

impl History {
    /// A batch leaves the producer.
    pub(in super::super) fn sent(
        &mut self,
        (part, conn, node): (u32, ConnId, u32),
        produce: &Produce,
    ) {
        let items = &self.items;
        let is_told = |content| items.is_told(content);
        let (met, broken) = self.sent.leave((part, conn, node), produce, is_told);
        met.into_iter().for_each(|situation| self.met(situation));
        broken.into_iter().for_each(|law| self.violate(law));
        if self.items.is_told(produce.content) {
            self.violate("I9 a batch is sent whose caller was told");
        }
    }

    //= I12 outputs of one input are bounded
    pub(in super::super) fn count_outputs(&mut self, outputs: u32) {
        if outputs > MOST_OUTPUTS {
            self.violate("I12 outputs of one input are bounded");
        }
    }

    /// Holds every log against what was told.
    pub(in super::super) fn judge_log(&mut self, cluster: &Cluster) {
        for part in self.parts.clone() {
            let Some(log) = cluster.log(part) else { continue };
            let written = read_uncommitted(log);
            for law in self.judge(part, &written) {
                self.violate(law);
            }
        }
    }

    /// Every law that a log breaks.
    fn judge(&self, part: u32, written: &[u32]) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let mut sorted = written.to_vec();
        sorted.sort_unstable();
        //= I2 no record is there twice
        if !self.reckless && sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            broken.push("I2 a record stands in the log twice");
        }
        //= I3 records stand in the order in which they were handed in
        let hopeless = self.reckless || self.sent.is_unfenced(part);
        if !hopeless && sorted != written {
            broken.push("I3 records stand in another order than they were handed in");
        }
        for item in self.items.0.iter().filter(|item| item.part == part) {
            let told = (item.content..).zip(&item.told);
            broken
                .extend(told.filter_map(|(content, told)| lie(*told, written.contains(&content))));
        }
        broken
    }
}

/// The law that is broken if a record is in the log, or is not, and its caller was told that.
fn lie(told: Told, there: bool) -> Option<&'static str> {
    match told {
        //= I1 what was acknowledged is there
        Told::Acked if !there => Some("I1 an acknowledged record is missing"),
        Told::Failed(Fate::Written) if !there => Some("I1 a record called written is missing"),
        //= I4 what was called not written never is
        Told::Failed(Fate::NotWritten) if there => {
            Some("I4 a record that was called not written is there")
        }
        Told::Acked | Told::Failed(_) => None,
    }
}
