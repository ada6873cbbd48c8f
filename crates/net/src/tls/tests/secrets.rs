//! What must never be seen is nowhere to be seen.
#![cfg(test)]

use klamm_cluster::transport::{ClientIdentity, TlsVersions};

use super::*;

const MARKER: &str = "marker-password";
const ENCRYPTED: &str = include_str!("../testdata/ec-aes256.key");
const OPEN: &str = include_str!("../testdata/ec-pkcs8.key");
const CERTIFICATE: &str = include_str!("../testdata/ec.pem");
const OTHER: &str = include_str!("../testdata/rsa.pem");

/// Lines of the bodies of both keys.
fn bodies() -> impl Iterator<Item = &'static str> {
    [ENCRYPTED, OPEN].into_iter().flat_map(str::lines).filter(|line| !line.starts_with("-----"))
}

/// Whether a text shows a line of a key, as it is or as the numbers of its bytes.
fn shows_a_key(printed: &str) -> bool {
    bodies().any(|line| {
        let numbers = format!("{:?}", line.as_bytes());
        printed.contains(line) || printed.contains(numbers.trim_matches(['[', ']']))
    })
}

/// What somebody could print of these settings and of what comes of them.
fn printed(chain: &str, key: &str, password: &str) -> String {
    let (chain, key) = (text(chain), text(key));
    let identity = Some(ClientIdentity { chain, key, password: Some(Secret::from(password)) });
    let settings = TlsSettings { identity, ..TlsSettings::default() };
    let made = Connector::new(&settings);
    let failure = made.as_ref().err().map(ToString::to_string);
    format!("{settings:?} {made:?} {failure:?}")
}

#[test]
fn neither_password_nor_key_is_ever_printed() {
    let broken = OPEN.replace("-----END", "----END");
    for (chain, key, password) in [
        (CERTIFICATE, ENCRYPTED, MARKER),
        (CERTIFICATE, ENCRYPTED, "marker-password but wrong"),
        (CERTIFICATE, OPEN, MARKER),
        (OTHER, ENCRYPTED, MARKER),
        (OTHER, OPEN, MARKER),
        (CERTIFICATE, &*broken, MARKER),
        (OPEN, OPEN, MARKER),
        (&*broken, OPEN, MARKER),
    ] {
        let printed = printed(chain, key, password);
        assert!(!printed.contains(MARKER), "{printed}");
        assert!(!shows_a_key(&printed), "{printed}");
    }
}

#[test]
fn a_key_whose_line_breaks_are_gone_is_not_printed_either() {
    let both = [CERTIFICATE, OPEN].concat();
    for breaks in ["", " ", "\\n"] {
        let joined = both.replace('\n', breaks);
        for (chain, key) in [(&*joined, OPEN), (CERTIFICATE, &*joined), (&*joined, &*joined)] {
            let printed = printed(chain, key, MARKER);
            assert!(printed.contains("line breaks are gone"), "{printed}");
            assert!(!shows_a_key(&printed), "{printed}");
        }
    }
}

#[tokio::test]
async fn the_keys_of_sessions_are_written_where_somebody_asked_for_them() {
    let path = std::env::temp_dir().join(format!("klamm-key-log-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let ca = ca();
    for versions in [TlsVersions::Only12, TlsVersions::Only13] {
        let key_log = Some(path.clone());
        let settings = TlsSettings { key_log, versions, ..believing(&ca) };
        let stream = shake(&connector(&settings), "a.test", server(&ca, &["a.test"])).await;
        echoed(stream.expect("a stream")).await.expect("an echo");
    }
    let lines = std::fs::read_to_string(&path).expect("a log");
    for label in ["CLIENT_RANDOM ", "CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 "] {
        assert!(lines.lines().any(|line| line.starts_with(label)), "{label}");
    }
    assert!(lines.lines().all(|line| line.split(' ').count() == 3));
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&path).expect("a file").permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
    std::fs::remove_file(&path).expect("a file");
}

#[test]
fn a_key_log_that_cannot_be_opened_is_named() {
    let key_log = Some("no/such/folder/keys".into());
    let refused = Connector::new(&TlsSettings { key_log, ..TlsSettings::default() });
    let words = refused.expect_err("a refusal").to_string();
    assert!(words.contains("`no/such/folder/keys`"), "{words}");
}

#[test]
fn what_was_loaded_is_not_printed_either() {
    let identity = ClientIdentity {
        chain: text(CERTIFICATE),
        key: text(OPEN),
        password: Some(Secret::from(MARKER)),
    };
    let loaded = super::super::pem::load(&identity.key, super::super::pem::Content::Key);
    let printed = format!("{loaded:?} {identity:?}");
    assert!(bodies().all(|line| !printed.contains(line)), "{printed}");
}
