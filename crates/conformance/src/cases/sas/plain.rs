//! PLAIN, in its right and in its wrong forms.

use klamm_protocol::sasl_handshake::SaslHandshakeRequest;

use super::talk::{self, CODE, PLAIN};
use crate::case::Outcome;
use crate::conn::{PATIENCE, Raw};
use crate::requests;
use crate::run::Run;

pub(super) fn served(run: &mut Run) -> Outcome {
    for version in 0..=talk::newest(run)? {
        let mut c = run.connect_sasl()?;
        let answer = talk::authenticate(run, &mut c, version)?;
        run.expect.code(&answer, CODE, 0);
        let answer = c.ask(1, &requests::metadata(&[]))?;
        run.expect.that("there is a broker", !answer.list("/brokers").is_empty());
    }
    Ok(())
}

pub(super) fn refused(run: &mut Run) -> Outcome {
    let version = talk::newest(run)?;
    let user = run.target().user.clone();
    let mut texts = Vec::new();
    for (note, user) in [("wrong-password", &*user), ("unknown-user", "nobody-of-this-name")] {
        let mut c = run.connect_sasl()?;
        talk::handshake(&mut c, PLAIN)?;
        let wrong = talk::plain_token(user, "not-the-password");
        let answer = talk::token(c.note(note), version, &wrong)?;
        run.expect.code(&answer, CODE, 58);
        texts.push(answer.text("/errorMessage").map(str::to_owned));
        let end = c.expect_closed();
        run.expect.ended(note, &end);
    }
    run.expect.that("both are told the same", texts.first() == texts.last());
    Ok(())
}

pub(super) fn bare_tokens(run: &mut Run) -> Outcome {
    let mut c = run.connect_sasl()?;
    let offered = c.ask(0, &SaslHandshakeRequest { mechanism: PLAIN.into() })?;
    run.expect.code(&offered, CODE, 0);
    let (user, password) = (run.target().user.clone(), run.target().password.clone());
    let token = talk::plain_token(&user, &password);
    let length = i32::try_from(token.len()).unwrap_or_default();
    c.send_raw(&[&length.to_be_bytes()[..], &token].concat());
    match c.read_frame(PATIENCE) {
        Raw::Frame(frame) => run.expect.eq("bytes of the answer", frame.len(), 0),
        Raw::Closed => run.expect.that("a bare token is taken", false),
        Raw::Timeout => run.expect.hang("a bare token"),
    }
    let answer = c.ask(1, &requests::metadata(&[]))?;
    run.expect.answered(&answer);
    Ok(())
}
