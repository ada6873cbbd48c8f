//! A transactional producer, of either generation of the protocol.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::produce::ProduceRequest;
use klamm_protocol::{ApiKey, Request};

use crate::answer::Answer;
use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::cases::pid::ids::INIT;
use crate::conn::{Conn, PATIENCE};
use crate::log::Log;
use crate::notes::Notes;
use crate::requests::{self, CODE, TOP_CODE};
use crate::run::Run;
use crate::topics::Topic;

use super::requests::{add, end};

/// The last version of FindCoordinator that asks for one key.
const ONE_KEY: i16 = 3;
/// How often one asks again.
const PAUSE: Duration = Duration::from_millis(20);
/// A coordinator that loads, is not there, is another, or is still busy with the last
/// transaction; and what a leader says while one is.
const BUSY: &[i16] = &[14, 15, 16, 19, 51];
/// Where the first code of AddPartitionsToTxn stands.
pub(in crate::cases) const ADD_CODE: &str =
    "/resultsByTopicV3AndBelow/0/resultsByPartition/0/partitionErrorCode";

/// How a transaction is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cases) enum Style {
    /// Partitions are added by a request of their own, and the epoch stays.
    Explicit,
    /// A write adds its partition, and each transaction has its own epoch.
    Implicit,
}

impl Style {
    /// What the target can hold.
    pub(in crate::cases) fn all(run: &Run) -> Vec<Self> {
        let newer = [Self::Implicit].into_iter().filter(|_| run.transaction_version() >= 2);
        [Self::Explicit].into_iter().chain(newer).collect()
    }

    /// A word for the record.
    pub(in crate::cases) const fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Implicit => "implicit",
        }
    }

    /// The versions of Produce that hold transactions so.
    pub(in crate::cases) fn produce_versions(self, run: &Run) -> Result<Vec<i16>, Stop> {
        let all = run.usable(ApiKey::Produce)?;
        Ok(all.iter().filter(|version| (*version >= 12) == (self == Self::Implicit)).collect())
    }

    /// The newest version of EndTxn that ends transactions so.
    pub(in crate::cases) fn end_version(self, run: &Run) -> Result<i16, Stop> {
        run.newest(ApiKey::EndTxn, if self == Self::Explicit { 4 } else { 5 })
    }
}

/// A producer with a transactional id.
pub(in crate::cases) struct Actor {
    /// The transactional id.
    pub id: String,
    /// The producer's id.
    pub pid: i64,
    /// The producer's epoch.
    pub epoch: i16,
    /// How it holds its transactions.
    pub style: Style,
    /// The version of Produce.
    pub produce_version: i16,
    /// The version of EndTxn.
    pub end_version: i16,
    /// A connection to the coordinator that records nothing by itself.
    pub coordinator: Conn,
    next: BTreeMap<(String, i32), i32>,
    notes: Notes,
}

impl Actor {
    /// A producer of a name, which fences those before it.
    pub(in crate::cases) fn begin(run: &mut Run, name: &str, style: Style) -> Result<Self, Stop> {
        Self::begin_for(run, name, style, 60_000)
    }

    /// The same, whose transactions may take so long.
    pub(in crate::cases) fn begin_for(
        run: &mut Run,
        name: &str,
        style: Style,
        timeout_ms: i32,
    ) -> Result<Self, Stop> {
        let id = run.name(name);
        let mut coordinator = coordinator(run, &id, 1)?;
        let version = run.newest(ApiKey::InitProducerId, INIT)?;
        let request = requests::init_producer(Some(&id), timeout_ms);
        let notes = run.notes.clone();
        let asking = Asking { conn: &mut coordinator, notes: &notes, note: style.name() };
        let answer = asking.settled(version, &request, TOP_CODE)?;
        let ids = (answer.int(TOP_CODE), answer.int("/producerId"), epoch_of(&answer));
        let (Some(0), Some(pid), Some(epoch)) = ids else {
            return Err(Stop::Failed(format!("no producer for {id}: {ids:?}")));
        };
        let produce_version = style.produce_versions(run)?.last().copied();
        let produce_version = produce_version
            .ok_or_else(|| Stop::Skipped(format!("no Produce for {} writes", style.name())))?;
        let end_version = style.end_version(run)?;
        let next = BTreeMap::new();
        Ok(Self { id, pid, epoch, style, produce_version, end_version, coordinator, next, notes })
    }

    /// Adds partitions to the transaction, which only the explicit style does.
    pub(in crate::cases) fn join(&mut self, topic: &Topic, partitions: &[i32]) -> Outcome {
        if self.style == Style::Implicit {
            return Ok(());
        }
        let id = self.id.clone();
        let request = add(&id, (self.pid, self.epoch), &[(&topic.name, partitions)]);
        let answer = self.asking("join").settled(3, &request, ADD_CODE)?;
        match answer.code(ADD_CODE) {
            Some(code) if code.is_ok() => Ok(()),
            code => Err(Stop::Failed(format!("AddPartitionsToTxn: {code:?}"))),
        }
    }

