//! Bytes as text between two lines of dashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivateKeyDer;

/// A certificate.
pub(super) fn certificate(der: &[u8]) -> String {
    block("CERTIFICATE", der)
}

/// A key, under the name of its form.
pub(super) fn key(key: &PrivateKeyDer<'_>) -> String {
    let name = match key {
        PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
        PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
        PrivateKeyDer::Pkcs8(_) | _ => "PRIVATE KEY",
    };
    block(name, key.secret_der())
}

/// Lines of 64 characters, as every reader takes them.
fn block(name: &str, der: &[u8]) -> String {
    let mut out = format!("-----BEGIN {name}-----\n");
    for line in der.chunks(48) {
        STANDARD.encode_string(line, &mut out);
        out.push('\n');
    }
    out.push_str(&format!("-----END {name}-----\n"));
    out
}
