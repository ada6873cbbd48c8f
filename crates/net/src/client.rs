//! The cluster machine alone, driven: enough to ask brokers things.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use klamm_cluster::cluster::{Cluster, News};
use klamm_cluster::sasl::Nonces;
use klamm_cluster::{
    Asking, Command, ConnId, Destination, Drive, Event, Fate, Payload, Reason, RequestFailure,
    RequestId, ResponseFrame, Settings, TlsFailure, TransportSettings,
};
use klamm_wire::{Now, Time};
use tokio::sync::oneshot;

use crate::dial::{Connector, TcpConnector};
use crate::driver::{Driver, Remote};
use crate::settings::ShellSettings;

/// What is told of everything that came about and is no end of a request. It is called between
/// turns of the loop and must not block.
pub type Listener = Box<dyn FnMut(&News) + Send>;

/// A client that asks. Clones share its connections, which are closed when the last one is gone.
#[derive(Clone)]
pub struct Client {
    remote: Remote<Asker>,
}

/// What a broker answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Where it came from.
    pub conn: ConnId,
    /// The whole of it.
    pub frame: ResponseFrame,
}

/// Why a client cannot start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartError {
    /// TLS was asked for and cannot be had.
    Tls(TlsFailure),
    /// The system has no randomness to give; its words.
    NoRandomness(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(failure) => failure.fmt(f),
            Self::NoRandomness(words) => write!(f, "the system has no randomness: {words}"),
        }
    }
}

impl std::error::Error for StartError {}

impl Client {
    /// A client over TCP, driven by a task of the runtime that this is called on. It dials when
    /// something is asked.
    ///
    /// # Errors
    /// When TLS or randomness cannot be had.
    pub fn start(
        settings: Settings,
        transport: TransportSettings,
        shell: ShellSettings,
    ) -> Result<Self, StartError> {
        let connector = TcpConnector::new(transport).map_err(StartError::Tls)?;
        Self::start_over(Arc::new(connector), settings, shell, Box::new(|_| {}))
    }

    /// A client over anything that connects, and somebody who is told what comes about.
    ///
    /// # Errors
    /// When randomness cannot be had.
    pub fn start_over(
        connector: Arc<dyn Connector>,
        settings: Settings,
        shell: ShellSettings,
        listener: Listener,
    ) -> Result<Self, StartError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| StartError::NoRandomness(error.to_string()))?;
        // The driver's time begins at zero.
        let cluster = Cluster::new(Now::default(), settings, Nonces::new(key));
        let asker = Asker { cluster, waiting: BTreeMap::new(), listener };
        let (driver, remote) = Driver::new(asker, connector, shell);
        tokio::spawn(driver.run());
        Ok(Self { remote })
    }

    /// Asks something that is answered, and waits for the answer no longer than `within`. A future
    /// that is dropped takes the question back.
    ///
    /// # Errors
    /// When there is no answer; the failure says what may be believed.
    pub async fn ask(
        &self,
        to: Destination,
        payload: impl Payload + 'static,
        within: Duration,
    ) -> Result<Answer, RequestFailure> {
        if !payload.is_answered() {
            let words = "it is not answered, so that it can only be told";
            let reason = Reason::NotEncoded(words.to_owned());
            return Err(RequestFailure { reason, fate: Fate::NotWritten });
        }
        let (tell, told) = oneshot::channel();
        self.wait(to, Box::new(payload), within, (Waiting::ForAnswer(tell), told)).await
    }

    /// Sends something, and waits until it has left this machine, no longer than `within`.
    ///
    /// # Errors
    /// When it does not leave.
    pub async fn tell(
        &self,
        to: Destination,
        payload: impl Payload + 'static,
        within: Duration,
    ) -> Result<(), RequestFailure> {
        let (tell, told) = oneshot::channel();
        self.wait(to, Box::new(payload), within, (Waiting::ForFlush(tell), told)).await
    }

    async fn wait<T>(
        &self,
        to: Destination,
        payload: Box<dyn Payload>,
        within: Duration,
        (waiting, told): (Waiting, oneshot::Receiver<Result<T, RequestFailure>>),
    ) -> Result<T, RequestFailure> {
        let _told = Leaving(&self.remote);
        let asked = self.remote.with(move |asker, now| {
            let deadline = now.mono.saturating_add(within);
            let id = asker.cluster.ask(now, Asking { to, deadline, payload });
            asker.waiting.insert(id, waiting);
        });
        let closed = |fate| RequestFailure { reason: Reason::Closed, fate };
        asked.await.ok_or_else(|| closed(Fate::NotWritten))?;
        // Without an answer from the loop nobody knows how far the request had come.
        told.await.unwrap_or_else(|_| Err(closed(Fate::Unknown)))
    }

    /// Lets a function look at the cluster machine, or do something to it, between two turns.
    /// `None` when the client was closed.
    pub fn with<T, F>(&self, work: F) -> impl Future<Output = Option<T>> + Send + 'static
    where
        T: Send + 'static,
        F: FnOnce(&mut Cluster, Now) -> T + Send + 'static,
    {
        self.remote.with(move |asker, now| work(&mut asker.cluster, now))
    }

    /// Closes all connections in order; requests that are open fail. Returns when it is done.
    pub async fn close(&self) {
        let closed = self.remote.with(|asker, now| asker.cluster.close(now));
        if closed.await.is_some() {
            self.remote.shut_down();
        }
    }
}

