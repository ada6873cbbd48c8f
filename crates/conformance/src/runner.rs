//! Holds cases, some at the same time, and looks after each whether the broker still serves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use klamm_protocol::api_versions::ApiVersionsRequest;

use crate::case::{Case, Need, Outcome, Stop, Verdict};
use crate::conn::{Conn, PATIENCE};
use crate::notes::Step;
use crate::requests::{self, TOP_CODE};
use crate::run::Run;
use crate::target::Target;

/// What became of one case.
#[derive(Clone, Debug)]
pub struct Report {
    /// The case.
    pub case: &'static Case,
    /// How it ended.
    pub verdict: Verdict,
    /// What went against it, and what else there is to say.
    pub details: Vec<String>,
    /// The conversation.
    pub steps: Vec<Step>,
    /// Whether error texts count in a comparison.
    pub compares_texts: bool,
    /// How long it took.
    pub took: Duration,
}

/// Holds all `cases`, up to `jobs` at a time and those that need to be alone after the others.
///
/// `told` hears each report as it comes; the result has them in the order of the cases.
pub fn run_all(
    target: &Arc<Target>,
    cases: &[&'static Case],
    seed: u64,
    jobs: usize,
    told: &(impl Fn(&Report) + Sync),
) -> Vec<Report> {
    let (alone, together): (Vec<_>, Vec<_>) =
        cases.iter().copied().partition(|case| case.needs.contains(&Need::Alone));
    let mut reports = BTreeMap::new();
    for (batch, jobs) in [(together, jobs.max(1)), (alone, 1)] {
        let found = run_some(target, &batch, seed, jobs, told);
        reports.extend(found.into_iter().map(|report| (report.case.id, report)));
    }
    cases.iter().filter_map(|case| reports.remove(case.id)).collect()
}

fn run_some(
    target: &Arc<Target>,
    cases: &[&'static Case],
    seed: u64,
    jobs: usize,
    told: &(impl Fn(&Report) + Sync),
) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Vec::new());
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let report = run_one(target, case, seed);
            told(&report);
            reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(work);
        }
    });
    reports.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Holds one case, cleans up behind it, and looks whether the broker still serves.
#[must_use]
pub fn run_one(target: &Arc<Target>, case: &'static Case, seed: u64) -> Report {
    let begun = Instant::now();
    let mut run = Run::new(Arc::clone(target), case.id, seed);
    let outcome = match missing(case, target) {
        Some(reason) => Err(Stop::Skipped(reason)),
        None => (case.run)(&mut run),
    };
    if let Err(stop) = canary(target) {
        run.expect.hang(&format!("canary: {stop:?}"));
    }
    run.clean_up();
    let steps = run.notes.steps();
    let compares_texts = run.notes.compares_texts();
    let (verdict, details) = run.expect.verdict(case.level, outcome);
    Report { case, verdict, details, steps, compares_texts, took: begun.elapsed() }
}

/// What the target lacks.
fn missing(case: &Case, target: &Target) -> Option<String> {
    case.needs.iter().find_map(|need| match need {
        Need::Sasl if target.sasl.is_empty() => Some("no SASL listener was given".to_owned()),
        Need::OneNode if target.advertised.brokers() > 1 => Some("more than one broker".to_owned()),
        Need::ManyNodes if target.advertised.brokers() < 2 => Some("one broker alone".to_owned()),
        Need::Slow if !target.slow => Some("slow, and --slow yes was not given".to_owned()),
        Need::Sasl | Need::OneNode | Need::ManyNodes | Need::Alone | Need::Slow => None,
    })
}

/// Whether a fresh connection is served.
fn canary(target: &Target) -> Outcome {
    let address = target.bootstrap.first().cloned().unwrap_or_default();
    let mut conn = Conn::open(&address, Instant::now() + PATIENCE, None)?;
    let versions = conn.ask(0, &ApiVersionsRequest::default())?;
    if versions.code(TOP_CODE).is_none_or(|code| !code.is_ok()) {
        return Err(Stop::Failed(format!("ApiVersions: {}", versions.kind())));
    }
    let metadata = conn.ask(1, &requests::metadata(&[]))?;
    match metadata.list("/brokers") {
        [] => Err(Stop::Failed(format!("Metadata: {}", metadata.kind()))),
        _ => Ok(()),
    }
}
