//! How much of a socket's own speed is left when a broker that stores nothing reads from it.
//!
//! `klamm mock --null` and a sink that only reads are two processes on the same loopback. The same
//! Produce requests go to both, in turn; the median of the rounds' ratios must be at least 0.8. The
//! bench also says how long a cluster of three takes to be ready, which must be at most 100 ms.

#![cfg(test)]
#![forbid(unsafe_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Rounds that count; the first one before them does not.
const ROUNDS: usize = 9;
/// The bytes of one batch.
const BATCH: usize = 1 << 20;
/// Requests of one round.
const REQUESTS: usize = 256;
/// The smallest ratio of bytes per second that is good enough.
const GOAL: f64 = 0.8;
/// The longest start that is good enough.
const START: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--sink") {
        return sink();
    }
    let start = (0..ROUNDS).map(|_| started(&["mock", "--brokers", "3"]).1).collect();
    let (starts, ratios) = (Spread::of(start), ratios());
    println!("a cluster of three is ready after {starts} s (goal {})", START.as_secs_f64());
    println!("null takes {ratios} of a sink's bytes per second (goal {GOAL})");
    let is_fast = starts.median <= START.as_secs_f64() && ratios.median >= GOAL;
    if is_fast { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The median of some figures, with the smallest and the largest.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |place: usize| figures.get(place).copied().unwrap_or(f64::NAN);
        let last = figures.len().saturating_sub(1);
        Self { median: at(last / 2), least: at(0), most: at(last) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} [{:.3} .. {:.3}]", self.median, self.least, self.most)
    }
}

/// A process that is ended with the bench.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `klamm`: the process, the seconds until it is ready, and its first address.
fn started(words: &[&str]) -> (Running, f64, String) {
    let begun = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_klamm"));
    let mut child = command.args(words).stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut address = String::new();
    for line in output.lines() {
        let line = line.unwrap();
        if let Some(addresses) = line.strip_prefix("bootstrap plain ") {
            address = addresses.split(',').next().unwrap().to_owned();
        }
        if line == "ready" {
            break;
        }
    }
    (Running(child), begun.elapsed().as_secs_f64(), address)
}

fn ratios() -> Spread {
    let (_null, _, null) = started(&["mock", "--null", "--topics", "orders:1"]);
    let (_sink, sink) = sink_process();
    let frame = request();
    let mut ratios = Vec::new();
    for round in 0..=ROUNDS {
        let slow = round_trip(&null, &frame, ANSWER);
        let fast = round_trip(&sink, &frame, 1);
        if round > 0 {
            ratios.push(fast / slow);
        }
    }
    Spread::of(ratios)
}

/// The bytes of an answer to the request below.
const ANSWER: usize = 4 + 4 + 4 + (2 + 6) + 4 + (4 + 2 + 8 + 8 + 8) + 4;

/// Seconds until all requests of a round have gone and been answered.
fn round_trip(address: &str, frame: &[u8], answer: usize) -> f64 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = stream.try_clone().unwrap();
    let reader = thread::spawn(move || {
        answers.read_exact(&mut vec![0; REQUESTS * answer]).unwrap();
    });
    let begun = Instant::now();
    for _ in 0..REQUESTS {
        stream.write_all(frame).unwrap();
    }
    reader.join().unwrap();
    begun.elapsed().as_secs_f64()
}

/// A Produce request of version 5 with one batch, written by hand.
fn request() -> Vec<u8> {
    let mut batch = vec![b'x'; BATCH];
    let length = i32::try_from(BATCH - 12).unwrap();
    batch[..61].fill(0);
    batch[8..12].copy_from_slice(&length.to_be_bytes());
    batch[16] = 2;
    batch[43..57].fill(0xff);
    batch[57..61].copy_from_slice(&1_000_i32.to_be_bytes());
    let mut body = Vec::new();
    body.extend([0, 0, 0, 5, 0, 0, 0, 7]);
    body.extend([0xff, 0xff, 0xff, 0xff]);
    body.extend([0, 1, 0, 0, 117, 48]);
    body.extend([0, 0, 0, 1, 0, 6]);
    body.extend(b"orders");
    body.extend([0, 0, 0, 1, 0, 0, 0, 0]);
    body.extend(i32::try_from(BATCH).unwrap().to_be_bytes());
    body.extend(batch);
    let mut frame = i32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    frame.extend(body);
    frame
}

/// A process that reads what comes and answers a byte for every request's length.
fn sink_process() -> (Running, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut child = command.arg("--sink").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut address).unwrap();
    (Running(child), address.trim().to_owned())
}

fn sink() -> ExitCode {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    let length = request().len();
    let mut buffer = vec![0; 512 * 1024];
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        stream.set_nodelay(true).unwrap();
        let (mut read, mut answered) = (0, 0);
        while let Ok(more @ 1..) = stream.read(&mut buffer) {
            read += more;
            let due = read / length - answered;
            if due > 0 && stream.write_all(&vec![0; due]).is_err() {
                break;
            }
            answered += due;
        }
    }
    ExitCode::SUCCESS
}
