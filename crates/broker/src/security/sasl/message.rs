//! The client's two messages of SCRAM, read as strictly as Kafka reads them.
//!
//! No value holds a comma, so a message is a list of attributes. What has been read borrows the
//! message, because proofs are made over the bytes as they were sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// `n,[a=…],n=name,r=nonce[,extensions]`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientFirst<'a> {
    /// `n,[a=…],`: what the last message must repeat.
    pub(super) header: &'a str,
    /// What follows the header.
    pub(super) bare: &'a str,
    /// Whom the client wants to act for, still escaped.
    pub(super) acting: Option<&'a str>,
    /// The user's name, no longer escaped.
    pub(super) name: String,
    pub(super) nonce: &'a str,
    /// The name is that of a delegation token.
    pub(super) by_token: bool,
}

impl<'a> ClientFirst<'a> {
    /// Nothing for channel bindings (`y`, `p=…`), unknown mandatory attributes (`m=`), names that
    /// are not ASCII, and everything out of order.
    pub(super) fn read(message: &'a [u8]) -> Option<Self> {
        let message = ascii(message)?;
        let (flag, rest) = message.split_once(',')?;
        let (acting, bare) = rest.split_once(',')?;
        let acting = if acting.is_empty() { None } else { Some(acting.strip_prefix("a=")?) };
        let header = message.strip_suffix(bare)?;
        let mut attributes = bare.split(',');
        let name = unescape(attributes.next()?.strip_prefix("n=")?)?;
        let nonce = attributes.next()?.strip_prefix("r=").filter(|nonce| is_printable(nonce))?;
        let extensions = attributes.map(extension).collect::<Option<Vec<_>>>()?;
        let by_token = extensions.contains(&("tokenauth", "true"));
        acting.map_or(Some(String::new()), unescape)?;
        (flag == "n").then_some(Self { header, bare, acting, name, nonce, by_token })
    }
}

/// `c=binding,r=nonce[,extensions],p=proof`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientFinal<'a> {
    /// The header of the first message, as the client remembers it.
    pub(super) binding: Vec<u8>,
    /// The nonces of both sides.
    pub(super) nonce: &'a str,
    /// Everything that the proof is made over.
    pub(super) without_proof: &'a str,
    pub(super) proof: Vec<u8>,
}

impl<'a> ClientFinal<'a> {
    pub(super) fn read(message: &'a [u8]) -> Option<Self> {
        let message = ascii(message)?;
        let (without_proof, proof) = message.rsplit_once(',')?;
        let proof = STANDARD.decode(proof.strip_prefix("p=")?).ok()?;
        let mut attributes = without_proof.split(',');
        let binding = STANDARD.decode(attributes.next()?.strip_prefix("c=")?).ok()?;
        let nonce = attributes.next()?.strip_prefix("r=").filter(|nonce| is_printable(nonce))?;
        attributes.all(|text| extension(text).is_some()).then_some(())?;
        Some(Self { binding, nonce, without_proof, proof })
    }
}

/// A message of characters from 1 to 127.
fn ascii(message: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(message).ok()?;
    (text.is_ascii() && !text.contains('\0')).then_some(text)
}

fn is_printable(nonce: &str) -> bool {
    !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic())
}

/// `name=value`, neither of them empty.
fn extension(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_name && !value.is_empty()).then_some((name, value))
}

/// A name in which `=2C` stands for a comma and `=3D` for an equals sign, and `=` for nothing else.
pub(super) fn unescape(name: &str) -> Option<String> {
    let mut pieces = name.split('=');
    let mut plain = pieces.next()?.to_owned();
    for piece in pieces {
        let (sign, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            (None, None) => return None,
        };
        plain.push(sign);
        plain.push_str(rest);
    }
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_message_is_taken_apart() {
        let read = ClientFirst::read(b"n,a=eve,n=a=2Cb=3D,r=xyz,tokenauth=true").expect("it");
        assert_eq!(read.header, "n,a=eve,");
        assert_eq!(read.bare, "n=a=2Cb=3D,r=xyz,tokenauth=true");
        assert_eq!((read.acting, read.name.as_str(), read.nonce), (Some("eve"), "a,b=", "xyz"));
        assert!(read.by_token);
    }

    #[test]
    fn a_first_message_that_is_not_well_formed_is_refused() {
        for text in [
            "",
            "n",
            "n,",
            "n,,",
            "n,,n=u",
            "n,,n=u,r=",
            "n,,n=,r=x",
            "n,,r=x,n=u",
            "n,,n=u,r=a b",
            "y,,n=u,r=x",
            "p=tls-unique,,n=u,r=x",
            "n,,m=1,n=u,r=x",
            "n,eve,n=u,r=x",
            "n,a=,n=u,r=x",
            "n,,n=a=2c,r=x",
            "n,,n=a=,r=x",
            "n,,n=u,r=x,",
            "n,,n=u,r=x,1=2",
            "n,,n=u,r=x,a=",
            "n,,n=\u{fc},r=x",
            "n,,n=u\0,r=x",
            "N,,n=u,r=x",
        ] {
            assert_eq!(ClientFirst::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(ClientFirst::read(b"n,,n=\xff,r=x"), None);
    }

    #[test]
    fn a_final_message_is_taken_apart() {
        let read = ClientFinal::read(b"c=biws,r=abc,x=y,p=AAEC").expect("it");
        assert_eq!((read.binding.as_slice(), read.nonce), (&b"n,,"[..], "abc"));
        assert_eq!((read.without_proof, read.proof), ("c=biws,r=abc,x=y", vec![0, 1, 2]));
    }

    #[test]
    fn a_final_message_that_is_not_well_formed_is_refused() {
        for text in [
            "",
            "c=biws",
            "c=biws,r=abc",
            "r=abc,c=biws,p=AAEC",
            "c=biws,r=,p=AAEC",
            "c=!,r=abc,p=AAEC",
            "c=biws,r=abc,p=A",
            "c=biws,r=abc,p=AAEC,x=y",
            "c=biws,r=abc,,p=AAEC",
        ] {
            assert_eq!(ClientFinal::read(text.as_bytes()), None, "{text}");
        }
    }
}
