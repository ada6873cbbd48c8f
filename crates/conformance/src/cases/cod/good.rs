//! Batches that every codec must carry.

use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::batch::{Batch, Item};
use crate::case::{Outcome, Stop};
use crate::cases::bat::raw::{Refusal, name_of, oldest_for, refused, send};
use crate::requests::CODE;
use crate::run::Run;

/// Batches of different sizes: one record, many small ones, and a large one that hardly shrinks.
fn batches() -> Vec<(&'static str, Vec<Item>)> {
    let small = |n: u32| Item {
        headers: vec![("n".into(), Some(n.to_be_bytes().to_vec()))],
        delta: i64::from(n),
        ..Item::pair(format!("key{n}").as_bytes(), b"the same again and again")
    };
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let noise = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [byte, ..] = state.to_le_bytes();
        byte
    });
    let noise: Vec<u8> = noise.take(200_000).collect();
    vec![
        ("one", vec![Item::value(b"a")]),
        ("many", (0..300).map(small).collect()),
        ("large", vec![Item::value(&noise), Item::value(&vec![b'z'; 200_000])]),
    ]
}

pub(super) fn kept(run: &mut Run, codec: Codec) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let oldest = oldest_for(codec);
    if versions.max < oldest {
        return Err(Stop::Skipped(format!("Produce v{oldest} is not advertised")));
    }
    for (what, items) in batches() {
        let topic = run.topic(what, 1)?;
        let batch = Batch::items(items.clone()).codec(codec).build()?.bytes();
        let versions: Vec<i16> = versions.iter().filter(|version| *version >= oldest).collect();
        for version in &versions {
            let answer = send(run, &topic, *version, (what, &batch))?;
            run.expect.code(&answer, CODE, 0);
        }
        let log = run.log(&topic, 0)?;
        run.expect.eq(what, log.records().count(), items.len() * versions.len());
        let codecs = log.batches.iter().map(|batch| batch.header.attributes.0 & 7);
        run.expect
            .that("the codec is kept", codecs.eq(vec![i16::from(codec.id()); versions.len()]));
        for (record, item) in log.records().zip(items.iter().cycle()) {
            let headers: Vec<_> = item.headers.iter().map(|(k, v)| (k.as_bytes(), v)).collect();
            let same = record.key == item.key
                && record.value == item.value
                && record.headers.iter().map(|(k, v)| (&**k, v)).eq(headers);
            run.expect.that(&format!("{what}: {} as sent", record.offset), same);
        }
    }
    Ok(())
}

pub(super) fn zstd_too_early(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let oldest = oldest_for(Codec::Zstd);
    if versions.min >= oldest {
        return Err(Stop::Skipped("no such version of Produce is advertised".into()));
    }
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["a"]).codec(Codec::Zstd).build()?.bytes();
    for version in versions.iter().filter(|version| *version < oldest) {
        let answer = send(run, &topic, version, ("zstd", &batch))?;
        run.expect.code(&answer, CODE, 76);
    }
    refused(run, &topic, (i16::MAX, Refusal::Any), &[])
}

pub(super) fn recompressed(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let producers = [("producer", None)].into_iter();
    let kinds = ["uncompressed", "gzip", "snappy", "lz4", "zstd"].into_iter();
    let kinds = kinds.zip(Codec::ALL.map(Some));
    for (kind, stored) in producers.chain(kinds) {
        let topic = run.topic_with(kind, 1, &[("compression.type", kind)])?;
        let items: Vec<Item> = (0..50)
            .map(|n| Item { delta: n, ..Item::pair(format!("k{n}").as_bytes(), b"same, same") })
            .collect();
        for codec in Codec::ALL {
            let batch = Batch::items(items.clone()).codec(codec).build()?.bytes();
            let answer = send(run, &topic, version, (name_of(codec), &batch))?;
            run.expect.code(&answer, CODE, 0);
        }
        let log = run.log(&topic, 0)?;
        let codecs: Vec<i16> =
            log.batches.iter().map(|batch| batch.header.attributes.0 & 7).collect();
        let wanted = Codec::ALL.map(|sent| i16::from(stored.unwrap_or(sent).id())).to_vec();
        run.expect.eq(kind, codecs, wanted);
        let same = |(record, item): (&crate::log::LogRecord, &Item)| {
            record.key == item.key && record.value == item.value
        };
        let all = log.records().zip(items.iter().cycle()).all(same);
        run.expect.that("records are equal", all && log.records().count() == 250);
    }
    Ok(())
}
