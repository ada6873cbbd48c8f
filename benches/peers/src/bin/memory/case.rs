//! What is swept over, and the bound that holds for it.

use std::fmt;

use klamm_peers_bench::Arguments;

use crate::stall::Found;

const MIB: usize = 1024 * 1024;
/// What the client may take beside `buffer.memory`. Metadata of twelve partitions are nothing, no
/// answer is on its way, and there is no TLS.
const BESIDE: usize = 8 * MIB;

/// A producer's memory, and what fills it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `buffer.memory`, in MiB.
    buffer: usize,
    pub(crate) size: usize,
    pub(crate) codec: String,
    /// Whether records have tags, which are remembered until their end is told.
    pub(crate) is_tagged: bool,
}

impl Case {
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for is_tagged in [false, true] {
            for buffer in [1, 8, 32] {
                for size in [10, 100, 1_024] {
                    let codecs = ["none", "lz4"].map(str::to_owned);
                    all.extend(codecs.map(|codec| Self { buffer, size, codec, is_tagged }));
                }
            }
        }
        all
    }

    pub(crate) fn read(arguments: &Arguments) -> Result<Self, String> {
        Ok(Self {
            buffer: arguments.demanded("buffer")?,
            size: arguments.demanded("size")?,
            codec: arguments.demanded("codec")?,
            is_tagged: arguments.demanded("tagged")?,
        })
    }

    /// With which this program is this case.
    pub(crate) fn arguments(&self, bootstrap: &str) -> Vec<String> {
        let (buffer, size) = (self.buffer.to_string(), self.size.to_string());
        let is_tagged = self.is_tagged.to_string();
        let words = [
            ["--bootstrap", bootstrap],
            ["--buffer", &buffer],
            ["--size", &size],
            ["--codec", &self.codec],
            ["--tagged", &is_tagged],
        ];
        words.as_flattened().iter().map(|word| (*word).to_owned()).collect()
    }

    /// `buffer.memory`, in bytes.
    pub(crate) const fn buffer(&self) -> usize {
        self.buffer * MIB
    }

    /// Prints what was found; whether it stays within the bound.
    pub(crate) fn print(&self, found: &Found) -> bool {
        let Found { peak, counted, refused, failed } = *found;
        let most = self.buffer() + BESIDE;
        let is_reached = peak <= most;
        let verdict = if is_reached { "ok" } else { "MISSED" };
        let mib = |bytes: usize| bytes as f64 / MIB as f64;
        println!(
            "{self}: peak {:.2} (max {:.2}), counted {:.2}, {refused} times no room, {failed} \
             records failed {verdict}",
            mib(peak),
            mib(most),
            mib(counted)
        );
        is_reached
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { buffer, size, codec, is_tagged } = self;
        let tags = if *is_tagged { "tagged" } else { "untagged" };
        write!(f, "buffer.memory {buffer} MiB, {size} B {codec}, {tags}")
    }
}
