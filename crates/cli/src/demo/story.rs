//! What is told while the demonstration runs, and after it.

use std::fmt;
use std::io::Write as _;

use klamm_wire::NodeId;
use tokio::time::Instant;

use super::audit::Verdict;
use super::heard::Repeat;

/// The most batches that are told of one by one.
const TOLD: usize = 5;

/// Tells lines, with the time that has passed.
pub(super) struct Story {
    begun: Instant,
    told: usize,
    /// Batches that were sent again, and their records.
    pub(super) batches: u64,
    pub(super) records: u64,
    /// Batches that came again with other bytes: a promise of the producer is broken.
    pub(super) altered: u64,
}

impl Story {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), told: 0, batches: 0, records: 0, altered: 0 }
    }

    /// Something happened just now.
    pub(super) fn tell(&self, what: impl fmt::Display) {
        say(format_args!("{:>5.1} s  {what}", self.begun.elapsed().as_secs_f64()));
    }

    /// These batches were sent again.
    pub(super) fn again(&mut self, repeats: &[Repeat]) {
        for Repeat { stamp, records, is_same } in repeats {
            self.batches = self.batches.saturating_add(1);
            let records = u64::try_from(*records).unwrap_or(0);
            self.records = self.records.saturating_add(records);
            self.altered = self.altered.saturating_add(u64::from(!is_same));
            self.told = self.told.saturating_add(1);
            let (partition, sequence) = (stamp.partition, stamp.sequence);
            if self.told <= TOLD {
                let bytes = if *is_same { "the same bytes" } else { "OTHER bytes" };
                let records = counted(records, "record", "records");
                self.tell(format_args!(
                    "  sent again: partition {partition}, sequence {sequence}, {records}, {bytes}"
                ));
            } else if self.told == TOLD + 1 {
                self.tell("  and more, which the end counts");
            }
        }
    }
}

/// So many of something.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A line on standard output, for somebody who may have gone.
pub(super) fn say(line: impl fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The table of partitions, and its sum.
pub(super) fn table(rows: &[(Option<NodeId>, Verdict)], sum: Verdict) {
    let head = ["partition", "leader", "acknowledged", "in the log", "duplicates", "lost", "order"];
    let [partition, leader, acked, logged, duplicates, lost, order] = head;
    say(format_args!(
        "  {partition:<9}  {leader:>6}  {acked:>12}  {logged:>10}  {duplicates:>10}  {lost:>4}  \
         {order}"
    ));
    for (at, (leader, verdict)) in rows.iter().enumerate() {
        let leader = leader.map_or_else(|| "none".to_owned(), |node| node.0.to_string());
        row(&at.to_string(), &leader, *verdict);
    }
    row("all", "", sum);
}

fn row(name: &str, leader: &str, verdict: Verdict) {
    let Verdict { acked, logged, duplicates, lost, is_ordered } = verdict;
    let order = if is_ordered { "kept" } else { "BROKEN" };
    say(format_args!(
        "  {name:<9}  {leader:>6}  {acked:>12}  {logged:>10}  {duplicates:>10}  {lost:>4}  {order}"
    ));
}

/// What a newcomer may do next.
pub(super) fn farewell() {
    say("\nTry next, in two terminals:");
    say("  klamm mock --topics orders:3 --port 9092       a cluster for your own programs");
    say("  echo hello | klamm produce orders -b localhost:9092");
    say("  klamm bench orders -b localhost:9092           how fast it is here");
    say("  klamm doctor -b YOUR-BROKER:9092               what stands between you and a real one");
}
