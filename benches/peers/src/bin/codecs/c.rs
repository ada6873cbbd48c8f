//! The C and C++ libraries, in the framing and with the reuse of state that suit them best.
#![allow(unsafe_code, reason = "most of the libraries have no safe interface")]

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;

use klamm_records::Codec;
use libz_sys as z;
use snappy_src as snappy;

use crate::side::Side;

/// Blocks as ours are, each behind its length; without the rest of the framing.
const LZ4_BLOCK: usize = 64 << 10;
const SNAPPY_BLOCK: usize = 32 << 10;
/// A gzip member with the largest window.
const GZIP_WINDOW: c_int = 15 + 16;

/// A library and what it decompressed last.
pub(crate) struct CSide {
    library: Library,
    output: Vec<u8>,
}

enum Library {
    Zstd(zstd_safe::CCtx<'static>, zstd_safe::DCtx<'static>),
    Lz4,
    Snappy,
    Gzip(Box<z::z_stream>, Box<z::z_stream>),
}

/// The library of a codec.
pub(crate) fn side(codec: Codec, level: Option<i32>) -> CSide {
    let library = match codec {
        Codec::Zstd => {
            let mut context = zstd_safe::CCtx::create();
            let level = zstd_safe::CParameter::CompressionLevel(level.unwrap_or(3));
            context.set_parameter(level).expect("a level of the library");
            Library::Zstd(context, zstd_safe::DCtx::create())
        }
        Codec::Gzip => Library::Gzip(deflate(level.unwrap_or(-1)), inflate()),
        Codec::Lz4 => Library::Lz4,
        Codec::Snappy => Library::Snappy,
        Codec::None => unreachable!("nothing to compare"),
    };
    CSide { library, output: Vec::new() }
}

impl Side for CSide {
    fn compress(&mut self, input: &[u8], output: &mut [u8]) -> usize {
        match &mut self.library {
            Library::Zstd(context, _) => context.compress2(output, input).expect("there is room"),
            Library::Lz4 => in_blocks(input, LZ4_BLOCK, output, lz4_compress),
            Library::Snappy => in_blocks(input, SNAPPY_BLOCK, output, snappy_compress),
            Library::Gzip(stream, _) => gzip(stream, input, output, Way::There),
        }
    }

    fn decompress(&mut self, input: &[u8], len: usize) -> usize {
        self.output.resize(len, 0);
        let output = &mut self.output;
        match &mut self.library {
            Library::Zstd(_, context) => {
                context.decompress(output.as_mut_slice(), input).expect("a stream of its own")
            }
            Library::Lz4 => out_of_blocks(input, output, lz4_decompress),
            Library::Snappy => out_of_blocks(input, output, snappy_decompress),
            Library::Gzip(_, stream) => gzip(stream, input, output, Way::Back),
        }
    }

    fn decompressed(&self) -> &[u8] {
        &self.output
    }
}

/// Compresses or decompresses one block: the length that came out.
type BlockCodec = fn(&[u8], &mut [u8]) -> usize;

fn in_blocks(input: &[u8], block: usize, output: &mut [u8], compress: BlockCodec) -> usize {
    let whole = output.len();
    let mut rest = output;
    for block in input.chunks(block) {
        let (length, body) = rest.split_first_chunk_mut().expect("there is room");
        let len = compress(block, body);
        *length = u32::try_from(len).expect("a short block").to_le_bytes();
        rest = body.get_mut(len..).expect("there is room");
    }
    whole - rest.len()
}

fn out_of_blocks(mut input: &[u8], output: &mut [u8], decompress: BlockCodec) -> usize {
    let whole = output.len();
    let mut rest = output;
    while let Some((length, blocks)) = input.split_first_chunk() {
        let (block, behind) = blocks.split_at(u32::from_le_bytes(*length) as usize);
        let len = decompress(block, rest);
        rest = rest.get_mut(len..).expect("as much as there was");
        input = behind;
    }
    whole - rest.len()
}

fn int(len: usize) -> c_int {
    c_int::try_from(len).unwrap_or(c_int::MAX)
}

fn lz4_compress(input: &[u8], output: &mut [u8]) -> usize {
    let (from, to) = (input.as_ptr().cast::<c_char>(), output.as_mut_ptr().cast::<c_char>());
    // SAFETY: both pointers are good for the lengths beside them.
    let len =
        unsafe { lz4_sys::LZ4_compress_default(from, to, int(input.len()), int(output.len())) };
    usize::try_from(len).expect("there is room")
}

