//! Bytes that the reference wrote of the same records.

use klamm_records::{Compression, Encoder, Header, Stamp};
use klamm_wire::WallMillis;

use crate::support::{open, pool};

/// Three records: the second with a key and two headers, one null and one not ASCII.
const GOLDEN: &str = "0000000000000000 00000061 ffffffff 02 7fd043da 0000 00000002 \
     0000018bcfe56800 0000018bcfe56802 ffffffffffffffff ffff ffffffff 00000003 \
     16 00 00 00 01 0a 6361616362 00 2a 00 01 02 04 6b31 0a 6462646262 04 02 68 01 04 c3a9 02 78 \
     1a 00 04 04 04 6b32 0a 6364626264 00";

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn three_records_are_written_as_the_reference_writes_them() {
    let mut batch = open(1_000);
    let base = 1_700_000_000_000;
    let headers = [Header { key: "h", value: None }, Header::new("é", b"x")];
    let mut append = |time, key, value: &[u8], headers: &[Header<'_>]| {
        batch.append(WallMillis(time), key, Some(value), headers).unwrap();
    };
    append(base, None, b"caacb", &[]);
    append(base - 1, Some(b"k1".as_slice()), b"dbdbb", &headers);
    append(base + 2, Some(b"k2".as_slice()), b"cdbbd", &[]);
    let batch = batch.close().unwrap();
    let encoded = Encoder::new().encode(batch, Compression::NONE, &pool()).unwrap();
    let stamped = encoded.stamp(Stamp::Plain);
    assert_eq!(stamped.crc(), 0x7fd0_43da);
    assert_eq!(stamped.into_segments().concat(), from_hex(GOLDEN));
}
