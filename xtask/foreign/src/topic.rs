//! Creates the topic of a run.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::options::{Options, PARTITIONS};

const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for the topic and waits until it can be seen.
pub(crate) fn create(options: &Options) -> Result<(), String> {
    let admin: AdminClient<DefaultClientContext> =
        options.client().create().map_err(|error| error.to_string())?;
    let partitions = i32::try_from(PARTITIONS).map_err(|error| error.to_string())?;
    let topic = NewTopic::new(&options.topic, partitions, TopicReplication::Fixed(-1));
    let limits = AdminOptions::new().operation_timeout(Some(PATIENCE));
    let asked = admin.create_topics([&topic], &limits);
    let results = wait(asked)?.map_err(|error| error.to_string())?;
    for result in results {
        result.map_err(|(name, code)| format!("cannot create {name}: {code}"))?;
    }
    await_visible(options)
}

/// The answer arrives on a thread of the client's own; there is no runtime to wait in.
fn wait<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = std::pin::pin!(future);
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Ok(value);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err("the cluster does not answer".to_owned())
}

fn await_visible(options: &Options) -> Result<(), String> {
    let consumer: BaseConsumer =
        options.client().create().map_err(|error| format!("no consumer: {error}"))?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let metadata = consumer
            .fetch_metadata(Some(&options.topic), PATIENCE)
            .map_err(|error| format!("no metadata: {error}"))?;
        let topic = metadata.topics().first();
        let is_led = topic.is_some_and(|topic| {
            topic.partitions().len() == PARTITIONS as usize
                && topic.partitions().iter().all(|partition| partition.leader() >= 0)
        });
        if is_led {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("{} has no leaders", options.topic))
}
