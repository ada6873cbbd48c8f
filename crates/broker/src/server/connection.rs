//! One socket: reads while the cluster wants bytes, writes what it says.

use std::io;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::hub::{Hub, Order};
use super::null;
use crate::cluster::ConnectionId;

/// How much is read at once.
const READ_SIZE: usize = 256 * 1024;

/// What a connection is made of.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {
    /// The socket itself, under whatever stands in front of it.
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

#[cfg(feature = "tls")]
impl Socket for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Serves a connection to its end.
pub(super) async fn serve<S: Socket>(hub: Arc<Hub>, id: ConnectionId, mut stream: S) {
    let (writer, orders) = mpsc::unbounded_channel();
    hub.join(id, writer);
    let ended = match &hub.null {
        // Whoever has to say first who it is cannot be acknowledged before.
        Some(null) if hub.act(|cluster, _| cluster.is_known(id)) => {
            null::converse(&hub, null, id, &mut stream, orders).await
        }
        _ => converse(&hub, id, &mut stream, orders).await,
    };
    hub.leave(id);
    // How a client leaves makes no difference to a cluster.
    let _ = match ended {
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
            stream.tcp().set_zero_linger()
        }
        Ok(()) | Err(_) => stream.shutdown().await,
    };
}

async fn converse<S>(
    hub: &Hub,
    id: ConnectionId,
    stream: &mut S,
    mut orders: UnboundedReceiver<Order>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut buffer = BytesMut::new();
    let mut is_wanted = true;
    loop {
        buffer.reserve(READ_SIZE);
        tokio::select! {
            biased;
            order = orders.recv() => match order {
                Some(Order::Write(frame)) => {
                    let mut bytes = frame.into_buf();
                    while bytes.has_remaining() {
                        stream.write_buf(&mut bytes).await?;
                    }
                    stream.flush().await?;
                    is_wanted = hub.act(|cluster, now| {
                        cluster.sent(now, id);
                        cluster.wants_bytes(id)
                    });
                }
                Some(Order::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
                Some(Order::Close) | None => return Ok(()),
            },
            read = stream.read_buf(&mut buffer), if is_wanted => {
                if read? == 0 {
                    return Ok(());
                }
                let bytes = buffer.split().freeze();
                is_wanted = hub.act(|cluster, now| {
                    cluster.receive(now, id, bytes);
                    cluster.wants_bytes(id)
                });
            }
        }
    }
}
