//! TOP: which topics can be made, and which cannot.

use klamm_protocol::ApiKey;
use klamm_protocol::create_topics::CreateTopicsRequest;
use klamm_protocol::create_topics::request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use klamm_wire::{NodeId, PartitionIndex};

use crate::answer::Answer;
use crate::case::{Case, Outcome, Stop};
use crate::requests;
use crate::run::Run;

/// The code of the first topic.
const CODE: &str = "/topics/0/errorCode";
/// More copies than any cluster under test has brokers.
const TOO_MANY: i16 = 1000;

pub(super) const CASES: &[Case] = &[
    Case::must(
        "TOP-01",
        "a topic of three partitions",
        "It is made, and soon Metadata tells of it.",
        &["RP"],
        made,
    ),
    Case::must(
        "TOP-02",
        "a topic that exists",
        "A name that is taken is refused by 36.",
        &["RP"],
        taken,
    )
    .reference(),
    Case::must(
        "TOP-03",
        "no partitions",
        "A topic has at least one partition: 37.",
        &["RP"],
        |run| refused(run, 37, |topic| topic.num_partitions = 0),
    )
    .reference(),
    Case::must(
        "TOP-04",
        "no copies, and more than there are brokers",
        "There is at least one copy, and no broker has two: 38.",
        &["RP"],
        |run| {
            refused(run, 38, |topic| topic.replication_factor = 0)?;
            refused(run, 38, |topic| topic.replication_factor = TOO_MANY)
        },
    )
    .reference(),
    Case::must(
        "TOP-05",
        "a setting that does not exist, and a value that a setting does not take",
        "Settings are checked before the topic is made: 40.",
        &["RP"],
        |run| {
            refused(run, 40, |topic| topic.configs = vec![config("no.such.setting", "1")])?;
            refused(run, 40, |topic| topic.configs = vec![config("retention.ms", "soon")])
        },
    )
    .reference(),
    Case::must(
        "TOP-06",
        "invalid names",
        "A name has letters, digits, dots, dashes, underlines, and is at most 249 long: 17.",
        &["RP"],
        bad_names,
    )
    .reference(),
    Case::must(
        "TOP-07",
        "one name twice in a request",
        "A request that contradicts itself is invalid: 42, and nothing is made.",
        &["RP"],
        twice,
    )
    .reference(),
    Case::must(
        "TOP-08",
        "only to be checked",
        "What is only checked is not made.",
        &["RP"],
        checked,
    )
    .reference(),
    Case::must(
        "TOP-09",
        "an assignment beside a number of partitions",
        "One or the other is given: 42.",
        &["RP"],
        |run| refused(run, 42, |topic| topic.assignments = vec![assignment(0)]),
    )
    .reference(),
    Case::must(
        "TOP-10",
        "an assignment with a gap",
        "Partitions are numbered from 0 without a gap: 39.",
        &["RP"],
        |run| {
            refused(run, 39, |topic| {
                topic.num_partitions = -1;
                topic.replication_factor = -1;
                topic.assignments = vec![assignment(0), assignment(2)];
            })
        },
    )
    .reference(),
    Case::must(
        "TOP-11",
        "`a.b` where `a_b` exists",
        "Two names that differ in a dot and an underline would share their metrics: 17.",
        &["RP"],
        collision,
    )
    .reference(),
];

fn topic(name: &str) -> CreatableTopic<'static> {
    CreatableTopic {
        name: name.to_owned().into(),
        num_partitions: 1,
        replication_factor: 1,
        ..CreatableTopic::default()
    }
}

fn config(name: &'static str, value: &'static str) -> CreatableTopicConfig<'static> {
    CreatableTopicConfig {
        name: name.into(),
        value: Some(value.into()),
        ..CreatableTopicConfig::default()
    }
}

