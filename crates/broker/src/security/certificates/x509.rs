//! Certificates of version 3 (RFC 5280), with the extensions that strict verifiers ask for.

use std::net::IpAddr;

use graviola::hashing::{Hash, HashContext, Sha256};
use graviola::signing::ecdsa::{P256, SigningKey};

use super::der::{bits, boolean, integer, octets, oid, sequence, set, tagged, text, utc_time};
use super::{TlsError, key_error};

const ECDSA_WITH_SHA_256: &[u32] = &[1, 2, 840, 10045, 4, 3, 2];
const COMMON_NAME: &[u32] = &[2, 5, 4, 3];
const SUBJECT_KEY_ID: &[u32] = &[2, 5, 29, 14];
const KEY_USAGE: &[u32] = &[2, 5, 29, 15];
const ALTERNATIVE_NAMES: &[u32] = &[2, 5, 29, 17];
const BASIC_CONSTRAINTS: &[u32] = &[2, 5, 29, 19];
const AUTHORITY_KEY_ID: &[u32] = &[2, 5, 29, 35];
const EXTENDED_KEY_USAGE: &[u32] = &[2, 5, 29, 37];
const SERVER_AUTHENTICATION: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTHENTICATION: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Validity {
    /// From the beginning of 2020 to the end of 2049.
    #[default]
    Now,
    /// For the year 2020 alone.
    Expired,
    /// For the year 2049 alone.
    NotYet,
}

impl Validity {
    const fn moments(self) -> [&'static str; 2] {
        match self {
            Self::Now => ["200101000000Z", "491231235959Z"],
            Self::Expired => ["200101000000Z", "201231235959Z"],
            Self::NotYet => ["490101000000Z", "491231235959Z"],
        }
    }
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Usage<'a> {
    /// To sign others.
    Authority,
    /// To be a server under these names.
    Server(&'a [&'a str]),
    /// To be a client.
    Client,
}

/// Whom a certificate is about.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) serial: Vec<u8>,
    pub(super) valid: Validity,
}

/// Who signs.
pub(super) struct Issuer {
    key: SigningKey<P256>,
    public_key: Vec<u8>,
    name: Vec<u8>,
}

/// A key's public half, as a certificate holds it.
pub(super) fn public_key(key: &SigningKey<P256>) -> Result<Vec<u8>, TlsError> {
    let mut room = [0; 128];
    Ok(key.to_spki_der(&mut room).map_err(key_error)?.to_vec())
}

impl Issuer {
    pub(super) fn new(key: SigningKey<P256>, name: &str) -> Result<Self, TlsError> {
        let public_key = public_key(&key)?;
        Ok(Self { key, public_key, name: distinguished(name) })
    }

    pub(super) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// A signed certificate of somebody's public key.
    pub(super) fn sign(
        &self,
        public_key: &[u8],
        subject: &Subject<'_>,
        usage: Usage<'_>,
    ) -> Result<Vec<u8>, TlsError> {
        let algorithm = sequence(&[oid(ECDSA_WITH_SHA_256)]);
        let body = sequence(&[
            tagged(0xa0, &integer(&[2])),
            integer(&subject.serial),
            algorithm.clone(),
            self.name.clone(),
            sequence(&subject.valid.moments().map(utc_time)),
            distinguished(subject.name),
            public_key.to_vec(),
            tagged(0xa3, &tagged(0x30, &self.extensions(public_key, usage).concat())),
        ]);
        let mut room = [0; 128];
        let signature = self.key.sign_asn1::<Sha256>(&[&body], &mut room).map_err(key_error)?;
        Ok(sequence(&[body, algorithm, bits(0, signature)]))
    }

    fn extensions(&self, public_key: &[u8], usage: Usage<'_>) -> Vec<Vec<u8>> {
        let issuer_id = sequence(&[tagged(0x80, &key_id(&self.public_key))]);
        let mut extensions = vec![
            extension(SUBJECT_KEY_ID, false, &octets(&key_id(public_key))),
            extension(AUTHORITY_KEY_ID, false, &issuer_id),
        ];
        extensions.extend(match usage {
            Usage::Authority => of_authority(),
            Usage::Server(names) => of_server(names),
            Usage::Client => of_end(CLIENT_AUTHENTICATION),
        });
        extensions
    }
}

/// May sign certificates and lists of revoked ones, and nothing else.
fn of_authority() -> Vec<Vec<u8>> {
    vec![
        extension(BASIC_CONSTRAINTS, true, &sequence(&[boolean(true)])),
        extension(KEY_USAGE, true, &bits(1, &[0b0000_0110])),
    ]
}

fn of_server(names: &[&str]) -> Vec<Vec<u8>> {
    let names: Vec<u8> = names.iter().flat_map(|name| alternative(name)).collect();
    let mut extensions = of_end(SERVER_AUTHENTICATION);
    extensions.push(extension(ALTERNATIVE_NAMES, false, &tagged(0x30, &names)));
    extensions
}

/// May sign in handshakes, on one side of them.
fn of_end(purpose: &[u32]) -> Vec<Vec<u8>> {
    vec![
        extension(BASIC_CONSTRAINTS, true, &sequence(&[])),
        extension(KEY_USAGE, true, &bits(7, &[0b1000_0000])),
        extension(EXTENDED_KEY_USAGE, false, &sequence(&[oid(purpose)])),
    ]
}

/// An address as an address, everything else as a name of the DNS.
fn alternative(name: &str) -> Vec<u8> {
    match name.parse() {
        Ok(IpAddr::V4(address)) => tagged(0x87, &address.octets()),
        Ok(IpAddr::V6(address)) => tagged(0x87, &address.octets()),
        Err(_) => tagged(0x82, name.as_bytes()),
    }
}

fn extension(id: &[u32], critical: bool, value: &[u8]) -> Vec<u8> {
    // What is not critical does not say so: DER leaves defaults out.
    let critical = if critical { boolean(true) } else { Vec::new() };
    sequence(&[oid(id), critical, octets(value)])
}

/// A name that has a common name and nothing else.
fn distinguished(common_name: &str) -> Vec<u8> {
    sequence(&[set(&[sequence(&[oid(COMMON_NAME), text(common_name)])])])
}

/// The first 160 bits of the hash of a key (RFC 7093).
fn key_id(public_key: &[u8]) -> Vec<u8> {
    // The point is what comes last; it is not compressed and has 65 bytes.
    let point = public_key.last_chunk::<65>().map_or(public_key, <[u8; 65]>::as_slice);
    let mut hash = Sha256::new();
    hash.update(point);
    hash.finish().as_ref().iter().copied().take(20).collect()
}
