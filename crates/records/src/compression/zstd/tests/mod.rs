//! Frames with a plain search, read back by the decoder.

mod data;
mod judge;
mod modes;
mod round_trips;
