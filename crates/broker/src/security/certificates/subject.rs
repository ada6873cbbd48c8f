//! Whom a certificate is about, as a broker with TLS names its clients.

use rustls::pki_types::CertificateDer;

use crate::security::Principal;

/// Attributes that have a keyword where names are written as text (RFC 2253).
const KEYWORDS: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
/// UTF-8, printable and IA5 strings; all others are written as their bytes.
const STRINGS: [u8; 3] = [0x0c, 0x13, 0x16];

/// `User:` and the subject's distinguished name, the last part first; nothing when the bytes are
/// no certificate. Certificates without a subject are nobody's in particular.
#[must_use]
pub fn principal_of(certificate: &CertificateDer<'_>) -> Option<Principal> {
    let mut fields = Der(Der(Der(certificate).expect(SEQUENCE)?).expect(SEQUENCE)?);
    // A version is there in everything but the oldest certificates, and then before the number.
    let number = match fields.next()? {
        (0xa0, _) => fields.next()?,
        other => other,
    };
    let [_algorithm, _issuer, _validity] = [(); 3].map(|()| fields.next());
    let subject = (number.0 == 0x02).then(|| fields.expect(SEQUENCE))??;
    if subject.is_empty() {
        return Some(Principal::anonymous());
    }
    let mut parts = Der(subject).map(|(_, part)| relative(part)).collect::<Option<Vec<_>>>()?;
    parts.reverse();
    Some(Principal::user(parts.join(",")))
}

/// Attributes that stand on one level.
fn relative(set: &[u8]) -> Option<String> {
    let attributes = Der(set).map(|(_, pair)| attribute(pair)).collect::<Option<Vec<_>>>()?;
    Some(attributes.join("+"))
}

fn attribute(pair: &[u8]) -> Option<String> {
    let mut pair = Der(pair);
    let id = pair.expect(OBJECT_ID)?;
    let whole = pair.0;
    let (tag, content) = pair.next()?;
    let keyword = KEYWORDS.iter().find(|(known, _)| *known == id).map(|(_, keyword)| *keyword);
    Some(match (keyword, STRINGS.contains(&tag)) {
        (Some(keyword), true) => {
            format!("{keyword}={}", escaped(std::str::from_utf8(content).ok()?))
        }
        (Some(keyword), false) => format!("{keyword}=#{}", hex(whole)),
        (None, _) => format!("{}=#{}", dotted(id), hex(whole)),
    })
}

/// A value in which no sign can be taken for one between parts.
fn escaped(value: &str) -> String {
    let (first, last) = (0, value.chars().count().saturating_sub(1));
    let mut out = String::new();
    for (at, sign) in value.chars().enumerate() {
        let at_the_edge =
            (at == first && sign == '#') || ((at == first || at == last) && sign == ' ');
        if at_the_edge || ",+\"\\<>;".contains(sign) {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The numbers of an object identifier; one that is too large reads as the largest.
fn dotted(id: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0u32;
    for group in id {
        number = number.saturating_mul(0x80).saturating_add(u32::from(group & 0x7f));
        if *group < 0x80 {
            numbers.push(std::mem::take(&mut number));
        }
    }
    let shared = numbers.first().copied().unwrap_or_default();
    let first = (shared / 40).min(2);
    let second = shared.saturating_sub(first.saturating_mul(40));
    let all = [first, second].into_iter().chain(numbers.into_iter().skip(1));
    all.map(|number| number.to_string()).collect::<Vec<_>>().join(".")
}

/// Values one after the other, up to the first that does not fit.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }
}

impl<'a> Iterator for Der<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, first], mut rest) = self.0.split_first_chunk::<2>()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            length = digits.iter().try_fold(0usize, |length, digit| {
                length.checked_mul(0x100)?.checked_add(usize::from(*digit))
            })?;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

#[cfg(test)]
mod tests {
    use super::super::TestCa;
    use super::super::der::{integer, oid, sequence, set, tagged, text};
    use super::*;

    /// As much of a certificate as its subject needs.
    fn certificate(subject: &[u8]) -> CertificateDer<'static> {
        let empty = || sequence(&[]);
        let body = [integer(&[1]), empty(), empty(), empty(), tagged(SEQUENCE, subject)];
        sequence(&[sequence(&body)]).into()
    }

    fn named(id: &[u32], value: Vec<u8>) -> Vec<u8> {
        set(&[sequence(&[oid(id), value])])
    }

    #[test]
    fn a_client_is_called_after_its_common_name() {
        let ca = TestCa::new(1).expect("an authority");
        let alice = ca.client("alice").expect("a certificate");
        assert_eq!(principal_of(&alice.chain()[0]), Some(Principal::user("CN=alice")));
    }

    #[test]
    fn parts_stand_in_reverse_and_signs_are_escaped() {
        let subject = [
            named(&[2, 5, 4, 6], tagged(0x13, b"DE")),
            named(&[2, 5, 4, 10], text("#1, a+b ")),
            named(&[0, 9, 2342, 19_200_300, 100, 1, 1], text("a\\b")),
            named(&[1, 2, 840, 113_549, 1, 9, 1], tagged(0x16, b"a@b")),
        ];
        let name = r"1.2.840.113549.1.9.1=#1603614062,UID=a\\b,O=\#1\, a\+b\ ,C=DE";
        assert_eq!(principal_of(&certificate(&subject.concat())), Some(Principal::user(name)));
    }

    #[test]
    fn without_a_subject_nobody_in_particular_is_meant() {
        assert_eq!(principal_of(&certificate(&[])), Some(Principal::anonymous()));
    }

    #[test]
    fn bytes_that_are_no_certificate_are_nobodys() {
        let ca = TestCa::new(1).expect("an authority");
        let whole = ca.client("alice").expect("a certificate").chain()[0].to_vec();
        for length in 0..whole.len() {
            assert_eq!(principal_of(&whole[..length].into()), None, "{length} bytes");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x80;
            let _ = principal_of(&changed.into());
        }
    }
}
