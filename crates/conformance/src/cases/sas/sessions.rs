//! Sessions that end, and what renews them.

use std::thread::sleep;
use std::time::Duration;

use super::scram::{add_user, first_success, remove_user};
use super::talk::{self, CODE};
use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::conn::Conn;
use crate::requests;
use crate::run::Run;
use crate::scram::Client;

/// A longer session is not waited for.
const LONGEST: Duration = Duration::from_secs(30);
/// What is added to a session so that it is over for certain.
const MARGIN: Duration = Duration::from_millis(500);

/// How long a session lasts, as the answer to a token says; skips the case where it is too long.
fn lifetime(answer: &Answer) -> Result<Duration, Stop> {
    let millis = answer.int("/sessionLifetimeMs").and_then(|millis| u64::try_from(millis).ok());
    match millis.map(Duration::from_millis) {
        None | Some(Duration::ZERO) => Err(Stop::Skipped("sessions have no end".into())),
        Some(long) if long > LONGEST => Err(Stop::Skipped("sessions last too long".into())),
        Some(lifetime) => Ok(lifetime),
    }
}

/// An authenticated connection and how long it may live.
fn session(run: &mut Run) -> Result<(Conn, Duration), Stop> {
    let version = talk::newest(run)?;
    let mut c = run.connect_sasl()?;
    let answer = talk::authenticate(run, &mut c, version)?;
    run.expect.code(&answer, CODE, 0);
    let lifetime = lifetime(&answer)?;
    Ok((c, lifetime))
}

pub(super) fn expired(run: &mut Run) -> Outcome {
    let (mut c, lifetime) = session(run)?;
    sleep(lifetime + MARGIN);
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.closed(&answer);
    Ok(())
}

pub(super) fn renewed(run: &mut Run) -> Outcome {
    let (mut c, lifetime) = session(run)?;
    sleep(lifetime / 2);
    let version = talk::newest(run)?;
    let answer = talk::authenticate(run, &mut c, version)?;
    run.expect.code(&answer, CODE, 0);
    sleep(lifetime / 2 + MARGIN);
    let answer = c.note("later").ask(1, &requests::metadata(&[]))?;
    run.expect.answered(&answer);
    Ok(())
}

pub(super) fn as_another(run: &mut Run) -> Outcome {
    let version = talk::newest(run)?;
    let (user, password) = (run.target().user.clone(), run.target().password.clone());
    let (name, secret) = (run.name("other"), "other-secret");
    if !add_user(run, &name, secret)? {
        return Err(Stop::Skipped("users cannot be made here".into()));
    }
    let known = first_success(run, version, Client::new(&name, secret))?;
    run.expect.code(&known, CODE, 0);
    let mut c = run.connect_sasl()?.brief();
    let answer = talk::scram(&mut c, version, Client::new(&user, &password))?;
    run.expect.code(&answer, CODE, 0);
    lifetime(&answer)?;
    sleep(Duration::from_millis(1500));
    let answer = talk::scram(c.note("as-another"), version, Client::new(&name, secret))?;
    run.expect.code(&answer, CODE, 58);
    remove_user(run, &name)
}
