//! One socket with its options.

use std::io;
use std::net::SocketAddr;

use klamm_cluster::transport::TcpSettings;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpSocket, TcpStream};

/// Opens a connection to an address.
pub(super) async fn open(address: SocketAddr, settings: &TcpSettings) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Buffers are set first: the window that is offered to the peer follows from them.
    if let Some(bytes) = settings.send_buffer {
        socket.set_send_buffer_size(bytes)?;
    }
    if let Some(bytes) = settings.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.set_nodelay(settings.no_delay)?;
    if let Some(quiet) = settings.keep_alive {
        SockRef::from(&socket).set_tcp_keepalive(&TcpKeepalive::new().with_time(quiet))?;
    }
    socket.connect(address).await
}
