//! The published crates that can encode and decode a batch on their own.
//!
//! What a crate wants to own is made before time is taken or while it is, and both are told. Its
//! output buffer is one that is there already, if it takes one.

mod kafka_protocol;
mod krafka;
mod odradek;
mod rskafka;

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use klamm_peers_bench::{Contender, Side};

use crate::facts::{Input, prove};
use crate::sum::Sum;

/// Makes a whole batch, in the buffer if the crate takes one, and lets the caller look at it.
type Encode = Box<dyn FnMut(&mut BytesMut, &mut dyn FnMut(&[u8]))>;

/// When a peer makes the records that it wants to own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ownership {
    /// For each batch, as whoever has borrowed parts must; ours takes them as they are.
    Taken,
    /// Once, beforehand, and nobody asks what it costs.
    Prepared,
}

/// A crate that does what ours does.
struct Peer {
    name: &'static str,
    /// Prepares the crate's own records.
    encoder: fn(&[Input]) -> Encode,
    /// Reads all records of a batch, its checksum compared.
    decode: fn(&Bytes) -> Sum,
}

const PEERS: [Peer; 4] = [kafka_protocol::PEER, krafka::PEER, odradek::PEER, rskafka::PEER];

/// All peers as encoders of these records. What they make is proven to hold them.
pub(crate) fn encoders(
    inputs: &'static [Input],
    times: usize,
    ownership: Ownership,
) -> Vec<Contender> {
    let contender = |Peer { name, encoder, .. }: Peer| {
        let (mut out, mut prepared) = (BytesMut::new(), encoder(inputs));
        prepared(&mut out, &mut |batch| prove(name, batch, inputs));
        Contender::repeated(Side::Peer(name), times, move || {
            let look = &mut |batch: &[u8]| _ = black_box(batch);
            match ownership {
                Ownership::Taken => encoder(black_box(inputs))(&mut out, look),
                Ownership::Prepared => prepared(&mut out, look),
            }
        })
    };
    PEERS.into_iter().map(contender).collect()
}

/// All peers as decoders of a batch with so many records, which they are proven to read alike.
pub(crate) fn decoders(batch: &Bytes, records: usize, sum: Sum) -> Vec<Contender> {
    let contender = |Peer { name, decode, .. }: Peer| {
        let batch = batch.clone();
        assert_eq!(decode(&batch), sum, "{name} reads something else");
        Contender::whole(Side::Peer(name), records, move || {
            black_box(decode(black_box(&batch)));
        })
    };
    PEERS.into_iter().map(contender).collect()
}

fn owned(piece: Option<&[u8]>) -> Option<Bytes> {
    piece.map(Bytes::copy_from_slice)
}
