//! Certificates for tests: an authority, and a broker's key that it vouches for.
//!
//! `keytool` makes them, since every JDK brings one and a JDK must be there anyway. They are made
//! once and kept, like the jars.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::settings::STORE_PASSWORD;
use crate::support::{self, Outcome};

/// Files that clients and brokers are shown.
#[derive(Debug)]
pub(super) struct Certificates {
    /// What a client trusts, PEM.
    pub(super) authority: PathBuf,
    /// The broker's key and certificate, PKCS#12.
    pub(super) key_store: PathBuf,
}

impl Certificates {
    /// The files of this folder, whether they are there or not.
    pub(super) fn below(folder: &Path) -> Self {
        Self { authority: folder.join("authority.pem"), key_store: folder.join("broker.p12") }
    }
}

/// Makes the certificates of this folder, unless they are there.
pub(super) fn make(folder: &Path) -> Outcome {
    let stamp = folder.join("complete");
    if stamp.exists() {
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
    // Written last, so that its presence means that every file is there.
    support::write(&stamp, "")
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
        "-gencert -rfc -alias authority -validity 3650 -infile broker.csr -outfile broker.pem \
         -ext san=dns:localhost,ip:127.0.0.1 -ext ku:critical=digitalSignature \
         -ext eku=serverAuth",
    ),
    ("broker.p12", "-importcert -noprompt -alias authority -file authority.pem"),
    ("broker.p12", "-importcert -noprompt -alias broker -file broker.pem"),
];
