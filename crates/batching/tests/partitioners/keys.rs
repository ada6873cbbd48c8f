//! The keys of the partitioners' vectors, from a generator that needs no file.
//!
//! The vectors hold answers only. Whoever makes them and whoever replays them takes the keys from
//! this one file: `cargo xtask vectors partitioners` compiles it too.

/// How many keys there are.
pub(crate) const COUNT: u32 = 10_000;

/// Partition counts for which there are answers.
pub(crate) const PARTITION_COUNTS: [u32; 7] = [1, 2, 3, 7, 12, 100, 1000];

/// Lengths around those at which a hash might take another path.
const LONG: [u32; 12] = [127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 4095, 65_535, 65_537];

/// Keys whose 32-bit FNV-1a is the least signed number, which has no absolute value.
const LEAST: [&str; 4] = ["12766675c", "56547888L", "88970469P", "2304669687"];

/// All keys in their order.
pub(crate) fn all() -> impl Iterator<Item = Option<Vec<u8>>> {
    (0..COUNT).map(key)
}

/// The key at that place: each thousandth is null and the one behind it empty; then come each
/// single byte, runs of the same byte in every length up to 64, long keys, and keys of chance with
/// lengths from 0 to 64.
fn key(index: u32) -> Option<Vec<u8>> {
    match index {
        _ if index.is_multiple_of(1000) => None,
        _ if index % 1000 == 1 => Some(Vec::new()),
        2..258 => Some(index.wrapping_sub(2).to_le_bytes().into_iter().take(1).collect()),
        258..514 => Some(run(index.wrapping_sub(258))),
        514..526 => Some(long(index, index.wrapping_sub(514))),
        526..530 => Some(least(index.wrapping_sub(526))),
        _ => Some(chance(index, index % 65)),
    }
}

fn run(place: u32) -> Vec<u8> {
    let byte = match place % 4 {
        0 => 0x00,
        1 => 0x7f,
        2 => 0x80,
        _ => 0xff,
    };
    (0..=place / 4).map(|_| byte).collect()
}

fn long(index: u32, place: u32) -> Vec<u8> {
    let length = usize::try_from(place).ok().and_then(|place| LONG.get(place));
    chance(index, length.copied().unwrap_or_default())
}

fn least(place: u32) -> Vec<u8> {
    let key = usize::try_from(place).ok().and_then(|place| LEAST.get(place));
    key.copied().unwrap_or_default().into()
}

/// SplitMix64 seeded with the key's place; each number gives its lowest byte.
fn chance(index: u32, length: u32) -> Vec<u8> {
    let mut state = u64::from(index);
    let byte = |_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [lowest, ..] = (mixed ^ (mixed >> 31)).to_le_bytes();
        lowest
    };
    (0..length).map(byte).collect()
}
