//! `klamm demo`: what the producer promises, shown on a cluster in this process.

mod audit;
mod capture;
mod frame;
mod heard;
mod play;
mod story;
mod walk;

use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::{Complaint, Word, told_apart};
use crate::help;

pub(crate) const USAGE: &str = "\
usage: klamm demo [options]

  --records N        how many records are sent (3000)
  --seconds S        over how long (4)
  --seed N           what the records are drawn from (1)

It needs no Kafka and no containers: a cluster of three brokers runs in this process. Records are
sent to it, and on the way an answer is lost and a broker is killed, so that the producer has to
send again what may be in the log already. Then the logs of the brokers are read: is every
acknowledged record there, once, and in order? At last one request is shown byte by byte.

It ends with 0 when the logs hold what was promised, with 1 when they do not, and with 2 when the
command line makes no sense.

  klamm demo --seconds 2
  klamm demo --records 50000 --seconds 6
  klamm demo --seed 7";

/// The most records: all that is sent is kept, to be looked at.
const MOST: u64 = 200_000;
/// The longest time.
const LONGEST: u64 = 60;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Options {
    records: u64,
    time: Duration,
    seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { records: 3000, time: Duration::from_secs(4), seed: 1 }
    }
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, Complaint> {
        let mut options = Self::default();
        for word in told_apart(words, &help::options(USAGE))? {
            match word {
                Word::Set("--records", value) => {
                    options.records = within("--records", value, 100..=MOST)?;
                }
                Word::Set("--seconds", value) => {
                    let seconds = within("--seconds", value, 1..=LONGEST)?;
                    options.time = Duration::from_secs(seconds);
                }
                Word::Set("--seed", value) => {
                    options.seed = within("--seed", value, 0..=u64::MAX)?;
                }
                Word::Set(word, _) | Word::Operand(word) => {
                    return Err(format!("`{word}` means nothing here"));
                }
            }
        }
        Ok(options)
    }
}

fn within(name: &str, value: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, Complaint> {
    let number = value.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        format!("{name} cannot be `{value}`: it is a number from {least} to {most}")
    })
}

pub(crate) fn run(words: &[&str]) -> ExitCode {
    let options = match Options::read(words) {
        Ok(options) => options,
        Err(complaint) => {
            let complaint = crate::doctor::clean(&complaint);
            eprintln!("klamm demo: {complaint}\n\nklamm help demo tells more.");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let played = match runtime {
        Ok(runtime) => runtime.block_on(play::play(options)),
        Err(error) => Err(error.to_string()),
    };
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("klamm demo: {}", crate::doctor::clean(&error));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_bounds() {
        let wanted = Options { records: 500, time: Duration::from_secs(1), seed: 9 };
        let words = ["--records", "500", "--seconds=1", "--seed", "9"];
        assert_eq!(Options::read(&words), Ok(wanted));
        assert_eq!(Options::read(&[]), Ok(Options::default()));
        let complaint = Options::read(&["--records", "7"]).unwrap_err();
        assert_eq!(complaint, "--records cannot be `7`: it is a number from 100 to 200000");
        assert!(Options::read(&["now"]).is_err());
    }
}
