//! Whatever a peer says back was reported as handed over before, wherever the wire is cut.
//!
//! A peer on another thread echoes each byte as soon as it has it, so that only the order of the
//! driver's reports keeps an answer behind its question.
#![cfg(test)]
#![cfg(feature = "tls")]

mod cuts;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use cuts::wire::{Cut, Direction, How, Passed, Wire};
use klamm_broker::security::certificates::{
    ClientCertificates, LOCAL_NAMES, TestCa, server_config,
};
use klamm_cluster::transport::{Pem, TlsSettings};
use klamm_cluster::{Address, Command, ConnId, Drive, Event, HostPort};
use klamm_net::dial::{Dialled, over_tls};
use klamm_net::{BoxFuture, Connector, Driver, ShellSettings, Transport, tls};
use klamm_wire::{Now, Time};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex,
};
use tokio::runtime::Builder;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// More than TLS keeps while it waits to be written.
const SENT: usize = 100_000;
/// What the driver calls the one connection.
const CONN: ConnId = ConnId(1);
/// Who has not ended by then hangs.
const LONG: Duration = Duration::from_secs(60);

/// A machine that sends, and minds that nothing comes back before it counts as handed over.
#[derive(Default)]
struct Echoed {
    commands: VecDeque<Command>,
    unsent: Bytes,
    handed: usize,
    received: usize,
    is_closed: bool,
    is_over: Arc<Notify>,
}

impl Drive for Echoed {
    #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else was asked for")]
    fn handle(&mut self, _: Now, event: Event) {
        match event {
            Event::Connected { conn } => self.commands.push_back(Command::Write(conn)),
            Event::Handed { count, .. } => {
                self.unsent.advance(count);
                self.handed += count;
            }
            Event::Received { bytes, .. } => {
                self.received += bytes.len();
                assert!(self.received <= self.handed, "{} of {}", self.received, self.handed);
            }
            Event::Closed { .. } => self.is_closed = true,
            Event::Flushed { .. } => {}
            other => panic!("{other:?}"),
        }
        if self.is_closed || self.received == SENT {
            self.is_over.notify_one();
        }
    }

    fn poll(&mut self, _: Now) -> Option<Command> {
        self.commands.pop_front()
    }

    fn next_wake(&self) -> Option<Time> {
        None
    }

    fn chunks<'a>(&'a self, _: ConnId, slices: &mut [IoSlice<'a>]) -> usize {
        let parts = self.unsent.chunks(997);
        slices.iter_mut().zip(parts).map(|(slice, part)| *slice = IoSlice::new(part)).count()
    }
}

/// Gives away the one transport that there is.
struct Once(Mutex<Option<Box<dyn Transport>>>);

impl Connector for Once {
    fn connect(&self, _: &HostPort, _: Address) -> BoxFuture<Dialled> {
        let io = self.0.lock().unwrap().take();
        Box::pin(async { Ok(io.unwrap()) })
    }
}

/// Drives until everything came back or the connection is gone.
async fn driven(io: Box<dyn Transport>) -> Echoed {
    let mut machine = Echoed { unsent: vec![7; SENT].into(), ..Echoed::default() };
    let host = HostPort::new("localhost", 1).unwrap();
    machine.commands.push_back(Command::Connect { conn: CONN, host, address: Address::ByName });
    let is_over = Arc::clone(&machine.is_over);
    let connector = Arc::new(Once(Mutex::new(Some(io))));
    let (driver, remote) = Driver::new(machine, connector, ShellSettings::default());
    let driver = tokio::spawn(driver.run());
    let ended = timeout(LONG, is_over.notified()).await;
    remote.shut_down();
    let machine = driver.await.unwrap();
    let Echoed { handed, received, .. } = machine;
    assert!(ended.is_ok(), "a hang: {handed} handed over, {received} came back");
    machine
}

/// Says everything back at once; how much was read.
async fn echo(stream: impl AsyncRead + AsyncWrite + Unpin) -> usize {
    let (mut stream, mut buffer, mut all) = (stream, vec![0; 1 << 12], 0);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        all += count;
        if stream.write_all(&buffer[..count]).await.is_err() || stream.flush().await.is_err() {
            // Who cannot answer may still read.
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                all += count;
            }
            break;
        }
    }
    all
}

struct Ends {
    connector: tls::Connector,
    acceptor: TlsAcceptor,
}

static ENDS: LazyLock<Ends> = LazyLock::new(|| {
    let ca = TestCa::new(1).unwrap();
    let roots = vec![Pem::Text(ca.pem().into())];
    let settings = TlsSettings { roots, public_roots: false, ..TlsSettings::default() };
    let identity = ca.server(&LOCAL_NAMES).unwrap();
    let config = server_config(&identity, ClientCertificates::NotAsked).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Ends { connector: tls::Connector::new(&settings).unwrap(), acceptor }
});

