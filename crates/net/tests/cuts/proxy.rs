//! A proxy on loopback that cuts the first connection after a number of bytes.
#![cfg(test)]

use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::wire::{Cut, Direction, How};

/// A proxy in front of one address.
pub struct CuttingProxy {
    pub address: SocketAddr,
    /// What it got of the client on the first connection, when it is over.
    pub first: JoinHandle<[Vec<u8>; 2]>,
    rest: JoinHandle<()>,
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.first.abort();
        self.rest.abort();
    }
}

impl CuttingProxy {
    /// Passes the first connection on until it is cut, and all others for ever.
    pub async fn start(to: String, cut: Option<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (give, take) = tokio::sync::oneshot::channel();
        let target = to.clone();
        let first = tokio::spawn(async move {
            let client: TcpStream = take.await.unwrap();
            pass(client, TcpStream::connect(target).await.unwrap(), cut).await
        });
        let rest = tokio::spawn(async move {
            let (client, _) = listener.accept().await.unwrap();
            give.send(client).unwrap();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&to).await.unwrap();
                tokio::spawn(pass(client, server, None));
            }
        });
        Self { address, first, rest }
    }
}

/// What was passed on, sent and received.
async fn pass(mut client: TcpStream, mut server: TcpStream, cut: Option<Cut>) -> [Vec<u8>; 2] {
    let mut passed = [Vec::new(), Vec::new()];
    let left = |direction: Direction, passed: &[Vec<u8>; 2]| {
        let cut = cut.filter(|cut| cut.direction == direction);
        cut.map_or(1 << 16, |cut| cut.at - passed[direction as usize].len())
    };
    let mut buffers = [vec![0; 1 << 16], vec![0; 1 << 16]];
    loop {
        let [sent, received] =
            [Direction::Sending, Direction::Receiving].map(|direction| left(direction, &passed));
        if sent == 0 || received == 0 {
            break end(client, cut.unwrap().how).await;
        }
        let [from_client, from_server] = &mut buffers;
        tokio::select! {
            read = client.read(&mut from_client[..sent.min(1 << 16)]) => match read {
                Ok(count @ 1..) => {
                    passed[0].extend_from_slice(&from_client[..count]);
                    if server.write_all(&from_client[..count]).await.is_err() { break }
                }
                _ => break,
            },
            read = server.read(&mut from_server[..received.min(1 << 16)]) => match read {
                Ok(count @ 1..) => {
                    passed[1].extend_from_slice(&from_server[..count]);
                    if client.write_all(&from_server[..count]).await.is_err() { break }
                }
                _ => break,
            },
        }
    }
    passed
}

async fn end(mut client: TcpStream, how: How) {
    match how {
        How::Reset => SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap(),
        How::End => {
            let _ = client.shutdown().await;
            // Unread bytes would make a reset of it.
            while let Ok(1..) = client.read(&mut [0; 4096]).await {}
        }
        How::Silence => unreachable!("silence takes time, which this proxy does not have"),
    }
}
