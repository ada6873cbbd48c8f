//! Judges many lines at once, on as many threads as the machine runs at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::line::{self, Outcome};

/// Judges lines; the outcomes are in their order.
pub(crate) fn replay(lines: &[&[u8]]) -> Vec<Outcome> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (sender, receiver) = mpsc::channel();
    // Lines differ in length by a factor of thousands: each thread takes the next one.
    let next = AtomicUsize::new(0);
    let work = |sender: mpsc::Sender<(usize, Outcome)>| {
        while let Some((index, line)) = take(lines, &next) {
            if sender.send((index, line::judge(line))).is_err() {
                return;
            }
        }
    };
    let mut outcomes: Vec<(usize, Outcome)> = thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(|| work(sender));
        }
        drop(sender);
        receiver.into_iter().collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn take<'a>(lines: &[&'a [u8]], next: &AtomicUsize) -> Option<(usize, &'a [u8])> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    lines.get(index).map(|line| (index, *line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_in_the_order_of_the_lines() {
        let texts: Vec<String> =
            (0..100).map(|n| format!("{{\"frame\":1,\"message\":\"{n}\"}}")).collect();
        let lines: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let outcomes = replay(&lines);
        assert_eq!(outcomes.len(), 100);
        for (index, outcome) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome.subject.message, Some(index.to_string()));
        }
    }
}
