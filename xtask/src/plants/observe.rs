//! What a run of a test or a model says, read from what it printed, and whether that is enough.

use std::collections::BTreeSet;
use std::fmt;

use super::header::{Catcher, Invariant, Probe, TestId};
use super::process::{Ended, Ran};

/// What the standard library says before it gives up for want of memory.
const OUT_OF_MEMORY: &str = "memory allocation of ";

/// What was seen of one test or model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Observation {
    /// It ran and found nothing.
    Passed,
    /// This very test ran and failed.
    Failed,
    /// The model ran and found these invariants violated.
    Violated(BTreeSet<Invariant>),
    /// There is nothing of this name, so nothing was run.
    DidNotRun,
    /// The first error of the compiler.
    DoesNotCompile(String),
    /// It was still running at its limit of time, or asked for memory without end.
    Endless,
    /// It ended in a way that proves nothing.
    Unclear(String),
}

/// What a build that failed says.
pub(super) fn of_failed_build(build: &Ran) -> Observation {
    let lines: Vec<&str> = build.stderr.lines().collect();
    let Some(at) = lines.iter().position(|line| line.starts_with("error")) else {
        return Observation::DoesNotCompile(last_line(build));
    };
    let place = lines.iter().skip(at).map(|line| line.trim()).find(|line| line.starts_with("-->"));
    let error = lines.get(at).into_iter().copied().chain(place).collect::<Vec<_>>().join(" ");
    Observation::DoesNotCompile(error)
}

/// What a run says of what was to be run.
pub(super) fn of(probe: &Probe, ran: &Ran) -> Observation {
    let is_starved = !ran.is_success() && ran.stderr.contains(OUT_OF_MEMORY);
    if ran.ended == Ended::TimedOut || is_starved {
        return Observation::Endless;
    }
    match probe {
        Probe::Test(test) => of_test(test, ran),
        Probe::Model(letter) => of_model(letter, ran),
    }
}

fn of_test(test: &TestId, ran: &Ran) -> Observation {
    let result = ran.stdout.lines().find_map(|line| result_of(&test.name, line));
    match (result, ran.is_success()) {
        (Some("ok"), true) => Observation::Passed,
        (Some("FAILED"), false) => Observation::Failed,
        (Some("ignored"), true) => Observation::DidNotRun,
        (None, true) => Observation::DidNotRun,
        _ => Observation::Unclear(last_line(ran)),
    }
}

/// The result in a line of the test harness, if the line is about the test of this name.
fn result_of<'a>(name: &str, line: &'a str) -> Option<&'a str> {
    let (shown, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let is_it = shown.strip_suffix(" - should panic").unwrap_or(shown) == name;
    is_it.then(|| result.split([',', ' ']).next()).flatten()
}

fn of_model(letter: &str, ran: &Ran) -> Observation {
    let violated: BTreeSet<Invariant> = ran.stdout.lines().filter_map(violation).collect();
    match (violated.is_empty(), ran.is_success()) {
        (false, false) => Observation::Violated(violated),
        (true, true) if ran.stdout.lines().any(|line| is_about(letter, line)) => {
            Observation::Passed
        }
        (true, true) => Observation::DidNotRun,
        (false, true) => Observation::Unclear("names a violation, but reports success".to_owned()),
        (true, false) => Observation::Unclear(last_line(ran)),
    }
}

/// The invariant in a line such as `VIOLATED I4 model A …`.
fn violation(line: &str) -> Option<Invariant> {
    let word = line.strip_prefix("VIOLATED ")?.split_whitespace().next()?;
    Invariant::parse(word.trim_end_matches([':', ',']))
}

/// Whether a line begins with the letter of the model or has it behind the word `model`.
fn is_about(letter: &str, line: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    words.first() == Some(&letter)
        || words.windows(2).any(|pair| {
            matches!(pair, [model, name] if model.eq_ignore_ascii_case("model") && *name == letter)
        })
}

