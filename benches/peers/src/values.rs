//! Values to send: text like JSON, drawn from a seed.

/// How many different values there are.
const POOL: usize = 1_000;

/// Words of which values are made: real texts repeat a few words and differ in numbers.
const WORDS: [&str; 16] = [
    "order", "payment", "shipped", "pending", "created", "basket", "customer", "region", "north",
    "south", "express", "standard", "invoice", "refund", "gift", "voucher",
];

/// A thousand values of this many bytes, the same ones in every process.
#[must_use]
pub fn values(size: usize) -> Vec<Vec<u8>> {
    let mut draw = Draw(1);
    (0..POOL).map(|_| value(&mut draw, size)).collect()
}

/// Short ones are cut, and no JSON any more.
fn value(draw: &mut Draw, size: usize) -> Vec<u8> {
    let mut text = format!("{{\"id\":{}", draw.below(1_000_000_000));
    while text.len() < size {
        let (name, value) = (draw.word(), draw.word());
        text.push_str(&format!(",\"{name}\":\"{value}\",\"n\":{}", draw.below(100_000)));
    }
    let mut bytes = text.into_bytes();
    bytes.truncate(size.saturating_sub(1));
    bytes.push(b'}');
    bytes
}

/// Numbers drawn from a seed (splitmix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn word(&mut self) -> &'static str {
        let place = self.below(WORDS.len() as u64) as usize;
        WORDS.get(place).copied().unwrap_or_default()
    }
}
