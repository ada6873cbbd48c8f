//! What the engine keeps of a batch while it has no end.

use klamm_idempotence::Piece;
use klamm_records::EncodedBatch;
use klamm_wire::{ErrorCode, Time};

use crate::translate::answers::Words;

/// A batch that was announced.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) stage: Stage,
    /// Its place among all that were announced.
    pub(crate) number: u64,
    pub(crate) opened: Time,
    /// When its linger ends.
    pub(crate) due: Time,
    /// When it must be finished.
    pub(crate) deadline: Time,
    /// How many records it has; 0 while it is open.
    pub(crate) records: u32,
    /// How many bytes before compression; 0 while it is open.
    pub(crate) raw: usize,
    pub(crate) payload: Payload,
    /// Whether it was part of a request.
    pub(crate) was_sent: bool,
    /// What the last answer that was no success said.
    pub(crate) said: Option<ErrorCode>,
    /// What brokers said in words, of each piece that was refused.
    pub(crate) words: Vec<(Piece, Box<Words>)>,
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It takes records.
    Open,
    /// It takes none, and was never sent.
    Sealed,
    /// It was sent.
    Sent,
}

/// What of a batch can be sent.
#[derive(Debug, Default)]
pub(crate) enum Payload {
    /// Nothing yet.
    #[default]
    None,
    /// All of it.
    Whole(EncodedBatch),
    /// What splits made of it.
    Pieces(Vec<(Piece, EncodedBatch)>),
}

impl Batch {
    /// One that was opened.
    pub(crate) const fn new(opened: Time, due: Time, deadline: Time) -> Self {
        Self {
            stage: Stage::Open,
            number: 0,
            opened,
            due,
            deadline,
            records: 0,
            raw: 0,
            payload: Payload::None,
            was_sent: false,
            said: None,
            words: Vec::new(),
        }
    }

    /// What a piece is sent as.
    pub(crate) fn piece(&self, piece: Piece) -> Option<&EncodedBatch> {
        match &self.payload {
            Payload::None => None,
            Payload::Whole(encoded) => (piece == Piece::whole(self.records)).then_some(encoded),
            Payload::Pieces(pieces) => {
                pieces.iter().find(|(of, _)| *of == piece).map(|(_, encoded)| encoded)
            }
        }
    }

    /// Puts two halves in the place of a piece.
    pub(crate) fn halve(&mut self, piece: Piece, first_half: u32, halves: [EncodedBatch; 2]) {
        let mut pieces = match std::mem::take(&mut self.payload) {
            Payload::Pieces(pieces) => pieces,
            Payload::None | Payload::Whole(_) => Vec::new(),
        };
        pieces.retain(|(of, _)| *of != piece);
        let [first, second] = halves;
        let behind = Piece {
            first: piece.first.saturating_add(first_half),
            records: piece.records.saturating_sub(first_half),
        };
        pieces.push((Piece { first: piece.first, records: first_half }, first));
        pieces.push((behind, second));
        self.payload = Payload::Pieces(pieces);
    }

    /// Keeps what a broker said of a piece.
    pub(crate) fn keep_words(&mut self, piece: Piece, words: Option<Box<Words>>) {
        self.words.retain(|(of, _)| *of != piece);
        self.words.extend(words.map(|words| (piece, words)));
    }

    /// What a broker said of a piece.
    pub(crate) fn words_of(&self, piece: Piece) -> Option<&Words> {
        self.words.iter().find(|(of, _)| *of == piece).map(|(_, words)| &**words)
    }

    /// What keeps the batch's memory, for those who hold it back.
    pub(crate) fn into_payload(self) -> Option<EncodedBatch> {
        match self.payload {
            Payload::None => None,
            Payload::Whole(encoded) => Some(encoded),
            Payload::Pieces(pieces) => pieces.into_iter().next().map(|(_, encoded)| encoded),
        }
    }
}
