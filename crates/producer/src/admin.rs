//! Topics, made, dropped and described.

use std::time::Duration;

use klamm_engine::admin::{self as engine, PerTopic, Unusable};
use klamm_engine::cluster::{Destination, Payload, ResponseFrame};
use klamm_engine::idempotence::Fate;
use klamm_engine::probe::About;

use crate::error::{Draft, Error, ErrorKind, refused};
use crate::producer::Producer;

pub use klamm_engine::admin::{CreatedTopic, NewTopic, PartitionDescription, TopicDescription};

/// For each topic that was named, in that order, what became of it.
pub type Answers<T> = Vec<(String, Result<T, Error>)>;

/// How long a broker may take less than we wait, so that its answer still arrives.
const ON_THE_WAY: Duration = Duration::from_millis(500);

/// Requests about topics, over the connections of a producer. They end after `max.block.ms`.
///
/// ```no_run
/// # async fn example(producer: klamm::Producer) -> Result<(), klamm::Error> {
/// use klamm::admin::{Admin, NewTopic};
///
/// let admin = Admin::of(&producer);
/// let orders = NewTopic {
///     name: "orders".to_owned(),
///     partitions: Some(12),
///     replication: None,
///     configs: [("cleanup.policy".to_owned(), "compact".to_owned())].into(),
/// };
/// for (name, made) in admin.create(&[orders]).await? {
///     println!("{name}: {made:?}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Admin {
    producer: Producer,
}

impl Admin {
    /// Over the connections of this producer.
    pub fn of(producer: &Producer) -> Self {
        Self { producer: producer.clone() }
    }

    /// The producer.
    pub fn producer(&self) -> &Producer {
        &self.producer
    }

    /// Makes topics.
    ///
    /// # Errors
    /// When the controller does not answer; each topic has a result of its own.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the topics may be made or not.
    pub async fn create(&self, topics: &[NewTopic]) -> Result<Answers<CreatedTopic>, Error> {
        let what = "the creation of topics";
        let payload = engine::create_topics(topics, self.patience(), false);
        let answer = self.ask(what, Destination::Controller, payload).await?;
        read(what, engine::topics_created(topics, &answer), About::NewTopic)
    }

    /// Drops topics, with everything in them.
    ///
    /// # Errors
    /// When the controller does not answer; each topic has a result of its own.
    ///
    /// # Cancel safety
    ///
    /// Dropped after it was polled, the topics may be gone or not.
    pub async fn delete(&self, names: &[&str]) -> Result<Answers<()>, Error> {
        let what = "the deletion of topics";
        let names = owned(names);
        let payload = engine::delete_topics(&names, self.patience());
        let answer = self.ask(what, Destination::Controller, payload).await?;
        read(what, engine::topics_deleted(&names, &answer), About::Topic)
    }

    /// What is known of topics. It makes none of them.
    ///
    /// # Errors
    /// When no broker answers; each topic has a result of its own.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost by dropping the future.
    pub async fn describe(&self, names: &[&str]) -> Result<Answers<TopicDescription>, Error> {
        let what = "the description of topics";
        let names = owned(names);
        let payload = engine::describe_topics(Some(&names));
        let answer = self.ask(what, Destination::Any, payload).await?;
        read(what, engine::topics_described(Some(&names), &answer), About::Topic)
    }

    async fn ask(
        &self,
        what: &str,
        to: Destination,
        payload: Box<dyn Payload>,
    ) -> Result<ResponseFrame, Error> {
        let inner = &self.producer.inner;
        inner.question(what, to, payload, inner.deadline()).await
    }

    /// How long a broker may take.
    fn patience(&self) -> Duration {
        self.producer.inner.max_block.saturating_sub(ON_THE_WAY)
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn read<T>(
    what: &str,
    answer: Result<PerTopic<T>, Unusable>,
    about: About,
) -> Result<Answers<T>, Error> {
    let answers = answer.map_err(|unusable| {
        if let Unusable::Refused(code) = unusable {
            return refused(what, code, None, (about, Fate::NotWritten)).done();
        }
        let text = format!("the broker's answer to {what} cannot be read: {unusable:?}");
        Draft::new(ErrorKind::Refused, Fate::Unknown, text).done()
    })?;
    let told = |(name, result): (String, Result<T, _>)| {
        let result = result.map_err(|(code, words): (_, Option<String>)| {
            let what = format!("the topic `{name}`");
            refused(&what, code, words.as_deref(), (about, Fate::NotWritten)).done()
        });
        (name, result)
    };
    Ok(answers.into_iter().map(told).collect())
}
