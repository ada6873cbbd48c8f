//! The defects of frames and versions, and that every defect is honoured somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::frame::encode_request;

use super::*;
use crate::testing::batch_of;
use crate::{ClusterSettings, Defect};

fn world_with(defect: Defect) -> World {
    let mut settings = ClusterSettings::of(1);
    settings.defects.switch_on(defect);
    let mut world = World::with(settings);
    world.topic("orders", 2);
    world
}

/// The correlation ids of what came on a connection.
fn ids(world: &World, client: ConnectionId) -> Vec<i32> {
    let mut bytes = bytes_of(world, client);
    let mut ids = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (frame, rest) = rest.split_at(usize::try_from(i32::from_be_bytes(*length)).unwrap());
        ids.push(i32::from_be_bytes(*frame.first_chunk().unwrap()));
        bytes = rest;
    }
    ids
}

/// Requests for all topics with these numbers, in one piece.
fn pipelined(numbers: &[i32]) -> Vec<u8> {
    let frames = numbers.iter().map(|number| {
        encode_request(&all_topics(), VERSION, *number, Some("tester")).unwrap().to_vec()
    });
    frames.collect::<Vec<_>>().concat()
}

fn push(world: &mut World, client: ConnectionId, bytes: &[u8]) {
    world.cluster.receive(world.now, client, Bytes::copy_from_slice(bytes));
    world.drain();
}

#[test]
fn correlation_ids_can_be_wrong() {
    let mut world = world_with(Defect::WrongCorrelationId);
    let client = world.connect(1);
    push(&mut world, client, &pipelined(&[7, i32::MAX]));
    assert_eq!(ids(&world, client), [8, i32::MIN]);
}

#[test]
fn answers_can_be_out_of_order() {
    let mut world = world_with(Defect::AnswersOutOfOrder);
    let client = world.connect(1);
    push(&mut world, client, &pipelined(&[1, 2, 3, 4, 5]));
    assert_eq!(ids(&world, client), [2, 1, 4, 3, 5]);
}

#[test]
fn sizes_that_are_none_can_be_skipped() {
    let stream = [&[0; 4][..], &pipelined(&[1]), &[0xff; 4], &pipelined(&[2])].concat();
    for step in [1, 3, 7, stream.len()] {
        let mut world = world_with(Defect::SkipsBadSizes);
        let client = world.connect(1);
        stream.chunks(step).for_each(|piece| push(&mut world, client, piece));
        assert_eq!(ids(&world, client), [1, 2]);
        assert!(!world.is_closed(client));
    }
    let mut world = World::of(1);
    let client = world.connect(1);
    push(&mut world, client, &stream);
    assert!(world.is_closed(client));
}

#[test]
fn the_header_in_front_of_versions_can_have_tags() {
    let request = ApiVersionsRequest {
        client_software_name: "klamm".into(),
        client_software_version: "1".into(),
        ..ApiVersionsRequest::default()
    };
    let bytes = |mut world: World, version| {
        let client = world.connect(1);
        world.send(client, version, &request);
        bytes_of(&world, client).to_vec()
    };
    for (version, extra) in [(2, 0), (3, 1), (4, 1)] {
        let right = bytes(World::of(1), version);
        let wrong = bytes(world_with(Defect::TaggedApiVersionsHeader), version);
        assert_eq!(wrong.len(), right.len() + extra, "version {version}");
        assert_eq!(wrong[8..8 + extra], [0][..extra]);
        assert_eq!(wrong[8 + extra..], right[8..]);
    }
}

#[test]
fn tags_that_nobody_knows_can_be_refused() {
    for is_defective in [false, true] {
        let defect = is_defective.then_some(Defect::RefusesUnknownTags);
        let mut world = defect.map_or_else(|| World::of(1), world_with);
        let client = world.connect(1);
        let mut request = all_topics();
        request.unknown_tags.push(99, vec![1, 2, 3]);
        world.send(client, VERSION, &request);
        assert_eq!(world.is_closed(client), is_defective);
    }
}

#[test]
fn an_epoch_can_be_kept_for_all_partitions() {
    let write = |world: &mut World, partition, epoch| {
        let request = produce(1, vec![(partition, batch_of(7, epoch, 0, &["a"]))]);
        parts(world.ask(1, VERSION, &request))[0].error_code
    };
    let mut right = World::of(1);
    right.topic("orders", 2);
    let mut wrong = world_with(Defect::EpochPerProducer);
    assert_eq!(write(&mut right, 0, 1), ErrorCode::NONE);
    assert_eq!(write(&mut right, 1, 0), ErrorCode::NONE);
    assert_eq!(write(&mut wrong, 0, 1), ErrorCode::NONE);
    assert_eq!(write(&mut wrong, 1, 0), ErrorCode::INVALID_PRODUCER_EPOCH);
}

/// The source files that are neither tests nor the list of defects.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && !["tests.rs", "defects.rs"].contains(&&*name) {
            found.push(path);
        }
    }
}

#[test]
fn every_defect_is_honoured_at_one_place() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let texts: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let all = texts.concat();
    let mut wrong = Vec::new();
    for defect in Defect::ALL {
        let name = format!("Defect::{defect:?}");
        let is_whole = |at: &usize| {
            let next = all[at + name.len()..].chars().next();
            next.is_some_and(|next| !next.is_alphanumeric())
        };
        let places = all.match_indices(&name).filter(|(at, _)| is_whole(at)).count();
        if places != 1 {
            wrong.push((defect.name(), places));
        }
    }
    assert_eq!(wrong, []);
}
