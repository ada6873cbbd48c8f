//! What is accepted, and what of it is kept.

use klamm_protocol::ApiKey;
use klamm_records::Codec;

use crate::batch::{At, Batch, Item};
use crate::case::Outcome;
use crate::requests::CODE;
use crate::run::Run;

use super::raw::{batch_over, beginning, name_of, oldest_for, plain, record, send, varint};

/// All ways to be null or empty.
fn all_ways() -> Vec<Item> {
    let mut items = Vec::new();
    for key in [None, Some(Vec::new()), Some(b"k".to_vec())] {
        for value in [None, Some(Vec::new()), Some(b"v".to_vec())] {
            for header in [None, Some(Vec::new()), Some(b"h".to_vec())] {
                let headers = vec![(String::new(), header.clone()), ("name".into(), header)];
                items.push(Item { key: key.clone(), value: value.clone(), headers, delta: 0 });
            }
        }
    }
    items
}

pub(super) fn null_and_empty(run: &mut Run) -> Outcome {
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        let items = all_ways();
        let batch = Batch::items(items.clone()).codec(codec).build()?.bytes();
        let versions = run.usable(ApiKey::Produce)?;
        for version in versions.iter().filter(|version| *version >= oldest_for(codec)) {
            let answer = send(run, &topic, version, (name_of(codec), &batch))?;
            run.expect.code(&answer, CODE, 0);
        }
        let log = run.log(&topic, 0)?;
        let times = versions.iter().filter(|version| *version >= oldest_for(codec)).count();
        run.expect.eq("records", log.records().count(), items.len() * times);
        for (record, item) in log.records().zip(items.iter().cycle()) {
            let bytes = |(name, value): &(String, Option<Vec<u8>>)| {
                (name.clone().into_bytes(), value.clone())
            };
            let same = record.key == item.key
                && record.value == item.value
                && record.headers == item.headers.iter().map(bytes).collect::<Vec<_>>();
            run.expect.that(&format!("{} as sent", record.offset), same);
        }
    }
    Ok(())
}

pub(super) fn spare_bits(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        let mut batches = Vec::new();
        for bit in 6..16 {
            let batch = Batch::of(&["a"]).codec(codec).with_attributes(1 << bit).build()?;
            batches.push((format!("bit{bit}"), batch.bytes()));
        }
        for attributes in [1, 0x7f, 0xff] {
            let body = [varint(0), varint(0), varint(-1), varint(1), b"a".to_vec(), varint(0)];
            let payload = record(&[&[attributes], &body.concat()]);
            let batch = batch_over(codec, 1, &payload)?.bytes();
            batches.push((format!("record{attributes}"), batch));
        }
        for (what, batch) in &batches {
            let note = format!("{}-{what}", name_of(codec));
            let answer = send(run, &topic, version, (&note, batch))?;
            run.expect.remark(format!("{note}: {:?}", answer.code(CODE)));
        }
        let log = run.log(&topic, 0)?;
        let bits: Vec<_> = log.batches.iter().map(|batch| batch.header.attributes.0).collect();
        run.expect.remark(format!("{} stored: {bits:?}", name_of(codec)));
    }
    Ok(())
}

pub(super) fn offset_deltas(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    for codec in Codec::ALL {
        for deltas in [[0, 0, 0], [2, 1, 0], [1, 2, 3], [0, 5, 2], [0, 1, -1], [-3, -2, -1]] {
            let named: Vec<String> = deltas.iter().map(i64::to_string).collect();
            let name = format!("{}.{}", name_of(codec), named.join("."));
            let topic = run.topic(&name, 1)?;
            let records = deltas.map(|delta| {
                record(&[&beginning(delta), &varint(-1), &varint(1), b"a", &varint(0)])
            });
            let batch = batch_over(codec, 3, &records.concat())?.bytes();
            let answer = send(run, &topic, version, (&name, &batch))?;
            let code = answer.code(CODE);
            let behind = batch_over(codec, 1, &plain(0, b"b"))?.bytes();
            send(run, &topic, version, ("behind", &behind))?;
            let log = run.log(&topic, 0)?;
            let offsets: Vec<_> = log.records().map(|record| record.offset).collect();
            run.expect.remark(format!("{name}: {code:?} {offsets:?}"));
        }
    }
    Ok(())
}

pub(super) fn max_timestamp(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        let items = [3, 40, 12].map(|delta| Item { delta, ..Item::value(b"a") }).to_vec();
        let batch = Batch::items(items).codec(codec);
        let base = batch.header().base_timestamp;
        for wrong in [0, -1, base, base + 39, base + 41, i64::MAX, i64::MIN] {
            let changed = batch.build()?.with(At::MaxTimestamp, wrong).fixed().bytes();
            for version in [versions.min.max(oldest_for(codec)), versions.max] {
                let answer = send(run, &topic, version, (name_of(codec), &changed))?;
                run.expect.code(&answer, CODE, 0);
            }
        }
        let log = run.log(&topic, 0)?;
        run.expect.eq("batches", log.batches.len(), 14);
        for stored in &log.batches {
            run.expect.eq("greatest time", stored.header.max_timestamp, base + 40);
            run.expect.eq("first time", stored.header.base_timestamp, base);
        }
    }
    Ok(())
}

pub(super) fn leader_epoch(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    for codec in Codec::ALL {
        let topic = run.topic(name_of(codec), 1)?;
        for epoch in [-1, 0, 5, i32::MAX, i32::MIN] {
            let batch = Batch::of(&["a"]).codec(codec).build()?;
            let batch = batch.with(At::LeaderEpoch, i64::from(epoch)).bytes();
            for version in [versions.min.max(oldest_for(codec)), versions.max] {
                let answer = send(run, &topic, version, (name_of(codec), &batch))?;
                run.expect.code(&answer, CODE, 0);
            }
        }
        let log = run.log(&topic, 0)?;
        let epochs: Vec<_> = log.batches.iter().map(|batch| batch.header.leader_epoch).collect();
        let same = epochs.windows(2).all(|two| matches!(two, [a, b] if a == b));
        run.expect.that("one epoch for all, of the leader", same && !epochs.contains(&-1));
        run.expect.eq("batches", epochs.len(), 10);
    }
    Ok(())
}
