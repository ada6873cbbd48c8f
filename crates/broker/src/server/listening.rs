//! The listeners of one node, which can be closed and opened again on the same ports.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use klamm_wire::NodeId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::connection;
use super::hub::Hub;
use super::tls::Tls;
use crate::cluster::{ConnectionId, Listener};
use crate::security::Principal;

/// How long the handshake of TLS may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// A way into the cluster.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) node: NodeId,
    pub(super) listener: Listener,
    /// For a listener of TLS.
    pub(super) tls: Option<Arc<Tls>>,
    /// Connections that are served at once; more wait in the socket's queue.
    pub(super) connections: usize,
}

/// One listening socket and the connections that came by it.
pub(super) struct Listening {
    pub(super) door: Door,
    pub(super) address: SocketAddr,
    task: Option<JoinHandle<()>>,
}

impl Listening {
    /// Opens a listener; port 0 takes any that is free.
    pub(super) async fn open(hub: &Arc<Hub>, door: Door, address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        let task = Some(tokio::spawn(accept(Arc::clone(hub), door.clone(), socket)));
        Ok(Self { door, address, task })
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
            *self = Self::open(hub, self.door.clone(), self.address).await?;
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
async fn accept(hub: Arc<Hub>, door: Door, socket: TcpListener) {
    let room = Arc::new(Semaphore::new(door.connections));
    let mut serving = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        // An error is that of one connection, or of a process without file descriptors left.
        let Ok((stream, peer)) = socket.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while serving.try_join_next().is_some() {}
        let (hub, door) = (Arc::clone(&hub), door.clone());
        serving.spawn(async move {
            welcome(hub, &door, stream, peer).await;
            drop(place);
        });
    }
}

async fn welcome(hub: Arc<Hub>, door: &Door, stream: TcpStream, peer: SocketAddr) {
    // Without it, small answers would wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let host = format!("/{}", peer.ip());
    let Some(tls) = &door.tls else {
        if let Some(id) = open(&hub, door, &host, None) {
            connection::serve(hub, id, stream).await;
        }
        return;
    };
    // Whoever never ends the handshake would hold a place for ever.
    let Ok(accepted) = tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await else {
        return;
    };
    let Ok((stream, principal)) = accepted else { return };
    if let Some(id) = open(&hub, door, &host, principal) {
        connection::serve(hub, id, stream).await;
    }
}

fn open(hub: &Hub, door: &Door, host: &str, principal: Option<Principal>) -> Option<ConnectionId> {
    hub.act(|cluster, now| {
        let id = cluster.open(now, door.node, door.listener, host)?;
        if let Some(principal) = principal {
            cluster.identify(id, principal);
        }
        Some(id)
    })
}
