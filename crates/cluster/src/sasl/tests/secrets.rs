//! A marker is planted in every credential, and everything that can be printed is searched for it.

use std::fmt::{Debug, Display};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::*;

const MARKER: &str = "hunter2-MARKER";

/// The marker in a form that SASLprep changes; its parts are looked for as well.
const UNPREPARED: &str = "hunter2-\u{ad}MARKER\u{2168}";

fn search(printed: &str) {
    let salted = format!("\0alice\0{MARKER}");
    let mut forms = vec![MARKER.to_owned(), UNPREPARED.to_owned(), "hunter2".to_owned()];
    for form in [MARKER, UNPREPARED, "hunter2-MARKERIX", &salted] {
        forms.extend([STANDARD.encode(form), STANDARD_NO_PAD.encode(form), URL_SAFE.encode(form)]);
        forms.push(format!("{:?}", form.as_bytes()).trim_matches(['[', ']']).to_owned());
    }
    for form in forms {
        assert!(!printed.contains(&form), "{form} is in {printed}");
    }
}

fn debug(value: &impl Debug) {
    search(&format!("{value:?}"));
    search(&format!("{value:#?}"));
}

fn error(error: &(impl Debug + Display)) {
    debug(error);
    search(&error.to_string());
}

fn credentials() -> Vec<Credentials> {
    let passwords = [MARKER, UNPREPARED];
    let hash = ScramHash::Sha512;
    passwords.iter().flat_map(|one| [plain("alice", one), scram(hash, "alice", one)]).collect()
}

fn token() -> Token {
    let extensions = vec![("logicalCluster".to_owned(), "lkc-1".to_owned())];
    Token { value: Secret::from(MARKER), extensions }
}

#[test]
fn no_step_of_plain_shows_the_password() {
    for credentials in credentials() {
        debug(&credentials);
        debug(&Nonces::new(*b"hunter2-MARKERhunter2-MARKER1234"));
        let step = begin(&credentials, "ours");
        debug(&step);
        let (_, conversation) = sent(step);
        debug(&conversation);
        error(&conversation.refused(None, &format!("{MARKER} and {UNPREPARED} are wrong")));
    }
}

#[test]
fn no_step_of_scram_shows_the_password_or_what_is_made_of_it() {
    let credentials = scram(ScramHash::Sha256, "alice", MARKER);
    let server = reference::Server::enrol(ScramHash::Sha256, MARKER.as_bytes(), b"salt", 4096);
    let (first, conversation) = sent(begin(&credentials, "ours"));
    let greeting = server.greeting(&first, "theirs").unwrap();
    let step = conversation.received(greeting.as_bytes());
    debug(&step);
    let Step::Hash(job, conversation) = step else { panic!() };
    debug(&job);
    let salted = job.run();
    assert_eq!(format!("{salted:?}"), "Salted(****)");
    let step = conversation.hashed(salted);
    let printed = format!("{step:#?}");
    search(&printed);
    let (proof, conversation) = sent(step);
    let (_, proof) = std::str::from_utf8(&proof).unwrap().split_once("p=").unwrap();
    assert!(!printed.contains(proof));
    let refusal = format!("e=password {MARKER} is wrong");
    error(&failed(conversation.received(refusal.as_bytes())));
}

#[test]
fn no_step_of_oauthbearer_shows_the_token() {
    debug(&token());
    let step = begin(&Credentials::OAuthBearer, "n");
    let Step::NeedToken(conversation) = step else { panic!("{step:?}") };
    let step = conversation.provided(Ok(token()));
    debug(&step);
    let (_, conversation) = sent(step);
    let step = conversation.received(format!("{{\"status\":\"{MARKER}\"}}").as_bytes());
    debug(&step);
    let (_, conversation) = sent(step);
    search(conversation.note().unwrap());
    error(&conversation.refused(None, MARKER));
}

#[test]
fn what_cannot_be_sent_is_not_shown_either() {
    for wrong in [format!("{MARKER}\0"), format!("{MARKER} x"), format!("{MARKER}\x01")] {
        for credentials in [plain("alice", &wrong), scram(ScramHash::Sha256, "alice", &wrong)] {
            debug(&begin(&credentials, "n"));
        }
        let Step::NeedToken(conversation) = begin(&Credentials::OAuthBearer, "n") else { panic!() };
        let token = Token { value: Secret::from(wrong), ..token() };
        error(&failed(conversation.provided(Ok(token))));
    }
    error(&saslprep(&Secret::from(format!("{MARKER}\u{7}"))).unwrap_err());
}
