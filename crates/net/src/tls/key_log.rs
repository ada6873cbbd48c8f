//! The keys of sessions, written down for who has to read the traffic.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use klamm_cluster::TlsFailure;
use rustls::KeyLog;

/// A file that keys are appended to, one line each, in the form that Wireshark reads.
///
/// Who has the file can read everything that was sent, so nobody but its owner may read it where
/// the system knows owners.
pub(super) struct KeyLogFile {
    file: Mutex<File>,
}

impl KeyLogFile {
    pub(super) fn open(path: &Path) -> Result<Self, TlsFailure> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| {
            TlsFailure::BadSettings(format!(
                "the key log `{}` cannot be opened: {error}",
                path.display()
            ))
        })?;
        Ok(Self { file: Mutex::new(file) })
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex(client_random), hex(secret));
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // A disk that is full must not end a connection.
        let _ = file.write_all(line.as_bytes());
    }
}

impl fmt::Debug for KeyLogFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLogFile").finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
