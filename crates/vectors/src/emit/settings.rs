//! Every codec with every level that it takes.

use klamm_records::{Codec, Compression};

/// The compressions by codec; each line takes the next codec, and each codec its next level.
#[derive(Debug)]
pub(super) struct Settings(Vec<Vec<Compression>>);

impl Settings {
    pub(super) fn new() -> Self {
        Self(Codec::ALL.into_iter().map(of_codec).collect())
    }

    /// The compression of a line.
    pub(super) fn of_line(&self, index: usize) -> Compression {
        let codecs = self.0.len().max(1);
        let levels = self.0.get(index % codecs).map(Vec::as_slice).unwrap_or_default();
        let level = (index / codecs) % levels.len().max(1);
        levels.get(level).copied().unwrap_or_default()
    }
}

fn of_codec(codec: Codec) -> Vec<Compression> {
    let levels = levels(codec).into_iter();
    let levels = levels.filter_map(|level| Compression::with_level(codec, level).ok());
    std::iter::once(Compression::of(codec)).chain(levels).collect()
}

/// Levels within the ranges of KIP-390; of the many negative ones of zstd, the two ends.
fn levels(codec: Codec) -> Vec<i32> {
    match codec {
        Codec::None | Codec::Snappy => Vec::new(),
        Codec::Gzip => std::iter::once(-1).chain(1..=9).collect(),
        Codec::Lz4 => (1..=17).collect(),
        Codec::Zstd => std::iter::once(-131_072).chain(-7..=22).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_codec_comes_with_every_level_that_it_takes() {
        let settings = Settings::new();
        let all: BTreeSet<(Codec, Option<i32>)> = (0..5 * 32)
            .map(|index| settings.of_line(index))
            .map(|compression| (compression.codec(), compression.level()))
            .collect();
        let count = |codec| all.iter().filter(|(found, _)| *found == codec).count();
        assert_eq!(Codec::ALL.map(count), [1, 11, 1, 18, 32]);
    }
}
