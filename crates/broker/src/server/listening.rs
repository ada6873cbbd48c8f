//! The listeners of one node, which can be closed and opened again on the same ports.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use klamm_wire::NodeId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::connection;
use super::hub::Hub;
use crate::cluster::Listener;

/// Connections that a node serves at once; more wait in the socket's queue.
const CONNECTIONS_MAX: usize = 4_096;

/// One listening socket and the connections that came by it.
pub(super) struct Listening {
    pub(super) node: NodeId,
    pub(super) listener: Listener,
    pub(super) address: SocketAddr,
    task: Option<JoinHandle<()>>,
}

impl Listening {
    /// Opens a listener; port 0 takes any that is free.
    pub(super) async fn open(
        hub: &Arc<Hub>,
        node: NodeId,
        listener: Listener,
        address: SocketAddr,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        let task = Some(tokio::spawn(accept(Arc::clone(hub), node, listener, socket)));
        Ok(Self { node, listener, address, task })
    }

    /// Closes the socket and every connection that came by it.
    pub(super) async fn close(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // It was told to end, and ends so.
            let _ = task.await;
        }
    }

    /// Opens a listener that was closed, where it was.
    pub(super) async fn reopen(&mut self, hub: &Arc<Hub>) -> io::Result<()> {
        if self.task.is_none() {
            *self = Self::open(hub, self.node, self.listener, self.address).await?;
        }
        Ok(())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// Takes connections until the task is aborted, which ends those it has taken as well.
async fn accept(hub: Arc<Hub>, node: NodeId, listener: Listener, socket: TcpListener) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut serving = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        // An error is that of one connection, or of a process without file descriptors left.
        let Ok((stream, peer)) = socket.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while serving.try_join_next().is_some() {}
        let hub = Arc::clone(&hub);
        serving.spawn(async move {
            welcome(hub, node, listener, stream, peer).await;
            drop(place);
        });
    }
}

async fn welcome(
    hub: Arc<Hub>,
    node: NodeId,
    listener: Listener,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Without it, small answers would wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let host = format!("/{}", peer.ip());
    if let Some(id) = hub.act(|cluster, now| cluster.open(now, node, listener, &host)) {
        connection::serve(hub, id, stream).await;
    }
}
