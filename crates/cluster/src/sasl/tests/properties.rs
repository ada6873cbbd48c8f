//! What holds for any password, any name, and any byte that changes on the way.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static SERVERS: LazyLock<[reference::Server; 2]> = LazyLock::new(|| {
    [ScramHash::Sha256, ScramHash::Sha512]
        .map(|hash| reference::Server::enrol(hash, b"right", b"salt of a test", 4096))
});

/// The byte at a place, counted around, becomes another.
fn change(message: &str, at: prop::sample::Index, mask: u8) -> Vec<u8> {
    let mut bytes = message.as_bytes().to_vec();
    let at = at.index(bytes.len());
    bytes[at] ^= mask;
    bytes
}

/// Whether the client ends in believing the server, if each message of the server is changed.
fn believes(
    server: &reference::Server,
    first_changed: impl FnOnce(&str) -> Vec<u8>,
    last_changed: impl FnOnce(&str) -> Vec<u8>,
) -> bool {
    let (first, conversation) = sent(begin(&scram(server.hash, "alice", "right"), "ours"));
    let greeting = server.greeting(&first, "theirs").unwrap();
    let step = match conversation.received(&first_changed(&greeting)) {
        Step::Hash(job, _) if job.iterations() > 50_000 => return false,
        Step::Hash(job, conversation) => conversation.hashed(job.run()),
        Step::Failed(_) => return false,
        other => panic!("{other:?}"),
    };
    let (proof, conversation) = sent(step);
    // The server proves that it knows the password even to a client that does not: the worst that
    // somebody in the middle can be handed.
    let honest = server.vouch([&first, greeting.as_bytes(), &proof]).unwrap();
    match conversation.received(&last_changed(&honest)) {
        Step::Done => true,
        Step::Failed(_) => false,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_changed_byte_in_the_first_message_of_a_server_is_noticed(
        which in 0..2_usize, at: prop::sample::Index, mask in 1..=255_u8,
    ) {
        let server = &SERVERS[which];
        prop_assert!(!believes(server, |first| change(first, at, mask), |last| last.into()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_changed_byte_in_the_last_message_of_a_server_is_noticed(
        which in 0..2_usize, at: prop::sample::Index, mask in 1..=255_u8,
    ) {
        let server = &SERVERS[which];
        prop_assert!(!believes(server, |first| first.into(), |last| change(last, at, mask)));
    }

    #[test]
    fn any_name_and_password_are_understood_by_a_server(
        name in "[^\0]{1,12}",
        password in "[^\0]{1,24}",
        salt in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let hash = if salt.len() % 2 == 0 { ScramHash::Sha256 } else { ScramHash::Sha512 };
        let server = reference::Server::enrol(hash, password.as_bytes(), &salt, 4096);
        let credentials = scram(hash, &name, &password);
        prop_assert!(is_let_in(&credentials, &server));
        let (first, _) = sent(begin(&credentials, "ours"));
        let (sent_name, _) = std::str::from_utf8(&first[5..]).unwrap().split_once(',').unwrap();
        let read = sent_name.replace("=2C", ",").replace("=3D", "=");
        prop_assert_eq!(read, name);
    }

    #[test]
    fn any_bytes_from_a_server_come_to_an_end(
        first in prop::collection::vec(any::<u8>(), 0..80), text in "[rsiemv=,0-9A-Za-z]{0,60}",
    ) {
        for message in [&first[..], text.as_bytes()] {
            let (_, conversation) = sent(begin(&scram(ScramHash::Sha256, "a", "b"), "ours"));
            prop_assert!(matches!(conversation.received(message), Step::Failed(_)));
        }
    }
}

#[test]
fn the_right_messages_are_believed() {
    assert!(SERVERS.iter().all(|server| believes(
        server,
        |first| first.into(),
        |last| last.into()
    )));
}
