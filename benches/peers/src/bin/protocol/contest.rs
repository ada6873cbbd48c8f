//! One operation on one message, and everyone who does it.

use std::fmt;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use kafka_protocol::protocol::Encodable;
use klamm_peers_bench::{Contender, Contest, Side};
use klamm_protocol::Message;

use crate::floor::Floor;
use crate::sum::Sum;

/// Operations between two looks at the clock.
const BATCH: usize = 32;

/// The peer, with a buffer of the size that it computes beforehand.
const PEER: Side = Side::Peer("peer");
/// The peer, with a buffer that grows.
const GROWING: Side = Side::Peer("peer, growing buffer");

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Decode,
    Encode,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
        })
    }
}

/// What a contest is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    pub(crate) message: &'static str,
    pub(crate) version: i16,
    pub(crate) operation: Operation,
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, version, operation } = self;
        write!(f, "{message} v{version} {operation}")
    }
}

/// The same value as a message of ours, a message of the peer's and a hand-written writer.
pub(crate) struct Subject<O, P, F> {
    pub(crate) message: &'static str,
    pub(crate) version: i16,
    pub(crate) ours: O,
    pub(crate) peer: P,
    pub(crate) floor: F,
}

/// Decoders that add every field up and drop the message.
#[derive(Clone, Copy)]
pub(crate) struct Decoders {
    pub(crate) ours: fn(&Bytes, i16) -> Sum,
    pub(crate) peer: fn(&mut Bytes, i16) -> Sum,
}

impl<O, P, F> Subject<O, P, F>
where
    O: Message<'static> + 'static,
    P: Encodable + 'static,
    F: Fn() -> Floor + 'static,
{
    /// Proves that all sides mean the same bytes, then lets them compete.
    pub(crate) fn contests(self, decoders: &Decoders) -> [Contest<Title>; 2] {
        let frame = self.frame();
        let decode = self.decode(decoders, &frame);
        [decode, self.encode(frame.len())]
    }

    /// The bytes that all three sides write.
    fn frame(&self) -> Bytes {
        let segments = klamm_protocol::encode(&self.ours, self.version).expect("valid for us");
        let ours = segments.to_vec();
        let mut peer = BytesMut::new();
        self.peer.encode(&mut peer, self.version).expect("valid for the peer");
        assert!(ours == peer, "{} v{}: ours and the peer differ", self.message, self.version);
        let floor = (self.floor)();
        let floor: Vec<u8> = floor.io_slices().iter().flat_map(|slice| slice.to_vec()).collect();
        assert!(ours == floor, "{} v{}: ours and the floor differ", self.message, self.version);
        let frame = Bytes::from(ours);
        // The first clone of `Bytes` allocates its reference count; no decode shall pay for it.
        drop(frame.clone());
        frame
    }

    fn decode(&self, decoders: &Decoders, frame: &Bytes) -> Contest<Title> {
        let (version, Decoders { ours, peer }) = (self.version, *decoders);
        let sums = (ours(frame, version), peer(&mut frame.clone(), version));
        assert_eq!(sums.0, sums.1, "{} v{version}: the sums differ", self.message);
        let ours = decoder(Side::Ours, frame, move |frame| ours(frame, version));
        let peer = decoder(PEER, frame, move |frame| peer(frame, version));
        let contenders = vec![ours, peer];
        self.contest(Operation::Decode, frame.len(), contenders)
    }

    fn encode(self, bytes: usize) -> Contest<Title> {
        let contest = self.contest(Operation::Encode, bytes, Vec::new());
        let Self { version, ours, peer, floor, .. } = self;
        let peer = Rc::new(peer);
        let growing = Rc::clone(&peer);
        let contenders = vec![
            Contender::repeated(Side::Ours, BATCH, move || {
                let segments = klamm_protocol::encode(black_box(&ours), version);
                let segments = segments.expect("encoded before");
                black_box(&segments.io_slices());
            }),
            Contender::repeated(PEER, BATCH, move || {
                let peer = black_box(&*peer);
                let size = peer.compute_size(version).expect("encoded before");
                let mut buffer = BytesMut::with_capacity(size);
                peer.encode(&mut buffer, version).expect("encoded before");
                black_box(&buffer);
            }),
            Contender::repeated(GROWING, BATCH, move || {
                let mut buffer = BytesMut::new();
                black_box(&*growing).encode(&mut buffer, version).expect("encoded before");
                black_box(&buffer);
            }),
            Contender::repeated(Side::Floor, BATCH, move || {
                let floor = black_box(&floor)();
                black_box(&floor.io_slices());
            }),
        ];
        Contest { contenders, ..contest }
    }

    fn contest(
        &self,
        operation: Operation,
        bytes: usize,
        contenders: Vec<Contender>,
    ) -> Contest<Title> {
        let Self { message, version, .. } = *self;
        Contest { title: Title { message, version, operation }, bytes, contenders }
    }
}

/// Every decode is handed a frame of its own, which is dropped with the message: one that was read
/// from a connection belongs to whoever decodes it, and the peer's decoder uses it up.
fn decoder(side: Side, frame: &Bytes, decode: impl Fn(&mut Bytes) -> Sum + 'static) -> Contender {
    let frame = frame.clone();
    Contender::timed(side, BATCH, move || {
        let frames: [Bytes; BATCH] = black_box(std::array::from_fn(|_| frame.clone()));
        let start = Instant::now();
        for mut frame in frames {
            black_box(decode(&mut frame));
        }
        start.elapsed()
    })
}
