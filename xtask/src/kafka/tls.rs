//! Certificates for tests: an authority, and keys of a broker and a client that it vouches for.
//!
//! `keytool` makes them, since every JDK brings one and a JDK must be there anyway. They are made
//! once and kept, like the jars.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::settings::STORE_PASSWORD;
use crate::support::{self, Outcome};

/// Files that clients and brokers are shown.
#[derive(Debug, Clone)]
pub(super) struct Certificates {
    /// What a client trusts, PEM.
    pub(super) authority: PathBuf,
    /// The broker's key and certificate, PKCS#12.
    pub(super) key_store: PathBuf,
    /// A client's key and certificate, PEM.
    pub(super) client: PathBuf,
    /// The certificate of somebody for whom nobody vouches, PEM, with its key: an authority that
    /// brokers have nothing to do with, or a client that they do not know.
    pub(super) stranger: PathBuf,
}

impl Certificates {
    /// The files of this folder, whether they are there or not.
    pub(super) fn below(folder: &Path) -> Self {
        Self {
            authority: folder.join("authority.pem"),
            key_store: folder.join("broker.p12"),
            client: folder.join("client.pem"),
            stranger: folder.join("stranger.pem"),
        }
    }
}

/// Makes the certificates of this folder, unless these very ones are there.
pub(super) fn make(folder: &Path) -> Outcome {
    let stamp = folder.join("complete");
    let wanted: String = STEPS.iter().map(|(store, words)| format!("{store}: {words}\n")).collect();
    if support::read(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for (store, words) in STEPS {
        let mut keytool = Command::new("keytool");
        keytool.current_dir(folder).args(words.split_whitespace());
        keytool.args(["-storetype", "PKCS12", "-keystore", store, "-storepass", STORE_PASSWORD]);
        support::output(&mut keytool)?;
    }
    for name in ["client", "stranger"] {
        print_key(folder, name)?;
    }
    // Written last, so that its presence means that every file is there.
    support::write(&stamp, &wanted)
}

/// Writes a key with its certificates as PEM, which `keytool` cannot.
fn print_key(folder: &Path, name: &str) -> Outcome {
    let program = support::root().join("xtask/java/keys/KeyAsPem.java");
    let mut java = Command::new("java");
    java.current_dir(folder).arg(program).args([&format!("{name}.p12"), STORE_PASSWORD, name]);
    support::write(&folder.join(format!("{name}.pem")), &support::output(&mut java)?)
}

/// Steps of `keytool`, each on a store and with words of its own.
const STEPS: &[(&str, &str)] = &[
    (
        "authority.p12",
        "-genkeypair -alias authority -keyalg EC -groupname secp256r1 -validity 3650 \
         -dname CN=klamm-test-authority -ext bc:critical=ca:true -ext ku:critical=keyCertSign",
    ),
    ("authority.p12", "-exportcert -rfc -alias authority -file authority.pem"),
    (
        "broker.p12",
        "-genkeypair -alias broker -keyalg EC -groupname secp256r1 -validity 3650 \
         -dname CN=localhost",
    ),
    ("broker.p12", "-certreq -alias broker -file broker.csr"),
    (
        "authority.p12",
        "-gencert -rfc -alias authority -validity 3650 -infile broker.csr \
         -outfile broker-certificate.pem -ext san=dns:localhost,ip:127.0.0.1 \
         -ext ku:critical=digitalSignature -ext eku=serverAuth",
    ),
    ("broker.p12", "-importcert -noprompt -alias authority -file authority.pem"),
    ("broker.p12", "-importcert -noprompt -alias broker -file broker-certificate.pem"),
    (
        "client.p12",
        "-genkeypair -alias client -keyalg EC -groupname secp256r1 -validity 3650 \
         -dname CN=alice",
    ),
    ("client.p12", "-certreq -alias client -file client.csr"),
    (
        "authority.p12",
        "-gencert -rfc -alias authority -validity 3650 -infile client.csr \
         -outfile client-certificate.pem -ext ku:critical=digitalSignature -ext eku=clientAuth",
    ),
    ("client.p12", "-importcert -noprompt -alias authority -file authority.pem"),
    ("client.p12", "-importcert -noprompt -alias client -file client-certificate.pem"),
    (
        "stranger.p12",
        "-genkeypair -alias stranger -keyalg EC -groupname secp256r1 -validity 3650 \
         -dname CN=klamm-test-stranger -ext bc:critical=ca:true",
    ),
];
