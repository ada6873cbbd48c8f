//! `klamm produce` with files: one that is large, and one with a line that is broken.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::cell::Lines;
use super::row::{Figures, tail};
use super::trial::{Bench, Ended, remove};
use crate::kafka::process::Process;

/// Letters of a line, without its end.
const LENGTH: usize = 100;

/// One gibibyte of lines with their ends.
const MANY: u64 = (1 << 30) / (LENGTH as u64 + 1);

/// Lines of JSON, of which the one in the middle is broken.
const FEW: u64 = 100_000;
const BROKEN: u64 = FEW / 2;

/// What a process may take while it sends any number of lines, in kibibytes.
const MEMORY_MAX: u64 = 128 * 1024;

/// How often a process is asked for its memory.
const PAUSE: Duration = Duration::from_millis(20);

/// Sends a file and has the judge count.
pub(super) fn judge(
    bench: &mut Bench<'_>,
    kind: Lines,
    topic: &str,
    figures: &mut Figures,
) -> Result<(), String> {
    let file = bench.file(topic, "lines");
    write(&file, kind).map_err(|error| format!("{}: {error}", file.display()))?;
    let sent = send(bench, kind, topic, &file, figures);
    remove(&file);
    let sent = sent?;
    let seconds = sent.took.as_secs().max(1);
    let count = match kind {
        Lines::Many => MANY,
        Lines::Broken => FEW,
    };
    figures.set("per_second", count / seconds);
    let broken = if kind == Lines::Broken { BROKEN.to_string() } else { "-1".to_owned() };
    let (count, length) = (count.to_string(), LENGTH.to_string());
    let found = bench.ask_judge(topic, &["lines", "{}", topic, &count, &broken, &length])?;
    figures.merge(Figures::read(&found.printed).unwrap_or_default());
    let said = [tail("judge", &found.printed), tail("klamm", &sent.printed)].join("\n");
    let complain = |what: String| Err(format!("{what}\n{said}"));
    if found.code != Some(0) {
        return complain(format!("the judge ended with {:?}", found.code));
    }
    if figures.get("memory_kib") > MEMORY_MAX {
        return complain(format!("it took more than {MEMORY_MAX} KiB"));
    }
    judge_ending(kind, &sent).or_else(complain)
}

/// How the command must end, and what it must have said.
fn judge_ending(kind: Lines, sent: &Ended) -> Result<(), String> {
    let (code, wanted) = match kind {
        Lines::Many => (Some(0), "\"progress\"".to_owned()),
        // Lines count from one for people.
        Lines::Broken => (Some(1), format!(".lines:{}", BROKEN + 1)),
    };
    if sent.code != code {
        return Err(format!("klamm ended with {:?} and not with {code:?}", sent.code));
    }
    if !sent.printed.contains(&wanted) {
        return Err(format!("klamm does not say `{wanted}`"));
    }
    Ok(())
}

fn send(
    bench: &mut Bench<'_>,
    kind: Lines,
    topic: &str,
    file: &Path,
    figures: &mut Figures,
) -> Result<Ended, String> {
    let address = bench.cluster.layout().addresses(|ports| ports.plain);
    let file = file.display().to_string();
    let mut words = vec!["produce", topic, &file, "-b", &address, "--progress", "json"];
    if kind == Lines::Broken {
        words.extend(["--input", "json"]);
    }
    let klamm = bench.programs.klamm.clone().ok_or("klamm is not there")?;
    let log = bench.file(topic, "klamm.log");
    let mut process = bench.start("klamm produce", &klamm, &words, &log)?;
    let memory = watched(&process);
    let limit = bench.limit() + Duration::from_secs(600);
    let ended = bench.finish(&mut process, limit)?;
    figures.set("memory_kib", memory.join().unwrap_or_default());
    Ok(ended)
}

/// The most memory that a process has taken, asked until it is gone; 0 where nobody knows.
fn watched(process: &Process) -> thread::JoinHandle<u64> {
    let status = format!("/proc/{}/status", process.id());
    thread::spawn(move || {
        let mut most = 0;
        while let Some(now) = fs::read_to_string(&status).ok().and_then(|text| peak(&text)) {
            most = most.max(now);
            thread::sleep(PAUSE);
        }
        most
    })
}

/// The kibibytes of `VmHWM`, which a process that has ended does not have.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn write(path: &Path, kind: Lines) -> std::io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    match kind {
        Lines::Many => (0..MANY).try_for_each(|number| {
            file.write_all(&line(number))?;
            file.write_all(b"\n")
        })?,
        Lines::Broken => (0..FEW).try_for_each(|number| {
            let text = String::from_utf8_lossy(&line(number)).into_owned();
            let end = if number == BROKEN { "" } else { "}" };
            writeln!(file, "{{\"key\":\"k{number}\",\"value\":\"{text}\"{end}")
        })?,
    }
    file.flush()
}

/// A number, and letters that follow from it; the judge knows the rule.
fn line(number: u64) -> [u8; LENGTH] {
    let letter = b'a' + u8::try_from(number % 26).unwrap_or_default();
    let mut line = [letter; LENGTH];
    let mut rest = number;
    for digit in line.iter_mut().take(10).rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_number_and_a_letter() {
        let line = line(27);
        assert_eq!(&line[..12], b"0000000027bb");
        assert_eq!(line.len(), LENGTH);
    }

    #[test]
    fn the_peak_of_memory_is_read() {
        assert_eq!(peak("VmPeak:\t 9 kB\nVmHWM:\t  1234 kB\n"), Some(1234));
        assert_eq!(peak("State:\tZ (zombie)\n"), None);
    }

    #[test]
    fn a_broken_line_must_be_named() {
        let ended = |code, printed: &str| Ended {
            code: Some(code),
            printed: printed.to_owned(),
            took: Duration::ZERO,
        };
        assert!(judge_ending(Lines::Broken, &ended(1, "row-1.lines:50001: no JSON")).is_ok());
        assert!(judge_ending(Lines::Broken, &ended(1, "one failed")).is_err());
        assert!(judge_ending(Lines::Broken, &ended(0, "row-1.lines:50001: no JSON")).is_err());
    }
}
