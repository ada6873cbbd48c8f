//! Records and the headers of batches, in wire form.

/// How long the header of a batch is.
pub(super) const HEADER: usize = 61;
/// The most that a record has beside its value: lengths, attributes, time, place, a null key, no
/// headers.
const AROUND: usize = 24;

/// The records of one batch, all of the same time, behind room for its header.
pub(super) struct Records {
    pub(super) batch: Vec<u8>,
    /// Where the last record ends.
    pub(super) end: usize,
    pub(super) count: i32,
}

impl Records {
    pub(super) fn with_room(room: usize) -> Self {
        Self { batch: vec![0; room], end: HEADER, count: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.end, self.count) = (HEADER, 0);
    }

    /// Takes a record without key and headers; whether there was room.
    #[inline]
    pub(super) fn push(&mut self, value: &[u8]) -> bool {
        if self.end + AROUND + value.len() > self.batch.len() {
            return false;
        }
        let (place, len) = ((self.count as u64) << 1, (value.len() as u64) << 1);
        // Attributes, time, null key, no headers: a byte each.
        let body = 4 + varint_len(place) + varint_len(len) + value.len();
        self.varint((body as u64) << 1);
        self.put(&[0, 0]);
        self.varint(place);
        self.put(&[1]);
        self.varint(len);
        self.put(value);
        self.put(&[0]);
        self.count += 1;
        true
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        let end = self.end + bytes.len();
        self.batch[self.end..end].copy_from_slice(bytes);
        self.end = end;
    }

    #[inline]
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.put(&[value as u8 | 0x80]);
            value >>= 7;
        }
        self.put(&[value as u8]);
    }
}

/// What the header of a batch says.
pub(super) struct Stamp {
    pub(super) codec: u8,
    pub(super) now: i64,
    pub(super) count: i32,
    pub(super) sequence: i32,
}

impl Stamp {
    /// Writes the header in front of the records of `batch`, checksum included.
    pub(super) fn write(&self, batch: &mut [u8], identity: &[u8; 10]) {
        let length = (batch.len() - 12) as i32;
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            batch[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(&0_i64.to_be_bytes());
        put(&length.to_be_bytes());
        put(&(-1_i32).to_be_bytes());
        // Magic, room for the checksum, attributes.
        put(&[2, 0, 0, 0, 0, 0, self.codec]);
        put(&(self.count - 1).to_be_bytes());
        put(&self.now.to_be_bytes());
        put(&self.now.to_be_bytes());
        put(identity);
        put(&self.sequence.to_be_bytes());
        put(&self.count.to_be_bytes());
        let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, &batch[21..]) as u32;
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
    }
}

pub(super) fn uvarint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[inline]
fn varint_len(value: u64) -> usize {
    (70 - (value | 1).leading_zeros() as usize) / 7
}