async fn answered(is_tls: bool, pipe: DuplexStream) -> usize {
    if !is_tls {
        return echo(pipe).await;
    }
    // We may be gone before the peer has agreed.
    let Ok(stream) = ENDS.acceptor.accept(pipe).await else { return 0 };
    echo(stream).await
}

/// Sends over what is made of our end of a pipe with so much room; what came of it, and how much
/// the peer read.
async fn sent<T: Transport + 'static>(
    is_tls: bool,
    room: usize,
    over: impl FnOnce(DuplexStream) -> T,
) -> (Echoed, usize) {
    let (ours, theirs) = duplex(room);
    let ours = over(ours);
    let (tell, told) = oneshot::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().build().unwrap();
        let _ = tell.send(runtime.block_on(answered(is_tls, theirs)));
    });
    let io: Box<dyn Transport> = if is_tls {
        over_tls(&ENDS.connector, "localhost", ours).await.unwrap()
    } else {
        Box::new(ours)
    };
    let machine = driven(io).await;
    let read = timeout(LONG, told).await.unwrap().unwrap();
    assert!(read <= machine.handed, "{read} bytes were read, {} handed over", machine.handed);
    (machine, read)
}

async fn cut_everywhere(is_tls: bool) {
    let passed = Arc::new(Passed::default());
    let wire = |cut, passed| move |inner| Wire { inner, cut, passed, reader: None };
    let (machine, read) = sent(is_tls, 1 << 14, wire(None, Arc::clone(&passed))).await;
    assert_eq!((machine.received, read), (SENT, SENT), "without a cut");
    let bytes = passed.0.each_ref().map(|passed| passed.load(Ordering::SeqCst));
    // What comes first under TLS is agreed on before there is a driver.
    let first = if is_tls { 4_000 } else { 0 };
    for direction in [Direction::Sending, Direction::Receiving] {
        for at in (first..bytes[direction as usize] - 100).step_by(2_111) {
            let how = if at % 2 == 0 { How::Reset } else { How::End };
            let cut = Some(Cut { direction, at, how });
            let (machine, _) = sent(is_tls, 1 << 14, wire(cut, Arc::default())).await;
            assert!(machine.is_closed, "{cut:?}");
        }
    }
}

#[tokio::test]
async fn no_echo_comes_before_its_bytes_count_as_handed_over() {
    cut_everywhere(false).await;
}

#[tokio::test]
async fn no_echo_comes_before_its_bytes_count_as_handed_over_under_tls() {
    cut_everywhere(true).await;
}

/// What a writer does from a byte on.
#[derive(Debug, Clone, Copy)]
enum Oddity {
    FailsOnce,
    FailsWrites,
    FailsFlushes,
    TakesNothing,
}

/// A pipe with a writer that is odd.
struct Odd {
    inner: DuplexStream,
    oddity: Oddity,
    left: usize,
    has_failed: bool,
}

impl Odd {
    fn fail<T>(&mut self) -> Poll<io::Result<T>> {
        self.has_failed = true;
        Poll::Ready(Err(ErrorKind::ConnectionReset.into()))
    }
}

impl AsyncRead for Odd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Odd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match (self.left, self.oddity) {
            (0, Oddity::FailsOnce) if !self.has_failed => return self.fail(),
            (0, Oddity::FailsWrites) => return self.fail(),
            (0, Oddity::TakesNothing) => return Poll::Ready(Ok(0)),
            (_, Oddity::FailsOnce | Oddity::FailsWrites) => {}
            (_, Oddity::FailsFlushes | Oddity::TakesNothing) => {}
        }
        let part = if self.left == 0 { buf } else { &buf[..self.left.min(buf.len())] };
        let polled = Pin::new(&mut self.inner).poll_write(cx, part);
        if let Poll::Ready(Ok(count)) = polled {
            self.left = self.left.saturating_sub(count);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.left == 0 && matches!(self.oddity, Oddity::FailsFlushes) {
            return self.fail();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a_writer_that_is_odd_under_tls_neither_hangs_nor_hides_what_it_took() {
    for oddity in
        [Oddity::FailsOnce, Oddity::FailsWrites, Oddity::FailsFlushes, Oddity::TakesNothing]
    {
        for left in (4_000..SENT).step_by(5_003) {
            let odd = |inner| Odd { inner, oddity, left, has_failed: false };
            let (machine, _) = sent(true, 2 * SENT, odd).await;
            let survives = matches!(oddity, Oddity::FailsOnce) && machine.received == SENT;
            assert!(machine.is_closed || survives, "{oddity:?} after {left}");
        }
    }
}