fn assignment(partition: i32) -> CreatableReplicaAssignment<'static> {
    CreatableReplicaAssignment {
        partition_index: PartitionIndex(partition),
        // Whichever broker it names, the assignment itself is refused first.
        broker_ids: vec![NodeId(1)].into(),
        ..CreatableReplicaAssignment::default()
    }
}

/// Asks for topics in the newest version; what gets made is removed at the end.
fn create(
    run: &mut Run,
    topics: Vec<CreatableTopic<'_>>,
    validate_only: bool,
) -> Result<Answer, Stop> {
    let version = run.usable(ApiKey::CreateTopics)?.max;
    topics.iter().for_each(|topic| run.remove_at_the_end(&topic.name));
    let request =
        CreateTopicsRequest { topics, timeout_ms: 15_000, validate_only, ..Default::default() };
    run.connect()?.ask(version, &request)
}

/// Whether Metadata knows a topic, without making it.
fn is_known(run: &mut Run, name: &str) -> Result<bool, Stop> {
    let version = run.newest(ApiKey::Metadata, 12)?;
    let mut request = requests::metadata(&[name]);
    request.allow_auto_topic_creation = version < 4;
    let answer = run.connect()?.unrecorded().ask(version, &request)?;
    Ok(answer.int(CODE) == Some(0))
}

fn made(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 3)?;
    run.expect.eq("leaders", topic.leaders.len(), 3);
    Ok(())
}

fn taken(run: &mut Run) -> Outcome {
    let existing = run.topic("orders", 1)?;
    let answer = create(run, vec![topic(&existing.name)], false)?;
    run.expect.code(&answer, CODE, 36);
    Ok(())
}

/// Asks for a topic that cannot be, in every version.
fn refused(run: &mut Run, code: i16, spoil: impl Fn(&mut CreatableTopic<'_>)) -> Outcome {
    let name = run.name("refused");
    run.remove_at_the_end(&name);
    for version in run.usable(ApiKey::CreateTopics)?.iter() {
        let mut bad = topic(&name);
        spoil(&mut bad);
        let request =
            CreateTopicsRequest { topics: vec![bad], timeout_ms: 15_000, ..Default::default() };
        let answer = run.connect()?.ask(version, &request)?;
        run.expect.code(&answer, CODE, code);
    }
    let known = is_known(run, &name)?;
    run.expect.that("nothing was made", !known);
    Ok(())
}

fn bad_names(run: &mut Run) -> Outcome {
    let long = "x".repeat(250);
    for (note, name) in [("empty", ""), ("dot", "."), ("blank", "a b"), ("long", &*long)] {
        let version = run.usable(ApiKey::CreateTopics)?.max;
        let request = CreateTopicsRequest {
            topics: vec![topic(name)],
            timeout_ms: 15_000,
            ..CreateTopicsRequest::default()
        };
        let answer = run.connect()?.note(note).ask(version, &request)?;
        run.expect.code(&answer, CODE, 17);
    }
    Ok(())
}

fn twice(run: &mut Run) -> Outcome {
    let name = run.name("twice");
    let answer = create(run, vec![topic(&name), topic(&name)], false)?;
    for (at, _) in answer.list("/topics").iter().enumerate() {
        run.expect.code(&answer, &format!("/topics/{at}/errorCode"), 42);
    }
    run.expect.that("there is an answer", !answer.list("/topics").is_empty());
    let known = is_known(run, &name)?;
    run.expect.that("nothing was made", !known);
    Ok(())
}

fn checked(run: &mut Run) -> Outcome {
    let name = run.name("checked");
    let answer = create(run, vec![topic(&name)], true)?;
    run.expect.code(&answer, CODE, 0);
    let known = is_known(run, &name)?;
    run.expect.that("nothing was made", !known);
    Ok(())
}

fn collision(run: &mut Run) -> Outcome {
    run.topic("a_b", 1)?;
    let name = run.name("a.b");
    let answer = create(run, vec![topic(&name)], false)?;
    run.expect.code(&answer, CODE, 17);
    Ok(())
}