/// Wakes the loop when somebody no longer waits, so that it takes the request back.
struct Leaving<'a>(&'a Remote<Asker>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.wake();
    }
}

/// The cluster machine, and who waits for what it comes to.
struct Asker {
    cluster: Cluster,
    waiting: BTreeMap<RequestId, Waiting>,
    listener: Listener,
}

/// For what somebody waits.
enum Waiting {
    ForAnswer(oneshot::Sender<Result<Answer, RequestFailure>>),
    ForFlush(oneshot::Sender<Result<(), RequestFailure>>),
}

impl Waiting {
    fn is_over(&self) -> bool {
        match self {
            Self::ForAnswer(tell) => tell.is_closed(),
            Self::ForFlush(tell) => tell.is_closed(),
        }
    }

    /// Whoever does not wait any more has no use for a result.
    fn fail(self, failure: RequestFailure) {
        match self {
            Self::ForAnswer(tell) => drop(tell.send(Err(failure))),
            Self::ForFlush(tell) => drop(tell.send(Err(failure))),
        }
    }
}

impl Asker {
    fn take_back(&mut self, now: Now) {
        let over = self.waiting.iter().filter(|(_, waiting)| waiting.is_over());
        let over: Vec<RequestId> = over.map(|(id, _)| *id).collect();
        for id in over {
            self.waiting.remove(&id);
            self.cluster.cancel(now, id, Reason::Closed);
        }
    }

    fn tell(&mut self, news: News) {
        #[allow(clippy::wildcard_enum_match_arm)]
        match news {
            News::Answered { request, conn, frame } => {
                if let Some(Waiting::ForAnswer(tell)) = self.waiting.remove(&request) {
                    drop(tell.send(Ok(Answer { conn, frame })));
                }
            }
            News::Failed { request, failure } => {
                if let Some(waiting) = self.waiting.remove(&request) {
                    waiting.fail(failure);
                }
            }
            News::Flushed { request } => match self.waiting.remove(&request) {
                Some(Waiting::ForFlush(tell)) => drop(tell.send(Ok(()))),
                Some(waiting) => drop(self.waiting.insert(request, waiting)),
                None => {}
            },
            other => (self.listener)(&other),
        }
    }
}

impl Drive for Asker {
    fn handle(&mut self, now: Now, event: Event) {
        if matches!(event, Event::Woken) {
            self.take_back(now);
        }
        self.cluster.handle(now, event);
    }

    fn poll(&mut self, now: Now) -> Option<Command> {
        while let Some(news) = self.cluster.next_news() {
            self.tell(news);
        }
        self.cluster.poll(now)
    }

    fn next_wake(&self) -> Option<Time> {
        self.cluster.next_wake()
    }

    fn chunks<'a>(&'a self, conn: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        self.cluster.chunks(conn, slices)
    }
}
