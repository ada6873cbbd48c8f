//! A transactional engine, a topic of three partitions, and what a careful reader sees of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use klamm_batching::Tag;
use klamm_batching::slot::Why;
use klamm_cluster::{Asking, CoordinatorKey, Destination, Payload, ResponseFrame, Typed};
use klamm_engine::call::GroupMember;
use klamm_engine::idempotence::{CallError, Done, Mode, TxnTag};
use klamm_engine::{Call, Delivery, Offset, Topic};
use klamm_protocol::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use klamm_protocol::offset_fetch::request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics};
use klamm_protocol::offset_fetch::{OffsetFetchRequest, OffsetFetchResponse};
use klamm_records::{BatchView, Checksum, Decompressors};
use klamm_wire::{ErrorCode, PartitionIndex};

use crate::world::{Plan, Told, World};

/// Both generations of transactions.
pub(super) const BOTH: [i16; 2] = [1, 2];
pub(super) const TOPIC: &str = "orders";
const ID: &str = "tx";
const GROUP: &str = "readers";
const MINUTE: Duration = Duration::from_secs(60);

pub(super) struct Stage {
    pub(super) world: World,
    topic: Arc<Topic>,
}

impl Stage {
    /// A producer that can begin transactions of that generation.
    pub(super) fn ready(version: i16) -> Self {
        let mut stage = Self::new(version);
        assert_eq!(stage.world.call(Call::InitTxn), Ok(Done::Initialized));
        stage
    }

    /// A producer that cannot begin transactions yet.
    pub(super) fn new(version: i16) -> Self {
        let mut plan = Plan::of(Mode::Transactional);
        plan.engine.transactional_id = Some(ID.to_owned());
        plan.brokers.transaction_version = version;
        let mut world = World::with(plan);
        let topic = world.topic(TOPIC, 3);
        Self { world, topic }
    }

    pub(super) fn begin(&mut self) -> TxnTag {
        let begun = self.world.call(Call::BeginTxn);
        let Ok(Done::Begun(tag)) = begun else { panic!("{begun:?}") };
        tag
    }

    pub(super) fn append(&mut self, tag: TxnTag, partition: i32, value: &str) -> Delivery {
        let tag = Some(Tag(tag.0));
        self.world.try_append(&self.topic, Some(partition), value.as_bytes(), tag).unwrap()
    }

    /// Appends a record that names no transaction.
    pub(super) fn append_outside(&mut self) -> Result<Delivery, Why> {
        self.world.try_append(&self.topic, Some(0), b"outside", None)
    }

    pub(super) fn is_refused(&mut self, tag: TxnTag) -> bool {
        let appended = self.world.try_append(&self.topic, Some(0), b"late", Some(Tag(tag.0)));
        appended.is_err_and(|why| why == Why::NotInTransaction)
    }

    pub(super) fn commit(&mut self) -> Result<Done, CallError> {
        self.world.call(Call::Commit)
    }

    pub(super) fn abort(&mut self) -> Result<Done, CallError> {
        self.world.call(Call::Abort)
    }

    pub(super) fn start(&mut self, call: Call, within: Duration) -> Told<Result<Done, CallError>> {
        self.world.begin(call, within)
    }

    pub(super) fn told(&mut self, told: &Told<Result<Done, CallError>>) -> Result<Done, CallError> {
        self.world.drive_until_told(told)
    }

    pub(super) fn inject(&mut self, fault: &str) -> klamm_broker::faults::FaultId {
        self.world.brokers.inject(fault.parse().unwrap())
    }

    /// The offsets of the three partitions, that many records on.
    pub(super) fn send_offsets(&mut self, offset: i64) -> Result<Done, CallError> {
        self.world.call(offsets(offset))
    }

    /// What a reader sees that leaves out what is not committed, partition by partition.
    pub(super) fn committed(&self) -> [Vec<String>; 3] {
        [0, 1, 2].map(|partition| self.committed_in(partition))
    }

