//! What a person types.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use crate::case::{Case, Verdict};
use crate::cases;
use crate::compare;
use crate::exceptions;
use crate::normalise::now_millis;
use crate::pattern::matches;
use crate::report;
use crate::runner::{self, Report};
use crate::target::Target;

const USAGE: &str = "\
usage: klamm-conformance run --bootstrap HOST:PORT[,...] --out FILE.jsonl
           [--sasl-bootstrap HOST:PORT[,...]] [--sasl-user NAME] [--sasl-password TEXT]
           [--case GLOB]... [--seed N] [--jobs N] [--slow yes]
       klamm-conformance list
       klamm-conformance show ID
       klamm-conformance compare --left A --right B --exceptions FILE --table OUT";

/// Something was found.
const FOUND: u8 = 1;
/// Nothing could be done.
const UNUSABLE: u8 = 2;

/// Runs a command; the exit code is 0 when all is well, 1 when something was found, and 2 when
/// nothing could be done.
#[must_use]
pub fn main(arguments: &[String]) -> ExitCode {
    let done = match arguments.split_first() {
        Some((command, rest)) => match command.as_str() {
            "run" => options(rest).and_then(|options| run(&options)),
            "list" if rest.is_empty() => Ok((list(), 0)),
            "show" => show(rest),
            "compare" => options(rest).and_then(|options| compare_files(&options)),
            _ => Err(USAGE.to_owned()),
        },
        None => Err(USAGE.to_owned()),
    };
    let (text, code) = done.unwrap_or_else(|error| {
        eprintln!("{error}");
        (String::new(), UNUSABLE)
    });
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(UNUSABLE),
    }
}

type Done = Result<(String, u8), String>;
type Options = Vec<(String, String)>;

/// Pairs of `--name value`.
fn options(arguments: &[String]) -> Result<Options, String> {
    let (pairs, odd) = arguments.as_chunks::<2>();
    let named = |[name, value]: &[String; 2]| {
        name.strip_prefix("--").map(|name| (name.to_owned(), value.clone()))
    };
    let options: Option<Options> = pairs.iter().map(named).collect();
    options.filter(|_| odd.is_empty()).ok_or_else(|| USAGE.to_owned())
}

fn find<'o>(options: &'o Options, name: &str) -> Option<&'o str> {
    options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn need<'o>(options: &'o Options, name: &str) -> Result<&'o str, String> {
    find(options, name).ok_or_else(|| format!("--{name} is missing\n{USAGE}"))
}

fn number(options: &Options, name: &str, default: u64) -> Result<u64, String> {
    let wrong = |_| format!("--{name} takes a number");
    find(options, name).map_or(Ok(default), |value| value.parse().map_err(wrong))
}

fn addresses(value: Option<&str>) -> Vec<String> {
    value.into_iter().flat_map(|value| value.split(',')).map(str::to_owned).collect()
}

fn run(options: &Options) -> Done {
    let mut target = Target {
        bootstrap: addresses(Some(need(options, "bootstrap")?)),
        sasl: addresses(find(options, "sasl-bootstrap")),
        user: find(options, "sasl-user").unwrap_or("alice").to_owned(),
        password: find(options, "sasl-password").unwrap_or("alice-secret").to_owned(),
        slow: find(options, "slow") == Some("yes"),
        ..Target::default()
    };
    let out = need(options, "out")?;
    let seed = number(options, "seed", now_millis().unsigned_abs())?;
    let jobs = usize::try_from(number(options, "jobs", 1)?).unwrap_or(1);
    let globs: Vec<&str> =
        options.iter().filter(|(name, _)| name == "case").map(|(_, glob)| glob.as_str()).collect();
    let chosen: Vec<&'static Case> = cases::all()
        .filter(|case| globs.is_empty() || globs.iter().any(|glob| matches(glob, case.id)))
        .collect();
    target.learn().map_err(|stop| format!("{}: {stop:?}", target.bootstrap.join(",")))?;
    let begun = Instant::now();
    let target = Arc::new(target);
    let reports = runner::run_all(&target, &chosen, seed, jobs, &tell);
    let lines = report::to_lines(&target.bootstrap, seed, &reports);
    std::fs::write(out, lines).map_err(|error| format!("{out}: {error}"))?;
    Ok((summary(&reports, begun), code_of(&reports)))
}

