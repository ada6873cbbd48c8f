//! What checksums cost, by ours and by the crates that compute them.

use std::hint::black_box;

use klamm_peers_bench::{Contender, Contest, Side};
use klamm_records::checksum;

use crate::facts::{Parts, inputs};
use crate::floor;

pub(crate) fn contests() -> Vec<Contest<String>> {
    let sizes = [16, 64, 1_024];
    let whole = sizes.into_iter().map(whole);
    whole.chain(sizes.into_iter().map(combined)).collect()
}

fn bytes(kib: usize) -> &'static [u8] {
    inputs(1, kib << 10, Parts::ValueOnly).first().expect("one record").value
}

fn whole(kib: usize) -> Contest<String> {
    let bytes = bytes(kib);
    assert_eq!(checksum::crc32c(bytes), crc32c::crc32c(bytes));
    let contender = |side, of: fn(&[u8]) -> u32| {
        Contender::repeated(side, 64, move || _ = black_box(of(black_box(bytes))))
    };
    let contenders = vec![
        contender(Side::Ours, checksum::crc32c),
        contender(Side::Peer("crc32c"), crc32c::crc32c),
        contender(Side::Peer("crc-fast"), floor::crc32c),
        contender(Side::Peer("crc-fast, crc32_iscsi"), crc_fast::crc32_iscsi),
    ];
    Contest { title: format!("crc32c of {kib} KiB"), bytes: bytes.len(), contenders }
}

/// The checksum of a header and of a payload of this length, which is not read again.
fn combined(kib: usize) -> Contest<String> {
    let (first, second, len) = (0x1234_5678_u32, 0x9abc_def0_u32, kib << 10);
    let ours = move |(first, second, len)| checksum::combine(first, second, len as u64);
    let peer = |(first, second, len)| crc32c::crc32c_combine(first, second, len);
    assert_eq!(ours((first, second, len)), peer((first, second, len)));
    let contenders = vec![
        Contender::repeated(Side::Ours, 64, move || {
            black_box(ours(black_box((first, second, len))));
        }),
        Contender::repeated(Side::Peer("crc32c"), 64, move || {
            black_box(peer(black_box((first, second, len))));
        }),
    ];
    Contest { title: format!("combine with a checksum of {kib} KiB"), bytes: 8, contenders }
}