    fn committed_in(&self, partition: i32) -> Vec<String> {
        let mut open: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let mut seen = Vec::new();
        for bytes in self.world.brokers.log(TOPIC, PartitionIndex(partition)) {
            let (batch, _) = BatchView::read(&bytes, Checksum::Checked).unwrap();
            let (pid, attributes) = (batch.header().producer_id.0, batch.header().attributes);
            assert!(attributes.is_transactional());
            let mut decompressors = Decompressors::new();
            for record in batch.records(&mut decompressors, 1 << 20).unwrap() {
                let record = record.unwrap();
                if attributes.is_control() {
                    let mine = open.remove(&pid).unwrap_or_default();
                    let is_commit = record.key.unwrap()[3] == 1;
                    seen.extend(mine.into_iter().filter(|_| is_commit));
                } else {
                    let value = String::from_utf8(record.value.unwrap().to_vec()).unwrap();
                    open.entry(pid).or_default().push(value);
                }
            }
        }
        seen
    }

    /// The group's offset of each partition, once nothing about them is open.
    pub(super) fn group_offsets(&mut self) -> [i64; 3] {
        let topic = OffsetFetchRequestTopics {
            name: Cow::Borrowed(TOPIC),
            partition_indexes: [0, 1, 2].map(PartitionIndex).to_vec().into(),
            ..Default::default()
        };
        let topics = Some(vec![topic]);
        let group_id = Cow::Borrowed(GROUP);
        let group = OffsetFetchRequestGroup { group_id, topics, ..Default::default() };
        let groups = vec![group];
        let request = OffsetFetchRequest { groups, require_stable: true, ..Default::default() };
        let frame = self.ask(CoordinatorKey::Group(GROUP.to_owned()), AtNine(Typed::new(request)));
        let answer = frame.decode::<OffsetFetchResponse<'_>>().unwrap().body;
        let mut offsets = [i64::MIN; 3];
        for one in &answer.groups[0].topics[0].partitions {
            assert!(one.error_code.is_ok(), "{}", one.error_code);
            offsets[one.partition_index.0.cast_unsigned() as usize] = one.committed_offset;
        }
        offsets
    }

    /// Another instance under the same name begins to work.
    pub(super) fn another_instance_begins(&mut self) {
        loop {
            let request = InitProducerIdRequest {
                transactional_id: Some(Cow::Borrowed(ID)),
                transaction_timeout_ms: 60_000,
                ..Default::default()
            };
            let key = CoordinatorKey::Transaction(ID.to_owned());
            let frame = self.ask(key, Typed::new(request));
            let answer = frame.decode::<InitProducerIdResponse<'_>>().unwrap().body;
            match answer.error_code {
                ErrorCode::NONE => return,
                ErrorCode::CONCURRENT_TRANSACTIONS => self.world.pass(Duration::from_millis(50)),
                other => panic!("{other}"),
            }
        }
    }

    fn ask(&mut self, key: CoordinatorKey, payload: impl Payload + 'static) -> ResponseFrame {
        let told = Told::default();
        let reply = Arc::clone(&told);
        let deadline = self.world.now.mono.saturating_add(MINUTE);
        let payload: Box<dyn Payload> = Box::new(payload);
        let asking = Asking { to: Destination::Coordinator(key), deadline, payload };
        let reply = Box::new(move |result| *reply.lock().unwrap() = Some(result));
        self.world.engine.ask(self.world.now, asking, reply);
        self.world.drive_until_told(&told).unwrap()
    }
}

/// A call that sends the offsets of the three partitions.
pub(super) fn offsets(offset: i64) -> Call {
    let group = GroupMember {
        group: GROUP.to_owned(),
        generation: -1,
        member: String::new(),
        instance: None,
    };
    let one = |partition: i32| Offset {
        topic: TOPIC.to_owned(),
        partition,
        offset: offset + i64::from(partition),
        leader_epoch: -1,
        metadata: Some("read".to_owned()),
    };
    Call::SendOffsets { group, offsets: (0..3).map(one).collect() }
}

/// A request at a version that names topics and lists groups.
struct AtNine<P>(P);

impl<P: Payload> Payload for AtNine<P> {
    fn key(&self) -> klamm_protocol::ApiKey {
        self.0.key()
    }

    fn version(
        &self,
        _: &klamm_protocol::negotiate::Negotiated,
    ) -> Result<i16, klamm_protocol::negotiate::UnsupportedVersion> {
        Ok(9)
    }

    fn encode(
        &self,
        head: &klamm_cluster::Head<'_>,
    ) -> Result<klamm_protocol::Segments, klamm_protocol::frame::EncodeFrameError> {
        self.0.encode(head)
    }
}
