//! What the system says that this process has used, and sides that are processes of their own.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The processor's time of all threads of this process, those that have ended included.
#[must_use]
pub fn processor_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}

/// The most memory that was ever resident at once, in bytes.
#[must_use]
pub fn peak_resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// The processor's time of all children that have ended and been waited for.
#[must_use]
pub fn children_time() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before it stands in brackets and may hold anything, brackets included.
    let fields = text.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(13).take(2);
    let ticks: u32 = ticks.filter_map(|field| field.parse::<u32>().ok()).sum();
    // What Linux counts this time in, for programs.
    Duration::from_millis(10) * ticks
}

/// Gives the processor away for so long, or for less: whoever waits for something looks again.
pub fn nap(time: Duration) {
    thread::park_timeout(time);
}

/// Counts time from its making on.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    began: Instant,
    processor: Duration,
}

impl Meter {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), processor: processor_time() }
    }

    /// What has passed: the processor's time and that of the wall.
    #[must_use]
    pub fn stop(self) -> (Duration, Duration) {
        (processor_time() - self.processor, self.began.elapsed())
    }
}

/// Runs this program again with these arguments: what it says.
///
/// # Errors
/// When it fails; its errors have been printed.
pub fn rerun(arguments: &[String]) -> Result<String, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let run = Command::new(this).args(arguments).stderr(Stdio::inherit()).output();
    let run = run.map_err(|error| error.to_string())?;
    if !run.status.success() {
        return Err(format!("{arguments:?} ended with {}", run.status));
    }
    String::from_utf8(run.stdout).map_err(|error| error.to_string())
}
