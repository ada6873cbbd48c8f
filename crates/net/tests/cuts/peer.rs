//! A cluster without sockets, served over pipes on the clock of the test.
#![cfg(test)]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::{Buf as _, Bytes};
use klamm_broker::cluster::{Cluster, ClusterSettings, Endpoint, Listener};
use klamm_broker::{ConnectionId, Output};
use klamm_wire::{NodeId, Now, Time, WallMillis};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::time::Instant;

/// The one node.
pub const NODE: NodeId = NodeId(1);
/// Where it says that it is.
pub const HOST: &str = "localhost";
pub const PORT: i32 = 9092;

/// A cluster of one node.
pub struct Peer {
    inner: Mutex<Inner>,
    begun: Instant,
    told: Notify,
    listener: Listener,
}

struct Inner {
    cluster: Cluster,
    outputs: BTreeMap<ConnectionId, VecDeque<Output>>,
}

impl Peer {
    pub fn new(mut settings: ClusterSettings, listener: Listener) -> Arc<Self> {
        settings.nodes.truncate(1);
        let mut cluster = Cluster::new(settings);
        let endpoint = Endpoint { host: HOST.to_owned(), port: 9092 };
        cluster.advertise(NODE, listener, endpoint);
        let inner = Mutex::new(Inner { cluster, outputs: BTreeMap::new() });
        Arc::new(Self { inner, begun: Instant::now(), told: Notify::new(), listener })
    }

    fn act<T>(&self, work: impl FnOnce(&mut Cluster, Now) -> T) -> T {
        let nanos = u64::try_from(self.begun.elapsed().as_nanos()).unwrap();
        let now = Now { mono: Time(nanos), wall: WallMillis(1_700_000_000_000) };
        let mut inner = self.inner.lock().unwrap();
        let result = work(&mut inner.cluster, now);
        while let Some(output) = inner.cluster.poll() {
            let (Output::Send { connection, .. }
            | Output::Close { connection }
            | Output::Reset { connection }) = &output;
            inner.outputs.entry(*connection).or_default().push_back(output);
        }
        drop(inner);
        self.told.notify_waiters();
        result
    }

    fn output(&self, id: ConnectionId) -> Option<Output> {
        self.inner.lock().unwrap().outputs.get_mut(&id)?.pop_front()
    }

    /// Serves a connection until either side ends it.
    pub async fn serve(self: Arc<Self>, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let open = |cluster: &mut Cluster, now| cluster.open(now, NODE, self.listener, "/pipe");
        let id = self.act(open).unwrap();
        let _ = self.converse(id, &mut stream).await;
        self.act(|cluster, _| cluster.closed(id));
        let _ = stream.shutdown().await;
    }

    async fn converse(
        &self,
        id: ConnectionId,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> std::io::Result<()> {
        let mut buffer = vec![0; 4096];
        loop {
            let told = self.told.notified();
            match self.output(id) {
                Some(Output::Send { frame, .. }) => {
                    let mut bytes = frame.into_buf();
                    while bytes.has_remaining() {
                        stream.write_buf(&mut bytes).await?;
                    }
                    stream.flush().await?;
                    self.act(|cluster, now| cluster.sent(now, id));
                }
                Some(Output::Close { .. } | Output::Reset { .. }) => return Ok(()),
                None => tokio::select! {
                    () = told => {}
                    read = stream.read(&mut buffer) => match read? {
                        0 => return Ok(()),
                        count => {
                            let bytes = Bytes::copy_from_slice(&buffer[..count]);
                            self.act(|cluster, now| cluster.receive(now, id, bytes));
                        }
                    },
                },
            }
        }
    }
}
