//! What concerns more brokers than one: who leads, and who is in sync.

use klamm_protocol::ApiKey;

use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::requests::{self, CODE};
use crate::run::Run;
use crate::topics::{self, Topic};

/// Enough for two brokers to lead some of them, however they are placed.
const PARTITIONS: i32 = 6;
const NOT_ENOUGH_REPLICAS: i16 = 19;
const NOT_LEADER_OR_FOLLOWER: i16 = 6;

pub(super) fn elsewhere(run: &mut Run) -> Outcome {
    let versions = run.usable(ApiKey::Produce)?;
    let topic = run.topic("orders", PARTITIONS)?;
    let first = topic.leaders.first();
    let other = (0..PARTITIONS).zip(&topic.leaders).find(|(_, leader)| Some(*leader) != first);
    let (other, _) =
        other.ok_or_else(|| Stop::Skipped("one broker leads everything".to_owned()))?;
    let mut c = run.connect_leader(&topic, 0)?;
    for version in [versions.min, versions.max] {
        let batch = Batch::of(&["a"]).build()?.bytes();
        let request = requests::produce(&topic, &[(other, batch)]);
        let answer = c.note("elsewhere").ask(version, &request)?;
        run.expect.code(&answer, CODE, NOT_LEADER_OR_FOLLOWER);
    }
    let log = run.log(&topic, other)?;
    run.expect.eq("the end of the log", log.end, 0);
    Ok(())
}

/// Needs a broker that is known and down: a topic with a replica there has too few from the start.
pub(super) fn too_few(run: &mut Run) -> Outcome {
    let version = run.usable(ApiKey::Produce)?.max;
    let topic = match wholly_in_sync(run, 3) {
        Err(Stop::Skipped(_)) => wholly_in_sync(run, 2),
        three => three,
    }?;
    let mut c = run.connect_leader(&topic, 0)?;
    let mut request = requests::produce(&topic, &[(0, Batch::of(&["a"]).build()?.into())]);
    let answer = c.note("acks-1").ask(version, &request)?;
    run.expect.code(&answer, CODE, NOT_ENOUGH_REPLICAS);
    request.acks = 1;
    let answer = c.note("acks1").ask(version, &request)?;
    run.expect.code(&answer, CODE, 0);
    Ok(())
}

/// A topic of so many copies all of which would have to be in sync, and are not.
fn wholly_in_sync(run: &mut Run, copies: i16) -> Result<Topic, Stop> {
    let name = run.name(&format!("copies-{copies}"));
    let version = run.usable(ApiKey::Metadata)?.max;
    let mut c = run.connect()?.unrecorded();
    run.remove_at_the_end(&name);
    let needed = copies.to_string();
    let configs = &[("min.insync.replicas", needed.as_str())];
    let wish = topics::Wish { name: &name, partitions: 1, copies, configs };
    let topic = topics::create(&mut c, run.can(), wish)?;
    let answer = c.ask(version, &requests::metadata(&[&name]))?;
    let in_sync = answer.list("/topics/0/partitions/0/isrNodes").len();
    if usize::try_from(copies).is_ok_and(|copies| in_sync >= copies) {
        return Err(Stop::Skipped("all brokers are up".to_owned()));
    }
    Ok(topic)
}