    /// Writes the next values to a partition.
    pub(in crate::cases) fn write(
        &mut self,
        topic: &Topic,
        partition: i32,
        values: &[&str],
    ) -> Result<Answer, Stop> {
        let place = (topic.name.clone(), partition);
        let sequence = self.next.get(&place).copied().unwrap_or_default();
        let answer = self.write_at(topic, partition, sequence, values)?;
        if answer.code(CODE).is_some_and(klamm_wire::ErrorCode::is_ok) {
            let count = i32::try_from(values.len()).unwrap_or_default();
            self.next.insert(place, sequence.wrapping_add(count));
        }
        Ok(answer)
    }

    /// Writes values under a sequence of one's choice, as soon as the last transaction is over.
    pub(in crate::cases) fn write_at(
        &mut self,
        topic: &Topic,
        partition: i32,
        sequence: i32,
        values: &[&str],
    ) -> Result<Answer, Stop> {
        let request = self.request(topic, partition, sequence, values)?;
        let version = self.produce_version;
        let address = topic.leaders.get(usize::try_from(partition).unwrap_or_default());
        let mut leader = self.coordinator.another(address.map_or("", String::as_str))?;
        let notes = self.notes.clone();
        let asking = Asking { conn: &mut leader, notes: &notes, note: self.style.name() };
        asking.settled(version, &request, CODE)
    }

    /// The request for such a write.
    pub(in crate::cases) fn request(
        &self,
        topic: &Topic,
        partition: i32,
        sequence: i32,
        values: &[&str],
    ) -> Result<ProduceRequest<'static>, Stop> {
        let batch = Batch::of(values).stamped(self.pid, self.epoch, sequence).transactional();
        let mut request = requests::produce(topic, &[(partition, batch.build()?.into())]);
        request.transactional_id = Some(self.id.clone().into());
        Ok(request)
    }

    /// Ends the transaction, and takes up what the answer says.
    pub(in crate::cases) fn end(&mut self, committed: bool) -> Result<Answer, Stop> {
        let id = self.id.clone();
        let request = end(&id, (self.pid, self.epoch), committed);
        let version = self.end_version;
        let note = if committed { "commit" } else { "abort" };
        let answer = self.asking(note).settled(version, &request, TOP_CODE)?;
        let ids = (answer.int(TOP_CODE), answer.int("/producerId"), epoch_of(&answer));
        if let (Some(0), Some(pid @ 0..), Some(epoch)) = ids {
            self.pid = pid;
            self.epoch = epoch;
            self.next.clear();
        }
        Ok(answer)
    }

    /// Asks the coordinator.
    pub(in crate::cases) fn asking<'a>(&'a mut self, note: &'a str) -> Asking<'a> {
        Asking { conn: &mut self.coordinator, notes: &self.notes, note }
    }
}

/// A request that is sent again while its answer says that somebody is busy, and recorded once.
pub(in crate::cases) struct Asking<'a> {
    /// A connection that records nothing.
    pub conn: &'a mut Conn,
    /// Where the last answer goes.
    pub notes: &'a Notes,
    /// What the case says of it.
    pub note: &'a str,
}

impl Asking<'_> {
    /// The answer, whatever it says.
    pub(in crate::cases) fn once<'r, R: Request<'r>>(
        self,
        version: i16,
        request: &R,
    ) -> Result<Answer, Stop> {
        let asked = self.conn.note(self.note).send(version, request)?;
        let answer = self.conn.receive(&asked);
        self.notes.exchange(&asked, &answer, false);
        Ok(answer)
    }

    /// The first answer whose code at the pointer says anything else.
    pub(in crate::cases) fn settled<'r, R: Request<'r>>(
        self,
        version: i16,
        request: &R,
        pointer: &str,
    ) -> Result<Answer, Stop> {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = self.conn.note(self.note).send(version, request)?;
            let answer = self.conn.receive(&asked);
            let is_busy = answer.code(pointer).is_some_and(|code| BUSY.contains(&code.0));
            if !is_busy || Instant::now() > until {
                self.notes.exchange(&asked, &answer, false);
                return Ok(answer);
            }
            sleep(PAUSE);
        }
    }
}

/// The epoch in an answer.
pub(in crate::cases) fn epoch_of(answer: &Answer) -> Option<i16> {
    answer.int("/producerEpoch").and_then(|epoch| i16::try_from(epoch).ok())
}

/// An unrecorded connection to the coordinator of a group (0) or of a transactional id (1).
pub(in crate::cases) fn coordinator(run: &mut Run, key: &str, kind: i8) -> Result<Conn, Stop> {
    let version = run.newest(ApiKey::FindCoordinator, ONE_KEY)?;
    let mut conn = run.connect()?.unrecorded();
    let request = FindCoordinatorRequest { key: key.into(), key_type: kind, ..Default::default() };
    let notes = Notes::default();
    let asking = Asking { conn: &mut conn, notes: &notes, note: "" };
    let answer = asking.settled(version, &request, TOP_CODE)?;
    match (answer.int(TOP_CODE), answer.text("/host"), answer.int("/port")) {
        (Some(0), Some(host), Some(port)) => conn.another(&format!("{host}:{port}")),
        (code, ..) => Err(Stop::Failed(format!("no coordinator of {key}: {code:?}"))),
    }
}

/// Whether no transaction is open in a partition that holds so much.
pub(in crate::cases) fn is_settled(end: i64) -> impl Fn(&Log) -> bool {
    move |log| log.end >= end && log.stable == log.end
}
