//! How much processor time this process has used.

use std::time::Duration;

/// What Linux counts this time in, for programs: hundredths of a second on every machine.
const TICK: Duration = Duration::from_millis(10);

/// Of this process, in user mode and in the kernel; nothing where nobody tells.
pub(super) fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    parsed(&text)
}

fn parsed(text: &str) -> Option<Duration> {
    // The name before it stands in brackets and may hold anything, brackets included.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let ticks = u32::try_from(user.checked_add(system)?).ok()?;
    TICK.checked_mul(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_found_behind_any_name() {
        let text = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1";
        assert_eq!(parsed(text), Some(Duration::from_secs(2)));
        assert_eq!(parsed("7 (a) S 1 2"), None);
        assert_eq!(parsed(""), None);
    }
}