/// One line for each case, as it ends.
fn tell(report: &Report) {
    let mut text = format!("{} {}", report.case.id, report.verdict);
    for detail in &report.details {
        // Writing to a string does not fail.
        let _ = write!(text, "\n    {detail}");
    }
    eprintln!("{text}");
}

fn summary(reports: &[Report], begun: Instant) -> String {
    let count = |is: fn(&Verdict) -> bool| reports.iter().filter(|r| is(&r.verdict)).count();
    format!(
        "{} cases: {} pass, {} fail, {} differ, {} hang, {} skipped, {} info; {} s\n",
        reports.len(),
        count(|verdict| *verdict == Verdict::Pass),
        count(|verdict| *verdict == Verdict::Fail),
        count(|verdict| matches!(verdict, Verdict::Differs(_))),
        count(|verdict| *verdict == Verdict::Hang),
        count(|verdict| matches!(verdict, Verdict::Skipped(_))),
        count(|verdict| *verdict == Verdict::Info),
        begun.elapsed().as_secs(),
    )
}

fn code_of(reports: &[Report]) -> u8 {
    let bad = |report: &Report| matches!(report.verdict, Verdict::Fail | Verdict::Hang);
    if reports.iter().any(bad) { FOUND } else { 0 }
}

fn list() -> String {
    let mut out = String::new();
    for case in cases::all() {
        let needs: Vec<String> = case.needs.iter().map(ToString::to_string).collect();
        let needs =
            if needs.is_empty() { String::new() } else { format!(" [{}]", needs.join(", ")) };
        let _ = writeln!(out, "{:<7} {} {}{needs}", case.id, case.level.letter(), case.title);
    }
    for (id, reason) in cases::not_run::NOT_RUN {
        let _ = writeln!(out, "{id:<7} - not run: {reason}");
    }
    out
}

fn show(arguments: &[String]) -> Done {
    let [id] = arguments else { return Err(USAGE.to_owned()) };
    let case = cases::all().find(|case| case.id == id);
    let Some(Case { id, level, title, rule, sources, needs, .. }) = case else {
        let known = cases::not_run::NOT_RUN.iter().find(|(known, _)| known == id);
        let reason = known.map(|(_, reason)| format!("{id} is not run: {reason}"));
        return Err(reason.unwrap_or_else(|| format!("there is no case {id}")));
    };
    let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
    let (level, sources, needs) = (level.letter(), sources.join(", "), needs.join(", "));
    let text = format!("{id} ({level}): {title}\n\n{rule}\n\nsources: {sources}\nneeds: {needs}\n");
    Ok((text, 0))
}

fn compare_files(options: &Options) -> Done {
    let read = |name: &str| {
        let path = need(options, name)?;
        std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
    };
    let left = compare::parse(&read("left")?)?;
    let right = compare::parse(&read("right")?)?;
    let exceptions = exceptions::parse(&read("exceptions")?)?;
    let result = compare::compare(&left, &right, &exceptions);
    let out = need(options, "table")?;
    std::fs::write(out, result.table(&exceptions)).map_err(|error| format!("{out}: {error}"))?;
    let mut text = String::new();
    for difference in result.differences.iter().filter(|found| found.excepted.is_none()) {
        let compare::Difference { case, step, field, left, right, .. } = difference;
        let _ = writeln!(text, "{case} {step} {field}: {left} | {right}");
    }
    for unused in &result.unused {
        let _ = writeln!(text, "line {} covers nothing: {}", unused.line, unused.text());
    }
    let _ = writeln!(text, "{}", result.totals());
    let is_well = result.different().is_empty() && result.unused.is_empty();
    Ok((text, if is_well { 0 } else { FOUND }))
}
