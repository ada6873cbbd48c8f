//! The header of a request, read as leniently as Kafka reads it.
//!
//! Every negative length of a client id is null there, a client id need not be UTF-8, and tagged
//! fields may come in any order and more than once. What comes behind the header is the body.

use bytes::Bytes;
use klamm_protocol::ApiKey;
use klamm_wire::varint;

/// What the header of a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) key: i16,
    pub(super) version: i16,
    pub(super) correlation_id: i32,
    /// Empty when the client gives none.
    pub(super) client_id: String,
    /// Whether the header had tagged fields; none is known.
    pub(super) is_tagged: bool,
}

/// Reads the header of a request, and returns the body behind it; nothing if it is malformed. For a
/// key that no API has there is no body.
pub(super) fn read(frame: &Bytes) -> Option<(Header, Bytes)> {
    let ([k0, k1, v0, v1, c0, c1, c2, c3], mut rest) = frame.split_first_chunk::<8>()?;
    let (key, version) = (i16::from_be_bytes([*k0, *k1]), i16::from_be_bytes([*v0, *v1]));
    let correlation_id = i32::from_be_bytes([*c0, *c1, *c2, *c3]);
    let mut header =
        Header { key, version, correlation_id, client_id: String::new(), is_tagged: false };
    let Some(api) = ApiKey::from_code(key) else { return Some((header, Bytes::new())) };
    let form = api.request_header_version(version);
    if form >= 1 {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        let length = usize::try_from(i16::from_be_bytes(*length)).unwrap_or(0);
        let (client_id, behind) = behind.split_at_checked(length)?;
        header.client_id = String::from_utf8_lossy(client_id).into_owned();
        rest = behind;
    }
    if form >= 2 {
        (header.is_tagged, rest) = skip_tags(rest)?;
    }
    Some((header, frame.slice_ref(rest)))
}

/// Passes over tagged fields: whether there were any, and what follows them.
fn skip_tags(bytes: &[u8]) -> Option<(bool, &[u8])> {
    let (count, mut rest) = varint::read_u32(bytes).ok()?;
    for _ in 0..count {
        let (_, behind) = varint::read_u32(rest).ok()?;
        let (size, behind) = varint::read_u32(behind).ok()?;
        (_, rest) = behind.split_at_checked(usize::try_from(size).ok()?)?;
    }
    Some((count > 0, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of ApiVersions with these bytes behind the correlation id.
    fn header(version: i16, behind: &[u8]) -> Option<(Header, Bytes)> {
        let mut frame = vec![0, 18];
        frame.extend(version.to_be_bytes());
        frame.extend([0, 0, 0, 7]);
        frame.extend(behind);
        read(&frame.into())
    }

    #[test]
    fn every_negative_length_of_a_client_id_is_null() {
        for length in [[0xff, 0xff], [0xff, 0xfe], [0x80, 0x00]] {
            let (header, body) = header(0, &[&length[..], b"body"].concat()).unwrap();
            assert_eq!((header.client_id.as_str(), &body[..]), ("", &b"body"[..]));
        }
    }

    #[test]
    fn a_client_id_need_not_be_utf_8() {
        let (header, _) = header(0, &[0, 3, b'a', 0xff, b'b']).unwrap();
        assert_eq!(header.client_id, "a\u{fffd}b");
    }

    #[test]
    fn tags_may_repeat_and_descend() {
        let tags = [3, 9, 1, b'x', 9, 1, b'y', 2, 0];
        let (header, body) = header(3, &[&[0xff, 0xff], &tags[..], b"body"].concat()).unwrap();
        assert!(header.is_tagged);
        assert_eq!(&body[..], b"body");
    }

    #[test]
    fn what_ends_too_soon_is_no_header() {
        assert_eq!(header(0, &[0, 5, b'a']), None);
        assert_eq!(header(3, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x07]), None);
        assert_eq!(header(3, &[0xff, 0xff, 1, 0, 9, b'x']), None);
        assert_eq!(read(&Bytes::from_static(&[0, 18, 0, 0])), None);
    }
}
