//! What a certificate says, for people to read: nothing here is believed, and no rule follows it.
//!
//! A peer can write whatever it likes into a certificate, so everything is bounded, and characters
//! that would move the cursor of who reads it are replaced.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::der::Der;
use super::moment::Moment;

/// The most certificates of one chain that are looked at.
const MOST_CERTIFICATES: usize = 16;
/// The most names of one certificate that are kept.
const MOST_NAMES: usize = 100;
/// The longest text that is kept, in characters.
const LONGEST: usize = 256;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const BOOLEAN: u8 = 0x01;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

/// Attributes of names that have a short word (RFC 4514 and what everybody writes).
const WORDS: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whom it is about, as `CN=broker, O=Example`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub not_before: Moment,
    /// Until when it is valid.
    pub not_after: Moment,
    /// Whether it may sign others.
    pub is_ca: bool,
}

impl CertificateFacts {
    /// What this certificate says; of one that cannot be read, that it cannot be read.
    pub fn read(der: &[u8]) -> Self {
        certificate(der).unwrap_or_else(|| Self {
            subject: "(a certificate that cannot be read)".to_owned(),
            issuer: "(nobody knows)".to_owned(),
            names: Vec::new(),
            not_before: Moment::default(),
            not_after: Moment::default(),
            is_ca: false,
        })
    }
}

/// The same of a whole chain, or of its beginning if it is long.
pub(super) fn of_chain<'a>(chain: impl IntoIterator<Item = &'a [u8]>) -> Vec<CertificateFacts> {
    chain.into_iter().take(MOST_CERTIFICATES).map(CertificateFacts::read).collect()
}

/// `Certificate` of RFC 5280, section 4.1.
fn certificate(der: &[u8]) -> Option<CertificateFacts> {
    let mut outer = Der::new(Der::new(der).expect(SEQUENCE)?);
    let mut body = Der::new(outer.expect(SEQUENCE)?);
    let _version = body.optional(0xa0);
    let _serial = body.expect(INTEGER)?;
    let _algorithm = body.expect(SEQUENCE)?;
    let issuer = distinguished(body.expect(SEQUENCE)?);
    let mut validity = Der::new(body.expect(SEQUENCE)?);
    let (not_before, not_after) = (moment(&mut validity)?, moment(&mut validity)?);
    let subject = distinguished(body.expect(SEQUENCE)?);
    let _key = body.expect(SEQUENCE)?;
    let (_, _) = (body.optional(0x81), body.optional(0x82));
    let extensions = body.optional(0xa3).and_then(|tagged| Der::new(tagged).expect(SEQUENCE));
    let Extensions { names, is_ca } = extensions.map(extensions_of).unwrap_or_default();
    // Short-lived certificates of public authorities have names but no subject.
    let subject = match names.first() {
        Some(name) if subject.is_empty() => name.clone(),
        _ if subject.is_empty() => "(no name)".to_owned(),
        _ => subject,
    };
    Some(CertificateFacts { subject, issuer, names, not_before, not_after, is_ca })
}

fn moment(validity: &mut Der<'_>) -> Option<Moment> {
    match validity.next()? {
        (UTC_TIME, text) => Moment::of_utc_time(text),
        (GENERALIZED_TIME, text) => Moment::of_generalized_time(text),
        _ => None,
    }
}

#[derive(Default)]
struct Extensions {
    names: Vec<String>,
    is_ca: bool,
}

fn extensions_of(list: &[u8]) -> Extensions {
    let mut found = Extensions::default();
    let mut list = Der::new(list);
    while let Some(extension) = list.expect(SEQUENCE) {
        let mut extension = Der::new(extension);
        let id = extension.expect(OID);
        let _critical = extension.optional(BOOLEAN);
        let Some((id, value)) = id.zip(extension.expect(OCTETS)) else { break };
        let Some(value) = Der::new(value).expect(SEQUENCE) else { continue };
        if id == ALTERNATIVE_NAMES {
            found.names = alternative_names(value);
        } else if id == BASIC_CONSTRAINTS {
            found.is_ca = matches!(Der::new(value).expect(BOOLEAN), Some(&[yes]) if yes != 0);
        }
    }
    found
}

/// The names and addresses among them; e-mail addresses and the like are no names of servers.
fn alternative_names(list: &[u8]) -> Vec<String> {
    let mut list = Der::new(list);
    let values = std::iter::from_fn(|| list.next());
    let names = values.filter_map(|(tag, value)| match tag {
        0x82 => Some(shown(&String::from_utf8_lossy(value))),
        0x87 => address(value).map(|address| address.to_string()),
        _ => None,
    });
    names.take(MOST_NAMES).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = || <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    v4().or_else(|| <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok())
}

/// A name of parts, in the order in which they are written.
fn distinguished(name: &[u8]) -> String {
    let mut text = String::new();
    let mut parts = Der::new(name);
    while let Some(part) = parts.expect(SET) {
        let mut attributes = Der::new(part);
        while let Some(attribute) = attributes.expect(SEQUENCE) {
            let mut attribute = Der::new(attribute);
            let Some((id, (tag, value))) = attribute.expect(OID).zip(attribute.next()) else {
                return shown(&text);
            };
            let comma = if text.is_empty() { "" } else { ", " };
            // Writing to a text cannot fail.
            let _ = write!(text, "{comma}{}={}", word(id), value_text(tag, value));
            if text.len() > 4 * LONGEST {
                return shown(&text);
            }
        }
    }
    shown(&text)
}

fn word(id: &[u8]) -> String {
    let known = WORDS.iter().find(|(known, _)| *known == id).map(|(_, word)| (*word).to_owned());
    known.unwrap_or_else(|| format!("OID#{}", hex(id)))
}

/// The kinds of text that names are written in.
fn value_text(tag: u8, value: &[u8]) -> String {
    match tag {
        // UTF8String, PrintableString, IA5String.
        0x0c | 0x13 | 0x16 => String::from_utf8_lossy(value).into_owned(),
        // TeletexString, which everybody takes for Latin-1.
        0x14 => value.iter().map(|byte| char::from(*byte)).collect(),
        // BMPString.
        0x1e => {
            let units = value.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
            let units = units.map(u16::from_be_bytes);
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
        }
        _ => format!("#{}", hex(value)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(LONGEST).map(|byte| format!("{byte:02x}")).collect()
}

/// A text as it may be shown: bounded, without characters that do something to who shows it.
pub(super) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = (&mut chars).take(LONGEST).map(harmless).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

fn harmless(character: char) -> char {
    let moves = matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}');
    if character.is_control() || moves { '\u{fffd}' } else { character }
}

#[cfg(test)]
mod tests;
