//! What stands in the logs, and what readers of committed data get, against what was told.

use super::super::app::GROUP;
use super::{History, Told};
use crate::fate::Fate;
use crate::model::{Cluster, Coordinator, Reach, TxnState, read_committed, read_uncommitted};

impl History {
    /// Holds the logs against what was told. What is decided counts as visible, since nothing can
    /// keep its markers from being written.
    pub(in super::super) fn judge(&mut self, cluster: &Cluster, coordinator: &Coordinator) {
        let is_decided =
            matches!(coordinator.state(), Some(TxnState::PrepareCommit | TxnState::PrepareAbort));
        let judged = if is_decided {
            let (mut cluster, mut coordinator) = (cluster.clone(), coordinator.clone());
            coordinator.complete(&mut cluster);
            self.judge_decided(&cluster, &coordinator)
        } else {
            self.judge_decided(cluster, coordinator)
        };
        if let Err(law) = judged {
            self.violate(law);
        }
    }

    fn judge_decided(
        &mut self,
        cluster: &Cluster,
        coordinator: &Coordinator,
    ) -> Result<(), &'static str> {
        let mut visible = Vec::new();
        let mut parts: Vec<u32> = self.items.iter().map(|item| item.part).collect();
        parts.sort_unstable();
        parts.dedup();
        for part in parts {
            let Some(log) = cluster.log(part) else { continue };
            self.judge_log(part, &read_uncommitted(log))?;
            visible.extend(read_committed(log, Reach::End));
        }
        let offset = coordinator.offsets().committed(GROUP.0);
        if let Some(of) = offset.and_then(|value| usize::try_from(value).ok()) {
            self.txn_mut(of, |txn| txn.offsets.seen = true);
        }
        self.judge_atomicity(&visible)
    }

    fn judge_log(&self, part: u32, written: &[u32]) -> Result<(), &'static str> {
        let pairs = || written.windows(2);
        //= I2 no record is there twice
        if pairs().any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err("I2 a record stands in the log twice");
        }
        //= I3 records stand in the order in which they were handed in
        if pairs().any(|pair| matches!(pair, [a, b] if a > b)) {
            return Err("I3 records stand in another order than they were handed in");
        }
        for (content, item) in (0u32..).zip(&self.items).filter(|(_, item)| item.part == part) {
            let there = written.contains(&content);
            match item.told {
                //= I1 what was acknowledged is there
                Some(Told::Acked | Told::Failed(Fate::Written)) if !there => {
                    return Err("I1 an acknowledged record is missing");
                }
                //= I4 what was called not written never is
                Some(Told::Failed(Fate::NotWritten)) if there => {
                    return Err("I4 a record that was called not written is there");
                }
                Some(Told::Acked | Told::Failed(_)) | None => {}
            }
        }
        Ok(())
    }

    //= I14 all if the commit was acknowledged, none if the abort was, one of both if neither
    fn judge_atomicity(&self, visible: &[u32]) -> Result<(), &'static str> {
        for (at, txn) in self.txns.iter().enumerate() {
            let items = (0u32..).zip(&self.items).filter(|(_, item)| item.txn == at);
            let mut seen: Vec<bool> =
                items.map(|(content, _)| visible.contains(&content)).collect();
            seen.extend(txn.offsets.wanted.then_some(txn.offsets.seen));
            let (all, any) = (seen.iter().all(|one| *one), seen.iter().any(|one| *one));
            match txn.result {
                Some(true) if !all => return Err("I14 part of a committed transaction is missing"),
                Some(false) if any => return Err("I14 part of an aborted transaction is visible"),
                None if any && !all => return Err("I14 a transaction is visible in part"),
                Some(_) | None => {}
            }
        }
        Ok(())
    }
}
