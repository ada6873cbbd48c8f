//! Who takes part, and how each of them sends one record.

use std::fmt;
use std::sync::{Arc, OnceLock};

use klamm::{Record, blocking};
use klamm_peers_bench::{Floor, Settings, TOPIC};
use rdkafka::producer::{BaseRecord, DeliveryResult, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext};

use crate::book::Book;

/// Sends the record with this number.
pub(crate) type Send = Box<dyn FnMut(u64, &[u8]) -> Result<(), String>>;
/// A connected client, which notes the end of its records there.
pub(crate) type Open = Box<dyn FnOnce(Arc<Book>) -> Send>;

/// A client, or a way to use one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// klamm, with a sink: noted on its delivery thread.
    Klamm,
    /// klamm, where the thread that sends a record waits for it.
    Waiting,
    /// librdkafka, with a callback: noted on the thread that polls.
    Rdkafka,
    /// Requests made by hand, each awaited.
    Floor,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Klamm, Self::Waiting, Self::Rdkafka, Self::Floor];

    const fn name(self) -> &'static str {
        match self {
            Self::Klamm => "klamm",
            Self::Waiting => "klamm-waiting",
            Self::Rdkafka => "rdkafka",
            Self::Floor => "floor",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let side = Self::ALL.into_iter().find(|side| side.name() == name);
        side.ok_or_else(|| format!("there is no side `{name}`"))
    }

    pub(crate) fn connect(self, settings: &Settings<'_>) -> Result<Open, String> {
        match self {
            Self::Klamm => klamm(settings),
            Self::Waiting => waiting(settings),
            Self::Rdkafka => rdkafka(settings),
            Self::Floor => floor(settings),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Where a client that was made before its book finds it.
type Shelf = Arc<OnceLock<Arc<Book>>>;

fn note(shelf: &Shelf, number: u64) {
    if let Some(book) = shelf.get() {
        book.note(number);
    }
}

fn said(error: impl fmt::Display) -> String {
    error.to_string()
}

fn builder(settings: &Settings<'_>) -> klamm::Builder {
    let pairs = settings.pairs().into_iter();
    pairs.fold(klamm::Producer::builder(), |builder, (name, value)| builder.set(name, value))
}

fn klamm(settings: &Settings<'_>) -> Result<Open, String> {
    let shelf = Shelf::default();
    let told = Arc::clone(&shelf);
    let sink = move |number: u64, result: Result<klamm::Acked, klamm::Error>| match result {
        Ok(_) => note(&told, number),
        Err(error) => eprintln!("not delivered: {error}"),
    };
    let producer = blocking::Producer::build(builder(settings).sink(sink)).map_err(said)?;
    let topic = producer.topic(TOPIC).map_err(said)?;
    Ok(Box::new(move |book| {
        // The shelf is empty until here.
        let _ = shelf.set(book);
        Box::new(move |number, value| {
            producer.enqueue(Record::to(&topic).value(value).tag(number)).map(drop).map_err(said)
        })
    }))
}

fn waiting(settings: &Settings<'_>) -> Result<Open, String> {
    let producer = blocking::Producer::build(builder(settings)).map_err(said)?;
    let topic = producer.topic(TOPIC).map_err(said)?;
    Ok(Box::new(move |book| {
        Box::new(move |number, value| {
            producer.send(Record::to(&topic).value(value)).map_err(said)?;
            book.note(number);
            Ok(())
        })
    }))
}

struct Context(Shelf);

impl ClientContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        match result {
            Ok(_) => note(&self.0, number as u64),
            Err((error, _)) => eprintln!("not delivered: {error}"),
        }
    }
}

fn rdkafka(settings: &Settings<'_>) -> Result<Open, String> {
    let shelf = Shelf::default();
    let mut config = ClientConfig::new();
    for (name, value) in settings.pairs() {
        config.set(name, value);
    }
    let context = Context(Arc::clone(&shelf));
    let producer: ThreadedProducer<Context> = config.create_with_context(context).map_err(said)?;
    Ok(Box::new(move |book| {
        // The shelf is empty until here.
        let _ = shelf.set(book);
        Box::new(move |number, value| {
            let record = BaseRecord::<(), [u8], usize>::with_opaque_to(TOPIC, number as usize);
            producer.send(record.payload(value)).map_err(|(error, _)| said(error))
        })
    }))
}

fn floor(settings: &Settings<'_>) -> Result<Open, String> {
    let mut floor = Floor::connect(settings).map_err(said)?;
    Ok(Box::new(move |book| {
        Box::new(move |number, value| {
            let done = floor.push(value).and_then(|()| floor.send()).and_then(|()| floor.drain());
            done.map_err(said)?;
            book.note(number);
            Ok(())
        })
    }))
}
