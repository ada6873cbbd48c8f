//! Wall time and processor time of a piece of work, child processes included.

use std::fmt;
use std::time::{Duration, Instant};

/// A running measurement.
pub(super) struct Stopwatch {
    began: Instant,
    cpu: Option<f64>,
}

/// What a piece of work took; the processor time is known where the system tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Taken {
    pub(super) wall: Duration,
    pub(super) cpu_seconds: Option<f64>,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), cpu: cpu_seconds() }
    }

    pub(super) fn stop(&self) -> Taken {
        let cpu_seconds = cpu_seconds().zip(self.cpu).map(|(now, before)| now - before);
        Taken { wall: self.began.elapsed(), cpu_seconds }
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8.1} s wall", self.wall.as_secs_f64())?;
        match self.cpu_seconds {
            Some(cpu) => write!(f, " {cpu:8.1} CPU-s"),
            None => write!(f, "   CPU time unknown"),
        }
    }
}

/// Seconds of processor time of this process and of the children it has waited for.
fn cpu_seconds() -> Option<f64> {
    parse_stat(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Adds up `utime`, `stime`, `cutime` and `cstime`, counted in hundredths of a second by Linux.
///
/// The name of the program may hold blanks and brackets, so counting starts after the last one.
fn parse_stat(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let times: Vec<f64> =
        after_name.split_whitespace().skip(11).take(4).filter_map(|t| t.parse().ok()).collect();
    (times.len() == 4).then(|| times.iter().sum::<f64>() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_waited_for_processor_time_are_added() {
        let stat = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 100 50 2000 350 20 0";
        assert_eq!(parse_stat(stat), Some(25.0));
    }

    #[test]
    fn a_system_that_tells_no_times_gives_none() {
        assert_eq!(parse_stat("nothing of the kind"), None);
        assert_eq!(parse_stat("7 (a) S 1 2"), None);
    }
}
