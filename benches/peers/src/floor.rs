//! Not a client: the same requests made by hand, below which none can be expected to get.
//!
//! One thread and one blocking socket. It knows one topic, one version and one codec; it takes no
//! record that it has no room for, keeps nothing for a second attempt, never waits for more
//! records, and ends at the first thing that is not as it expects.
#![expect(clippy::indexing_slicing, reason = "a wrong length shall panic")]

mod encode;

use std::io::{self, BufReader, IoSlice, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use klamm_records::{Codec, Compression, Compressors};

use crate::broker::{PARTITIONS, TOPIC};
use crate::settings::Settings;
use encode::{HEADER, Records, Stamp, uvarint};

/// The last version that names topics; the one after it differs in sixteen bytes.
const PRODUCE: [u8; 4] = [0, 0, 0, 12];
const INIT_PRODUCER_ID: [u8; 4] = [0, 22, 0, 1];
const CLIENT: &[u8] = b"\x00\x05floor";
/// A partition, the topic and the request each end with a section of tags, all of them empty.
const ENDS: usize = 3;

/// A connection with everything that is remembered of it.
pub struct Floor {
    socket: TcpStream,
    answers: BufReader<TcpStream>,
    identity: [u8; 10],
    sequences: [i32; PARTITIONS as usize],
    partition: usize,
    /// Requests.
    sent: u64,
    answered: u64,
    records: Records,
    packed: Vec<u8>,
    head: Vec<u8>,
    compression: Compression,
    compressors: Compressors,
}

impl Floor {
    /// Connects and asks for a producer id.
    ///
    /// # Errors
    /// Of the socket, or when there is no such codec.
    pub fn connect(settings: &Settings<'_>) -> io::Result<Self> {
        let socket = TcpStream::connect(settings.bootstrap)?;
        socket.set_nodelay(true)?;
        let codec: Codec = settings.codec.parse().map_err(|_| io::ErrorKind::Unsupported)?;
        let mut floor = Self {
            answers: BufReader::new(socket.try_clone()?),
            socket,
            identity: [0; 10],
            sequences: [0; PARTITIONS as usize],
            partition: 0,
            sent: 0,
            answered: 0,
            records: Records::with_room(Settings::BATCH + ENDS),
            packed: vec![0; 2 * Settings::BATCH],
            head: Vec::new(),
            compression: Compression::of(codec),
            compressors: Compressors::new(),
        };
        floor.identify()?;
        Ok(floor)
    }

    fn identify(&mut self) -> io::Result<()> {
        let body = [&INIT_PRODUCER_ID[..], &[0; 4], CLIENT, &[0xff, 0xff], &[0; 4]].concat();
        self.socket.write_all(&(body.len() as i32).to_be_bytes())?;
        self.socket.write_all(&body)?;
        let mut answer = [0; 24];
        self.answers.read_exact(&mut answer)?;
        if answer[12..14] != [0, 0] {
            return Err(io::Error::other("no producer id"));
        }
        self.identity.copy_from_slice(&answer[14..]);
        Ok(())
    }

    /// Takes a record, and sends the batch before it if that one is full.
    ///
    /// # Errors
    /// Of the socket, or of the broker.
    #[inline]
    pub fn push(&mut self, value: &[u8]) -> io::Result<()> {
        if !self.records.push(value) {
            self.send()?;
            self.records.push(value);
        }
        Ok(())
    }

    /// Sends what was taken, when there is room for another request.
    ///
    /// # Errors
    /// Of the socket, or of the broker.
    pub fn send(&mut self) -> io::Result<()> {
        if self.records.count == 0 {
            return Ok(());
        }
        while self.sent - self.answered >= Settings::IN_FLIGHT as u64 {
            self.answer()?;
        }
        let len = self.request()?;
        let Self { head, packed, .. } = self;
        let batch =
            if self.compression.codec() == Codec::None { &self.records.batch } else { packed };
        let body = &batch[..len];
        let written = self.socket.write_vectored(&[IoSlice::new(head), IoSlice::new(body)])?;
        if let Some(rest) = head.get(written..) {
            self.socket.write_all(rest)?;
        }
        self.socket.write_all(&body[written.saturating_sub(head.len())..])?;
        self.records.clear();
        self.sent += 1;
        self.partition = (self.partition + 1) % self.sequences.len();
        Ok(())
    }

    /// Waits for the answers to everything that was sent.
    ///
    /// # Errors
    /// Of the socket, or of the broker.
    pub fn drain(&mut self) -> io::Result<()> {
        while self.answered < self.sent {
            self.answer()?;
        }
        Ok(())
    }

    /// Makes a request of what was taken: how long the batch is, with what follows it.
    fn request(&mut self) -> io::Result<usize> {
        let codec = self.compression.codec();
        let (batch, len) = match codec {
            Codec::None => (&mut self.records.batch, self.records.end),
            _ => {
                let room = &mut self.packed[HEADER..];
                let raw = &self.records.batch[HEADER..self.records.end];
                let packed = self.compressors.compress(self.compression, raw, room);
                let len = packed.map_err(io::Error::other)?.ok_or(io::ErrorKind::StorageFull)?;
                (&mut self.packed, HEADER + len)
            }
        };
        let sequence = &mut self.sequences[self.partition];
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (now, count) = (now.as_millis() as i64, self.records.count);
        let stamp = Stamp { codec: codec.id(), now, count, sequence: *sequence };
        stamp.write(&mut batch[..len], &self.identity);
        *sequence += count;
        batch[len..len + ENDS].fill(0);
        let number = self.sent as i32;
        write_head(&mut self.head, number, self.partition as i32, len);
        Ok(len + ENDS)
    }

    /// Reads one answer, which comes in the order of the requests.
    fn answer(&mut self) -> io::Result<()> {
        /// Behind the length: correlation id, tags, topics, name, partitions, index.
        const ERROR: usize = 4 + 1 + 1 + 1 + TOPIC.len() + 1 + 4;
        let mut length = [0; 4];
        self.answers.read_exact(&mut length)?;
        let mut frame = [0; 256];
        let frame = &mut frame[..i32::from_be_bytes(length) as usize];
        self.answers.read_exact(frame)?;
        let is_expected = frame[..4] == (self.answered as i32).to_be_bytes();
        if !is_expected || frame[ERROR..ERROR + 2] != [0, 0] {
            return Err(io::Error::other("the broker does not acknowledge"));
        }
        self.answered += 1;
        Ok(())
    }
}

/// Everything of a request that stands before its one batch.
fn write_head(head: &mut Vec<u8>, number: i32, partition: i32, batch: usize) {
    head.clear();
    head.extend([0; 4]);
    head.extend(PRODUCE);
    head.extend(number.to_be_bytes());
    head.extend(CLIENT);
    // No tags, no transaction; acks, time-out, one topic.
    head.extend([0, 0, 0xff, 0xff, 0, 0, 0x75, 0x30, 2]);
    uvarint(head, TOPIC.len() + 1);
    head.extend(TOPIC.as_bytes());
    head.push(2);
    head.extend(partition.to_be_bytes());
    uvarint(head, batch + 1);
    let length = (head.len() - 4 + batch + ENDS) as i32;
    head[..4].copy_from_slice(&length.to_be_bytes());
}
