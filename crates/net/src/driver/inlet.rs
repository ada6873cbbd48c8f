//! The buffer that every connection reads into: what was filled is passed on without a copy.

use std::future::Future as _;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt as _;

use crate::dial::Transport;

/// How much is allocated at a time. Small answers share a block, so that one which is kept for
/// long keeps no more than this alive.
const BLOCK: usize = 64 << 10;

/// A read that could take less than this is not worth its call of the system.
const LEAST: usize = 4 << 10;

/// The buffer that every connection reads into.
#[derive(Default)]
pub(crate) struct Inlet {
    /// Empty between reads; its capacity is what is left of the block.
    block: BytesMut,
}

impl Inlet {
    /// Reads once. No bytes mean that the peer has closed its side.
    pub(crate) fn read(
        &mut self,
        cx: &mut Context<'_>,
        io: &mut dyn Transport,
    ) -> Poll<io::Result<Bytes>> {
        if self.block.capacity() < LEAST {
            self.block.reserve(BLOCK);
        }
        // The future holds nothing but the two borrows, so that dropping it loses nothing.
        let read = pin!(io.read_buf(&mut self.block)).poll(cx);
        read.map_ok(|_| self.block.split().freeze())
    }
}
