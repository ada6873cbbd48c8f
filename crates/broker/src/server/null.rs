//! Connections to a broker that acknowledges and stores nothing.
//!
//! The bytes of a socket go through a [`Walker`], in a buffer that is used again and again. What is
//! no Produce request goes to the cluster as on any other connection, and its answer is waited for,
//! so that answers keep the order of their requests.

use std::io;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedReceiver;

use super::hub::{Hub, Order};
use crate::api::Outcome;
use crate::cluster::ConnectionId;
use crate::null::{Counts, Event, Walker};

/// How much is read at once. As much as two cores share a cache for, and more than any field that
/// is kept in one piece.
const BUFFER: usize = 512 * 1024;

/// What connections that store nothing share.
#[derive(Debug, Default)]
pub(super) struct Null {
    pub(super) counts: Counts,
    /// Whether batches are held to their checksums and sequences.
    pub(super) checks: bool,
}

impl Null {
    pub(super) fn new(checks: bool) -> Self {
        Self { counts: Counts::default(), checks }
    }
}

/// A socket with the bytes that were read from it and not walked through.
struct Conversation<'h, S> {
    hub: &'h Hub,
    id: ConnectionId,
    stream: &'h mut S,
    orders: UnboundedReceiver<Order>,
    answers: Vec<u8>,
}

/// Serves a connection to its end.
pub(super) async fn converse<S>(
    hub: &Hub,
    null: &Null,
    id: ConnectionId,
    stream: &mut S,
    orders: UnboundedReceiver<Order>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    Conversation { hub, id, stream, orders, answers: Vec::new() }.go_on(null).await
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<'_, S> {
    async fn go_on(&mut self, null: &Null) -> io::Result<()> {
        let limit = self.hub.act(|cluster, _| cluster.request_limit());
        let mut walker = Walker::new(limit, null.checks);
        let mut buffer = vec![0; BUFFER];
        let mut filled = 0;
        loop {
            let room = buffer.get_mut(filled..).unwrap_or_default();
            let read = self.stream.read(room).await?;
            if read == 0 {
                return Ok(());
            }
            filled += read;
            let done = self.walk(&mut walker, buffer.get(..filled).unwrap_or_default()).await;
            null.counts.add(&walker.take_counted());
            let done = done?;
            buffer.copy_within(done..filled, 0);
            filled = filled.saturating_sub(done);
        }
    }

    /// Walks through what was read; how much of it is done with.
    async fn walk(&mut self, walker: &mut Walker, bytes: &[u8]) -> io::Result<usize> {
        let mut done = 0_usize;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            let (taken, event) =
                walker.walk(rest).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            done = done.saturating_add(taken);
            match event {
                Event::More => break,
                Event::Other(request) => self.ask_cluster(request.into()).await?,
                Event::Produced(Some((reply, response))) => {
                    if let Outcome::Answer(frame) = reply.answer(&response) {
                        self.answers.extend(frame.iter().flatten());
                    }
                }
                Event::Produced(None) => {}
            }
        }
        self.flush().await?;
        Ok(done)
    }

    async fn flush(&mut self) -> io::Result<()> {
        if !self.answers.is_empty() {
            self.stream.write_all(&self.answers).await?;
            self.stream.flush().await?;
            self.answers.clear();
        }
        Ok(())
    }

    /// Lets the cluster answer a request, and passes the answer on.
    async fn ask_cluster(&mut self, request: Bytes) -> io::Result<()> {
        self.flush().await?;
        self.hub.act(|cluster, now| cluster.receive(now, self.id, request));
        match self.orders.recv().await {
            Some(Order::Write(frame)) => {
                let mut bytes = frame.into_buf();
                while bytes.has_remaining() {
                    self.stream.write_buf(&mut bytes).await?;
                }
                self.stream.flush().await?;
                self.hub.act(|cluster, now| cluster.sent(now, self.id));
                Ok(())
            }
            Some(Order::Reset) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            Some(Order::Close) | None => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
        }
    }
}