/// The last thing that was said; of cargo's sentence about a program only how that ended.
fn last_line(ran: &Ran) -> String {
    let line = ran.stderr.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or("it printed no error");
    match line.rsplit_once("` (") {
        Some((command, end)) if command.starts_with("process didn't exit") => {
            end.trim_end_matches(')').to_owned()
        }
        Some(_) | None => line.to_owned(),
    }
}

/// Whether what was seen proves that the catcher caught the plant; if not, why.
pub(super) fn verdict(
    catcher: &Catcher,
    hangs: bool,
    observation: &Observation,
) -> Result<(), String> {
    let is_caught = match observation {
        Observation::Failed => true,
        Observation::Violated(found) => match catcher {
            Catcher::Test(_) => false,
            Catcher::Model { invariant, .. } => found.contains(invariant),
        },
        Observation::Endless => hangs,
        Observation::Passed
        | Observation::DidNotRun
        | Observation::DoesNotCompile(_)
        | Observation::Unclear(_) => false,
    };
    if is_caught { Ok(()) } else { Err(observation.to_string()) }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passes"),
            Self::Failed => f.write_str("fails"),
            Self::Violated(invariants) => {
                f.write_str("violates")?;
                invariants.iter().try_for_each(|invariant| write!(f, " {invariant}"))
            }
            Self::DidNotRun => f.write_str("did not run: there is nothing of this name"),
            Self::DoesNotCompile(error) => write!(f, "does not compile: {error}"),
            Self::Endless => f.write_str("does not end within its time and memory"),
            Self::Unclear(text) => write!(f, "ended without a clear result: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ran(code: i32, stdout: &str, stderr: &str) -> Ran {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Ran { ended: Ended::Code(Some(code)), taken: Duration::ZERO, stdout, stderr }
    }

    fn of_a_test(code: i32, stdout: &str) -> Observation {
        let test = TestId { target: Some("partition".to_owned()), name: "a_retry".to_owned() };
        of(&Probe::Test(test), &ran(code, stdout, "error: test failed"))
    }

    fn of_a_model(code: i32, stdout: &str) -> Observation {
        of(&Probe::Model("A"), &ran(code, stdout, "thread 'main' panicked\n\n"))
    }

    fn violated(invariants: &[&str]) -> Observation {
        Observation::Violated(invariants.iter().filter_map(|text| Invariant::parse(text)).collect())
    }

    #[test]
    fn a_test_fails_only_if_its_own_line_says_so() {
        let failed = "running 1 test\ntest a_retry ... FAILED\n\nfailures:\n";
        assert_eq!(of_a_test(101, failed), Observation::Failed);
        assert_eq!(of_a_test(101, "test a_retry - should panic ... FAILED\n"), Observation::Failed);
        for other in ["test a_retry_twice ... FAILED\n", "test a::a_retry ... FAILED\n", ""] {
            let unclear = Observation::Unclear("error: test failed".to_owned());
            assert_eq!(of_a_test(101, other), unclear, "{other}");
        }
    }

    #[test]
    fn a_test_that_passes_or_is_not_there_is_told_apart() {
        assert_eq!(of_a_test(0, "test a_retry ... ok\n"), Observation::Passed);
        assert_eq!(of_a_test(0, "running 0 tests\n"), Observation::DidNotRun);
        assert_eq!(of_a_test(0, "test a_retry ... ignored, slow\n"), Observation::DidNotRun);
    }

    #[test]
    fn a_program_that_dies_shows_how() {
        let stderr =
            "Caused by:\n  process didn't exit successfully: `a (b)` (signal: 6, SIGABRT)\n";
        let seen = of(&Probe::Model("A"), &ran(101, "", stderr));
        assert_eq!(seen, Observation::Unclear("signal: 6, SIGABRT".to_owned()));
    }

    #[test]
    fn a_result_that_the_exit_code_contradicts_is_unclear() {
        let contradictions = [(0, "test a_retry ... FAILED\n"), (101, "test a_retry ... ok\n")];
        for (code, stdout) in contradictions {
            assert!(matches!(of_a_test(code, stdout), Observation::Unclear(_)), "{stdout}");
        }
    }

    #[test]
    fn a_model_names_what_it_found_violated() {
        let stdout = "model A 91 states\nVIOLATED I10 model A: two\nVIOLATED I4 model A after 7\n";
        assert_eq!(of_a_model(1, stdout), violated(&["I4", "I10"]));
        assert_eq!(of_a_model(1, "VIOLATED I4: acked\n"), violated(&["I4"]));
    }

    #[test]
    fn a_model_passes_only_if_it_was_run() {
        for line in ["model A: 91 states", "A  91 states", "Model A, depth 7"] {
            assert_eq!(of_a_model(0, line), Observation::Passed, "{line}");
        }
        for line in ["", "no model was run", "model B: 91 states", "model AB"] {
            assert_eq!(of_a_model(0, line), Observation::DidNotRun, "{line}");
        }
    }

    #[test]
    fn a_model_that_breaks_off_proves_nothing() {
        let panicked = Observation::Unclear("thread 'main' panicked".to_owned());
        assert_eq!(of_a_model(101, "model A\nnot VIOLATED I4\nVIOLATED many\n"), panicked);
        assert!(matches!(of_a_model(0, "VIOLATED I4 model A\n"), Observation::Unclear(_)));
    }

    #[test]
    fn time_and_memory_without_end_are_the_same() {
        let mut endless = ran(0, "test a_retry ... FAILED\nVIOLATED I4\n", "");
        endless.ended = Ended::TimedOut;
        assert_eq!(of(&Probe::Model("A"), &endless), Observation::Endless);
        let starved = ran(101, "model A", "memory allocation of 1048576 bytes failed\n");
        assert_eq!(of(&Probe::Model("A"), &starved), Observation::Endless);
    }

    #[test]
    fn a_failed_build_tells_its_first_error_and_the_place() {
        let stderr = "warning: unused\n --> src/a.rs:1:1\nerror[E0308]: mismatched types\n  \
            --> src/b.rs:2:5\nerror: could not compile `x`\n";
        let told = "error[E0308]: mismatched types --> src/b.rs:2:5".to_owned();
        assert_eq!(of_failed_build(&ran(101, "", stderr)), Observation::DoesNotCompile(told));
        let told = "it printed no error".to_owned();
        assert_eq!(of_failed_build(&ran(101, "", "")), Observation::DoesNotCompile(told));
    }

    #[test]
    fn only_the_named_catcher_catches() {
        let test = Catcher::Test(TestId { target: None, name: "a_retry".to_owned() });
        let invariant = Invariant::parse("I4").unwrap();
        let model = Catcher::Model { letter: "A", invariant };
        let refused = |catcher, seen: &Observation| verdict(catcher, false, seen).unwrap_err();
        assert_eq!(verdict(&test, false, &Observation::Failed), Ok(()));
        assert_eq!(verdict(&model, false, &violated(&["I2", "I4"])), Ok(()));
        assert_eq!(refused(&model, &violated(&["I2", "I3"])), "violates I2 I3");
        assert_eq!(refused(&test, &Observation::Passed), "passes");
        for seen in [
            Observation::DidNotRun,
            Observation::DoesNotCompile("error".to_owned()),
            Observation::Unclear("signal: 6".to_owned()),
        ] {
            assert!(verdict(&test, true, &seen).is_err(), "{seen}");
        }
    }

    #[test]
    fn to_hang_is_to_be_caught_where_the_patch_says_so() {
        let test = Catcher::Test(TestId { target: None, name: "a_retry".to_owned() });
        assert_eq!(verdict(&test, true, &Observation::Endless), Ok(()));
        let refused = verdict(&test, false, &Observation::Endless).unwrap_err();
        assert_eq!(refused, "does not end within its time and memory");
    }
}
