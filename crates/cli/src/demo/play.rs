//! The demonstration: a cluster, records, what goes wrong on the way, and the logs afterwards.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use klamm::{Config, Delivery, Producer, Record, Source, Topic};
use klamm_broker::cluster::Restart;
use klamm_broker::faults::{Fault, FaultId, Place, Withhold};
use klamm_broker::server::TestCluster;
use klamm_net::TcpConnector;
use klamm_protocol::ApiKey;
use klamm_wire::NodeId;
use tokio::time::{Instant, sleep_until};

use super::audit::{self, Verdict};
use super::capture::Capture;
use super::heard::Heard;
use super::story::{self, Story, counted, say};
use super::{Options, frame};

/// The topic, and its partitions.
const TOPIC: &str = "orders";
const PARTITIONS: i32 = 3;
/// How often records are handed over.
const TICK: Duration = Duration::from_millis(10);
/// How many milliseconds a broker hangs before it dies.
const HANGING: u64 = 100;
/// How long the producer may take to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many customers there are, each of whom has one partition.
const CUSTOMERS: u64 = 40;

/// Plays it; whether the logs hold what was promised.
///
/// # Errors
/// When there cannot be a cluster or a producer; in words.
pub(super) async fn play(options: Options) -> Result<bool, String> {
    let builder = TestCluster::builder().nodes(3).topic(TOPIC, PARTITIONS);
    let cluster = builder.settings(|settings| settings.seed = options.seed).start().await;
    let cluster = cluster.map_err(|error| error.to_string())?;
    let (producer, heard) = connect(&cluster.bootstrap()).await?;
    let topic = producer.topic(TOPIC).await.map_err(|error| error.to_string())?;
    let story = Story::new();
    let mut play = Play {
        options,
        cluster,
        producer,
        topic,
        heard,
        story,
        deliveries: Vec::new(),
        lost_answer: None,
        down: None,
        refused: 0,
    };
    play.open();
    play.send().await?;
    let is_kept = play.judge().await?;
    play.show_frame();
    story::farewell();
    Ok(is_kept)
}

/// A producer whose connections are listened to.
async fn connect(bootstrap: &str) -> Result<(Producer, Arc<Mutex<Heard>>), String> {
    let pairs = [
        ("bootstrap.servers", bootstrap),
        ("linger.ms", "5"),
        ("request.timeout.ms", "2000"),
        ("delivery.timeout.ms", "8000"),
        ("client.id", "klamm-demo"),
    ];
    let config = Config::load(vec![Source::pairs(pairs)], &klamm::Options::default());
    let config = config.map_err(|error| error.to_string())?;
    let connector = TcpConnector::new(config.transport()).map_err(|error| error.to_string())?;
    let (capture, heard) = Capture::new(connector);
    let building = Producer::builder().config(config).connector(Arc::new(capture)).build();
    let producer = building.await.map_err(|error| error.to_string())?;
    Ok((producer, heard))
}

struct Play {
    options: Options,
    cluster: TestCluster,
    producer: Producer,
    topic: Topic,
    heard: Arc<Mutex<Heard>>,
    story: Story,
    /// By the number of the record.
    deliveries: Vec<(u64, Delivery)>,
    lost_answer: Option<FaultId>,
    /// The node that is down.
    down: Option<NodeId>,
    /// Records that were not taken in, or not acknowledged.
    refused: u64,
}

impl Play {
    fn open(&self) {
        let Options { records, time, .. } = self.options;
        say("klamm demo: three brokers and a producer in this process; no Kafka, no containers\n");
        self.story.tell(format_args!(
            "topic `{TOPIC}`: {PARTITIONS} partitions, three copies of each; sending {records} \
             records in {} s",
            time.as_secs()
        ));
    }