fn lz4_decompress(input: &[u8], output: &mut [u8]) -> usize {
    let (from, to) = (input.as_ptr().cast::<c_char>(), output.as_mut_ptr().cast::<c_char>());
    // SAFETY: both pointers are good for the lengths beside them.
    let len =
        unsafe { lz4_sys::LZ4_decompress_safe(from, to, int(input.len()), int(output.len())) };
    usize::try_from(len).expect("a block of its own")
}

fn snappy_compress(input: &[u8], output: &mut [u8]) -> usize {
    let (from, to) = (input.as_ptr().cast::<c_char>(), output.as_mut_ptr().cast::<c_char>());
    let mut len = output.len();
    // SAFETY: both pointers are good for the lengths beside them, and so is that of the length.
    let status = unsafe { snappy::snappy_compress(from, input.len(), to, &raw mut len) };
    assert_eq!(status, snappy::snappy_status_SNAPPY_OK, "there is room");
    len
}

fn snappy_decompress(input: &[u8], output: &mut [u8]) -> usize {
    let (from, to) = (input.as_ptr().cast::<c_char>(), output.as_mut_ptr().cast::<c_char>());
    let mut len = output.len();
    // SAFETY: both pointers are good for the lengths beside them, and so is that of the length.
    let status = unsafe { snappy::snappy_uncompress(from, input.len(), to, &raw mut len) };
    assert_eq!(status, snappy::snappy_status_SNAPPY_OK, "a block of its own");
    len
}

/// A stream with the library's own allocator. The library keeps a pointer to it: it must not move.
fn stream() -> Box<z::z_stream> {
    unsafe extern "C" {
        safe fn calloc(count: usize, size: usize) -> *mut c_void;
        fn free(place: *mut c_void);
    }
    extern "C" fn alloc(_: *mut c_void, count: c_uint, size: c_uint) -> *mut c_void {
        calloc(count as usize, size as usize)
    }
    extern "C" fn dealloc(_: *mut c_void, place: *mut c_void) {
        // SAFETY: the library gives back what it was given.
        unsafe { free(place) }
    }
    Box::new(z::z_stream {
        next_in: ptr::null_mut(),
        avail_in: 0,
        total_in: 0,
        next_out: ptr::null_mut(),
        avail_out: 0,
        total_out: 0,
        msg: ptr::null_mut(),
        state: ptr::null_mut(),
        zalloc: alloc,
        zfree: dealloc,
        opaque: ptr::null_mut(),
        data_type: 0,
        adler: 0,
        reserved: 0,
    })
}

fn deflate(level: i32) -> Box<z::z_stream> {
    let mut stream = stream();
    let size = int(size_of::<z::z_stream>());
    // SAFETY: the stream is initialised and stays where it is.
    let status = unsafe {
        let version = z::zlibVersion();
        let stream: *mut z::z_stream = &raw mut *stream;
        z::deflateInit2_(stream, level, z::Z_DEFLATED, GZIP_WINDOW, 8, 0, version, size)
    };
    assert_eq!(status, z::Z_OK, "a level of the library");
    stream
}

fn inflate() -> Box<z::z_stream> {
    let mut stream = stream();
    let size = int(size_of::<z::z_stream>());
    // SAFETY: the stream is initialised and stays where it is.
    let status = unsafe {
        let version = z::zlibVersion();
        z::inflateInit2_(&raw mut *stream, GZIP_WINDOW, version, size)
    };
    assert_eq!(status, z::Z_OK, "there is memory");
    stream
}

#[derive(Clone, Copy)]
enum Way {
    There,
    Back,
}

fn gzip(stream: &mut z::z_stream, input: &[u8], output: &mut [u8], way: Way) -> usize {
    stream.next_in = input.as_ptr().cast_mut();
    stream.avail_in = u32::try_from(input.len()).expect("a short input");
    stream.next_out = output.as_mut_ptr();
    stream.avail_out = u32::try_from(output.len()).expect("a short output");
    let stream: *mut z::z_stream = stream;
    // SAFETY: the stream was initialised for this way, and its pointers are good for the lengths
    // beside them.
    let (status, left) = unsafe {
        let status = match way {
            Way::There => z::deflate(stream, z::Z_FINISH),
            Way::Back => z::inflate(stream, z::Z_FINISH),
        };
        let left = (*stream).avail_out;
        match way {
            Way::There => z::deflateReset(stream),
            Way::Back => z::inflateReset(stream),
        };
        (status, left)
    };
    assert_eq!(status, z::Z_STREAM_END, "there is room");
    output.len() - left as usize
}
