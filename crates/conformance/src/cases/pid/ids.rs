//! Producer ids without a transactional id, and producers that write one batch at a time.

use klamm_protocol::ApiKey;

use crate::answer::Answer;
use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::cases::txn::actor::Asking;
use crate::conn::Conn;
use crate::notes::Notes;
use crate::requests::{self, BASE_OFFSET, CODE, TOP_CODE};
use crate::run::Run;
use crate::topics::Topic;

/// The newest version of InitProducerId that cases use when the version does not matter.
pub(in crate::cases) const INIT: i16 = 5;

/// A producer id that nobody else has, with epoch 0.
pub(in crate::cases) fn fresh(run: &mut Run) -> Result<i64, Stop> {
    let version = run.newest(ApiKey::InitProducerId, INIT)?;
    let mut conn = run.connect()?.unrecorded();
    let notes = Notes::default();
    let asking = Asking { conn: &mut conn, notes: &notes, note: "" };
    let answer = asking.settled(version, &requests::producer_id(), TOP_CODE)?;
    match (answer.int(TOP_CODE), answer.int("/producerId")) {
        (Some(0), Some(pid)) => Ok(pid),
        (code, _) => Err(Stop::Failed(format!("no producer id: {} {code:?}", answer.kind()))),
    }
}

/// An idempotent producer on one partition.
pub(in crate::cases) struct Writer {
    /// The connection to the leader.
    pub conn: Conn,
    /// The version of Produce.
    pub version: i16,
    /// The topic.
    pub topic: Topic,
    /// The partition.
    pub partition: i32,
    /// The producer's id.
    pub pid: i64,
}

impl Writer {
    /// A producer with a fresh id.
    pub(in crate::cases) fn new(
        run: &mut Run,
        topic: &Topic,
        partition: i32,
        version: i16,
    ) -> Result<Self, Stop> {
        let pid = fresh(run)?;
        let conn = run.connect_leader(topic, partition)?;
        Ok(Self { conn, version, topic: topic.clone(), partition, pid })
    }

    /// Sends a batch under an epoch and a sequence.
    pub(in crate::cases) fn send(
        &mut self,
        note: &str,
        epoch: i16,
        sequence: i32,
        values: &[&str],
    ) -> Result<Answer, Stop> {
        let batch = Batch::of(values).stamped(self.pid, epoch, sequence).build()?.into();
        let request = requests::produce(&self.topic, &[(self.partition, batch)]);
        self.conn.note(note).ask(self.version, &request)
    }

    /// Sends a batch of epoch 0, which must be stored at an offset or known to be there.
    pub(in crate::cases) fn stored(
        &mut self,
        run: &mut Run,
        sequence: i32,
        values: &[&str],
        offset: i64,
    ) -> Outcome {
        let answer = self.send("good", 0, sequence, values)?;
        stored_at(run, &answer, offset);
        Ok(())
    }

    /// Reads the partition back, which must hold these values.
    pub(in crate::cases) fn holds(&self, run: &mut Run, values: &[&str]) -> Outcome {
        let log = run.log(&self.topic, self.partition)?;
        let wanted: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        run.expect.eq(&format!("v{} values", self.version), log.values(), wanted);
        Ok(())
    }
}

/// The batch is in the log at this offset.
pub(in crate::cases) fn stored_at(run: &mut Run, answer: &Answer, offset: i64) {
    run.expect.code(answer, CODE, 0);
    run.expect.eq("base offset", answer.int(BASE_OFFSET), Some(offset));
}

/// Holds a conversation once for each version of Produce, each on partitions of its own: `width`
/// of them, the writer on the first.
pub(in crate::cases) fn each_version(
    run: &mut Run,
    width: i32,
    hold: impl Fn(&mut Run, &mut Writer) -> Outcome,
) -> Outcome {
    let versions: Vec<i16> = run.usable(ApiKey::Produce)?.iter().collect();
    let count = i32::try_from(versions.len()).unwrap_or(1);
    let topic = run.topic("orders", count.saturating_mul(width))?;
    for (index, version) in (0..).zip(versions) {
        let mut writer = Writer::new(run, &topic, index * width, version)?;
        hold(run, &mut writer)?;
    }
    Ok(())
}
