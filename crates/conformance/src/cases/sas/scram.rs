//! SCRAM-SHA-256 with a client that errs in one way at a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::alter_user_scram_credentials::AlterUserScramCredentialsRequest;
use klamm_protocol::alter_user_scram_credentials::request::{
    ScramCredentialDeletion, ScramCredentialUpsertion,
};

use super::talk::{self, CODE};
use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::conn::PATIENCE;
use crate::run::Run;
use crate::scram::{Client, salted};

/// The number of SCRAM-SHA-256 in the requests of administrators.
const SHA_256: i8 = 1;
/// The least that brokers allow.
const ROUNDS: i32 = 4096;
/// Salt that no secret depends on.
const SALT: &[u8] = b"klamm-conformance-salt";

pub(super) fn right_and_wrong(run: &mut Run) -> Outcome {
    let version = talk::newest(run)?;
    let (user, password) = (run.target().user.clone(), run.target().password.clone());
    let good = Client::new(&user, &password);
    let clients = [
        ("right", good, 0),
        ("wrong-nonce", Client { wrong_nonce: true, ..good }, 58),
        ("wrong-proof", Client { wrong_proof: true, ..good }, 58),
        ("wrong-binding", Client { binding: "p=tls-unique,,", ..good }, 58),
    ];
    for (note, client, code) in clients {
        let mut c = run.connect_sasl()?.brief();
        let answer = talk::scram(c.note(note), version, client)?;
        run.expect.code(&answer, CODE, code);
    }
    escaped_name(run, version)
}

/// A user whose name has characters that SCRAM escapes.
fn escaped_name(run: &mut Run, version: i16) -> Outcome {
    let name = run.name("odd,name=x");
    let escaped = name.replace('=', "=3D").replace(',', "=2C");
    let secret = "odd-secret";
    if !add_user(run, &name, secret)? {
        run.expect.remark("users cannot be made here: no name was escaped");
        return Ok(());
    }
    let answer = first_success(run, version, Client::new(&escaped, secret))?;
    run.expect.code(&answer, CODE, 0);
    run.notes.step("escaped-name", answer.brief());
    remove_user(run, &name)
}

/// Tries until the broker has heard of the user.
pub(super) fn first_success(
    run: &mut Run,
    version: i16,
    client: Client<'_>,
) -> Result<Answer, Stop> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut c = run.connect_sasl()?.unrecorded();
        let answer = talk::scram(&mut c, version, client)?;
        if answer.int(CODE) == Some(0) || Instant::now() > until {
            return Ok(answer);
        }
        sleep(Duration::from_millis(200));
    }
}

/// Makes a user; `false` where users cannot be made.
pub(super) fn add_user(run: &mut Run, name: &str, password: &str) -> Result<bool, Stop> {
    let Some(versions) = run.can().usable(ApiKey::AlterUserScramCredentials) else {
        return Ok(false);
    };
    let salted_password = salted(password, SALT, ROUNDS.unsigned_abs());
    let user = ScramCredentialUpsertion {
        name: name.into(),
        mechanism: SHA_256,
        iterations: ROUNDS,
        salt: SALT.into(),
        salted_password: salted_password.to_vec().into(),
        ..ScramCredentialUpsertion::default()
    };
    let request = AlterUserScramCredentialsRequest { upsertions: vec![user], ..Default::default() };
    let answer = run.connect()?.unrecorded().ask(versions.max, &request)?;
    Ok(answer.int("/results/0/errorCode") == Some(0))
}

/// Removes a user again.
pub(super) fn remove_user(run: &mut Run, name: &str) -> Outcome {
    let version = run.newest(ApiKey::AlterUserScramCredentials, i16::MAX)?;
    let user = ScramCredentialDeletion {
        name: name.into(),
        mechanism: SHA_256,
        ..ScramCredentialDeletion::default()
    };
    let request = AlterUserScramCredentialsRequest { deletions: vec![user], ..Default::default() };
    // A user that stays behind has a name that nobody else uses.
    run.connect()?.unrecorded().ask(version, &request)?;
    Ok(())
}