    async fn send(&mut self) -> Result<(), String> {
        let Options { records, time, seed } = self.options;
        let begun = Instant::now();
        let ticks = u64::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX).max(1);
        let (mut tick, mut draw) = (0_u64, seed);
        for number in 0..records {
            let due = number.saturating_mul(ticks) / records;
            if due > tick {
                tick = due;
                let after = TICK.saturating_mul(u32::try_from(tick).unwrap_or(u32::MAX));
                sleep_until(begun.checked_add(after).unwrap_or(begun)).await;
                self.tell_repeats();
            }
            self.disturb(number).await?;
            self.send_one(number, &mut draw).await;
        }
        Ok(())
    }

    /// What goes wrong before this record.
    async fn disturb(&mut self, number: u64) -> Result<(), String> {
        let records = self.options.records;
        if number == records / 4 {
            let fault = Fault::new(Place::AfterAppend(Withhold::DropConnection));
            let fault = fault.of(ApiKey::Produce).topic(TOPIC).times(1);
            self.lost_answer = Some(self.cluster.inject(fault));
            self.story.tell(format_args!(
                "record {number}: a broker writes a batch, then its answer is lost"
            ));
        } else if number == records / 2 {
            let leader = self.cluster.leaders(TOPIC).into_iter().next().flatten();
            let leader = leader.ok_or("partition 0 has no leader")?;
            self.cluster.freeze(leader);
            self.story.tell(format_args!(
                "record {number}: broker {leader}, the leader of partition 0, hangs"
            ));
            self.down = Some(leader);
        } else if number == self.death()
            && let Some(leader) = self.down
        {
            self.cluster.kill(leader).await;
            self.story.tell(format_args!("record {number}: broker {leader} is killed"));
            let next = self.cluster.leaders(TOPIC).into_iter().next().flatten();
            let next = next.map_or_else(|| "nobody".to_owned(), |node| format!("broker {node}"));
            self.story.tell(format_args!("  {next} leads partition 0 instead"));
        } else if number == records.saturating_mul(3) / 4
            && let Some(node) = self.down.take()
        {
            let back = self.cluster.restart(node, Restart::default()).await;
            back.map_err(|error| format!("broker {node} does not come back: {error}"))?;
            self.story.tell(format_args!("record {number}: broker {node} is back"));
        }
        Ok(())
    }

    /// The record before which the broker that hangs is killed.
    fn death(&self) -> u64 {
        let Options { records, time, .. } = self.options;
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
        let hanging = records.saturating_mul(HANGING) / millis;
        (records / 2).saturating_add(hanging.max(1))
    }

    async fn send_one(&mut self, number: u64, draw: &mut u64) {
        let customer = drawn(draw) % CUSTOMERS;
        let cents = drawn(draw) % 10_000;
        let key = format!("customer-{customer}");
        let value = format!("{{\"order\":{number},\"customer\":{customer},\"cents\":{cents}}}");
        let record = Record::to(&self.topic).key(&key).value(&value);
        match self.producer.enqueue(record).await {
            Ok(delivery) => self.deliveries.push((number, delivery)),
            Err(error) => self.fail(&error),
        }
    }

    fn fail(&mut self, error: &klamm::Error) {
        if self.refused == 0 {
            self.story.tell(format_args!("a record failed: {error}"));
        }
        self.refused = self.refused.saturating_add(1);
    }

    fn tell_repeats(&mut self) {
        let repeats = self.heard.lock().unwrap_or_else(PoisonError::into_inner).take_repeats();
        self.story.again(&repeats);
    }

    /// Waits for everything, reads the logs, and says how they fit.
    async fn judge(&mut self) -> Result<bool, String> {
        let mut acked: BTreeMap<i32, BTreeMap<u64, Option<i64>>> = BTreeMap::new();
        let flushed = self.producer.flush().await;
        for (number, delivery) in std::mem::take(&mut self.deliveries) {
            match delivery.await {
                Ok(ack) => {
                    acked.entry(ack.partition).or_default().insert(number, ack.offset);
                }
                Err(error) => self.fail(&error),
            }
        }
        self.tell_repeats();
        self.story.tell("all records have ended");
        // It only ends threads; what became of the records is known.
        let _ = self.producer.close(PATIENCE).await;
        flushed.map_err(|error| error.to_string())?;
        let leaders = self.cluster.leaders(TOPIC);
        let mut rows = Vec::new();
        for (partition, leader) in (0_i32..).zip(leaders) {
            let log = audit::read(&self.cluster.log(TOPIC, partition))?;
            let acked = acked.remove(&partition).unwrap_or_default();
            rows.push((leader, audit::compare(&log, &acked)));
        }
        let sum = Verdict { is_ordered: true, ..Verdict::default() };
        let sum = rows.iter().fold(sum, |sum, (_, verdict)| sum.and(*verdict));
        say("\nThe logs, as the brokers have them now, against what the producer was told:");
        story::table(&rows, sum);
        Ok(self.conclude(sum))
    }

    fn conclude(&self, sum: Verdict) -> bool {
        let Story { batches, records, altered, .. } = self.story;
        let is_kept = sum.is_kept() && self.refused == 0 && altered == 0;
        if is_kept {
            say(format_args!(
                "\nExactly once, in order: {} records acknowledged, {} in the logs.",
                sum.acked, sum.logged
            ));
        } else {
            say(format_args!(
                "\nNOT AS PROMISED: {} acknowledged, {} in the logs, {} failed, {altered} altered.",
                sum.acked, sum.logged, self.refused
            ));
        }
        let lost = self.lost_answer.map_or(0, |fault| self.cluster.fired(fault));
        let batches = counted(batches, "batch", "batches");
        let records = counted(records, "record", "records");
        say(format_args!("{batches} with {records} went out again, under the sequence they had."));
        if lost > 0 && is_kept {
            say("The batch whose answer was lost was in the log already, and not written again.");
        }
        is_kept
    }

    fn show_frame(&self) {
        let first = self.heard.lock().unwrap_or_else(PoisonError::into_inner).first.clone();
        let Some(lines) = first.as_ref().and_then(frame::annotated) else {
            say("\nThe first request of this run is of a form that cannot be shown here.");
            return;
        };
        say("\nThe first request of this run as it went over the wire, up to its first record:");
        lines.iter().for_each(say);
    }
}

/// The next number of a sequence that is drawn from a seed (splitmix64).
fn drawn(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
