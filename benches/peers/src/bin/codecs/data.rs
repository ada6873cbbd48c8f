//! Records as producers have them, the same in every run.

use std::fmt::Write;

/// A kind of records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Orders as JSON objects.
    Json,
    /// Lines of an access log.
    Log,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Log => "log",
        }
    }

    /// So many bytes of such records.
    pub(crate) fn bytes(self, len: usize) -> Vec<u8> {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut text = String::with_capacity(len + 512);
        let mut number = 0;
        while text.len() < len {
            number += 1;
            match self {
                Self::Json => json(&mut text, &mut random, number),
                Self::Log => log(&mut text, &mut random, number),
            }
        }
        text.truncate(len);
        text.into_bytes()
    }
}

/// Numbers without a pattern (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let place = self.below(words.len() as u64) as usize;
        words.get(place).copied().unwrap_or_default()
    }
}

const CITIES: &[&str] =
    &["Lagos", "Lima", "Lyon", "Leeds", "Lahore", "Łódź", "London", "Lisbon", "Luanda", "Linz"];
const STATES: &[&str] = &["created", "paid", "packed", "shipped", "delivered", "returned"];
const PATHS: &[&str] =
    &["/", "/search", "/cart", "/api/v2/orders", "/api/v2/users", "/static/app.js", "/health"];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
    "curl/8.14.1",
    "kube-probe/1.33",
];

fn json(text: &mut String, random: &mut Random, number: u64) {
    let written = write!(
        text,
        "{{\"id\":{number},\"order\":\"{:016x}\",\"customer\":{},\"state\":\"{}\",\"city\":\"{}\",\
         \"amount\":{}.{:02},\"currency\":\"EUR\",\"items\":[{},{}],\"updated_at\":{}}}",
        random.below(u64::MAX),
        random.below(100_000),
        random.pick(STATES),
        random.pick(CITIES),
        random.below(900),
        random.below(100),
        random.below(5_000),
        random.below(5_000),
        1_700_000_000_000 + number * 37 + random.below(30),
    );
    written.expect("a string takes everything");
}

fn log(text: &mut String, random: &mut Random, number: u64) {
    let written = writeln!(
        text,
        "10.{}.{}.{} - - [21/Nov/2026:13:{:02}:{:02} +0000] \"GET {}?id={} HTTP/1.1\" {} {} \"-\" \
         \"{}\"",
        random.below(4),
        random.below(256),
        random.below(256),
        number / 600 % 60,
        number / 10 % 60,
        random.pick(PATHS),
        random.below(1_000_000),
        random.pick(&["200", "200", "200", "304", "404", "500"]),
        random.below(60_000),
        random.pick(AGENTS),
    );
    written.expect("a string takes everything");
}
