//! Codecs and their levels, which each family says in its own way.

use klamm_records::compression::LevelEffect;
use klamm_records::{Codec, Compression};

use crate::draft::{Draft, ProducingDraft};
use crate::error::Problem;

/// A codec with a level that it has.
pub(crate) fn leveled(codec: Codec, level: i64) -> Result<Compression, Problem> {
    let number = i32::try_from(level).unwrap_or(i32::MAX);
    Compression::with_level(codec, number)
        .map_err(|error| Problem::new(error.to_string(), "Write a level that it has"))
}

/// The codec that is used, with its level.
pub(crate) fn assemble(d: &mut Draft) -> Result<Compression, Problem> {
    let compression = chosen(&d.producing)?;
    if compression.level_effect() == LevelEffect::Ignored && d.producing.level.is_some() {
        d.warn("compression.level", "this has no effect: lz4 has one way to compress here");
    }
    Ok(compression)
}

fn chosen(p: &ProducingDraft) -> Result<Compression, Problem> {
    let of_codec = p.levels.iter().find(|level| level.codec() == p.codec);
    match (p.level, p.codec) {
        (None | Some(-1), codec) => Ok(of_codec.copied().unwrap_or(Compression::of(codec))),
        // To librdkafka 0 is a level of every codec, and the only one of these.
        (Some(0), Codec::None | Codec::Snappy | Codec::Lz4) | (Some(_), Codec::None) => {
            Ok(Compression::of(p.codec))
        }
        (Some(level), codec) => {
            leveled(codec, level.into()).map_err(|problem| problem.of("compression.level"))
        }
    }
}
