//! Goes on asking for a while: sessions that end and connections that are cut take time to show.

use std::time::Duration;

use klamm_cluster::HostPort;
use klamm_cluster::Reason;
use tokio::time::{Instant, sleep_until};

use super::finding::{Finding, Stage, Trouble};
use super::ladder::{Ladder, Reached, Say, trouble};
use super::picture;
use super::report::millis;
use super::setup::Setup;
use crate::exit::Exit;

/// How often something is asked.
const EVERY: Duration = Duration::from_secs(1);

/// What is needed to connect again.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) setup: &'a Setup,
    pub(super) host: &'a HostPort,
}

/// What came about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    answers: u32,
    failures: u32,
    lost: u32,
    renewals: u32,
    slowest: Duration,
}

/// Asks for metadata again and again, and connects again when that is needed.
pub(super) async fn watch(way: Way<'_>, first: Reached, time: Duration, say: Say<'_>) {
    let begun = Instant::now();
    let until = begun.checked_add(time).unwrap_or(begun);
    let mut tally = Tally::default();
    let mut reached = Some(first);
    let mut next = begun;
    while next < until {
        sleep_until(next).await;
        next = next.checked_add(EVERY).unwrap_or(until).max(Instant::now());
        match reached.take() {
            Some(open) => reached = ask(way, open, begun, &mut tally, say).await,
            None => reached = again(way, begun, &mut tally, say).await,
        }
    }
    sleep_until(until).await;
    if let Some(open) = reached {
        tally.renewals = tally.renewals.saturating_add(open.link.progress().renewals);
    }
    say(summary(time, &tally).after(begun.elapsed()));
}

async fn ask(
    way: Way<'_>,
    open: Reached,
    begun: Instant,
    tally: &mut Tally,
    say: Say<'_>,
) -> Option<Reached> {
    let asked = Instant::now();
    let Err(failed) = open.link.ask(picture::ask_for_cluster(&open.versions)).await else {
        tally.answers = tally.answers.saturating_add(1);
        tally.slowest = tally.slowest.max(asked.elapsed());
        return Some(open);
    };
    tally.lost = tally.lost.saturating_add(1);
    tally.renewals = tally.renewals.saturating_add(open.link.progress().renewals);
    let told = if let Reason::Lost(failure) = &failed.reason {
        trouble(way.host, failure)
    } else {
        Trouble::new(&failed, failed.next_step())
    };
    say(event("the connection was lost", begun).doubtful(told));
    None
}

async fn again(way: Way<'_>, begun: Instant, tally: &mut Tally, say: Say<'_>) -> Option<Reached> {
    match Ladder::new(way.setup, way.host).climb_quietly().await {
        Ok(reached) => {
            say(event("connected again", begun));
            Some(reached)
        }
        Err(fallen) => {
            tally.failures = tally.failures.saturating_add(1);
            let told = trouble(way.host, &fallen.failure);
            say(event("could not connect again", begun).doubtful(told));
            None
        }
    }
}

fn event(what: &str, begun: Instant) -> Finding {
    let at = begun.elapsed();
    let said = format!("after {:.1} s: {what}", at.as_secs_f64());
    Finding::good(Stage::Watch, said).with("at_ms", millis(at))
}

fn summary(time: Duration, tally: &Tally) -> Finding {
    let Tally { answers, failures, lost, renewals, slowest } = tally;
    let count = |count: u32, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    let said = format!(
        "{} s: {}, the slowest after {:.1} ms; {}; {}",
        time.as_secs(),
        count(*answers, "answer", "answers"),
        millis(*slowest),
        count(*renewals, "re-authentication", "re-authentications"),
        count(*lost, "connection lost", "connections lost"),
    );
    let finding = Finding::good(Stage::Watch, said)
        .with("answers", *answers)
        .with("slowest_ms", millis(*slowest))
        .with("reauthentications", *renewals)
        .with("connections_lost", *lost)
        .with("connections_failed", *failures);
    if *answers == 0 {
        let trouble = Trouble::new("nothing was answered", None);
        return finding.bad(trouble, Exit::Unreachable);
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_about_is_summed_up() {
        let slowest = Duration::from_micros(2100);
        let tally = Tally { answers: 29, failures: 0, lost: 1, renewals: 2, slowest };
        let finding = summary(Duration::from_secs(30), &tally);
        let wanted = "30 s: 29 answers, the slowest after 2.1 ms; 2 re-authentications; 1 \
                      connection lost";
        assert_eq!(finding.said, wanted);
        assert_eq!(finding.facts["reauthentications"], 2);
        assert_eq!(finding.exit(), None);
    }

    #[test]
    fn a_broker_that_answers_nothing_is_unreachable() {
        let finding = summary(Duration::from_secs(3), &Tally::default());
        assert_eq!(finding.exit(), Some(Exit::Unreachable));
    }
}
