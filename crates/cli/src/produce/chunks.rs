//! Reads files one after the other on a thread of its own, and never far ahead.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver as Spares, Sender as Back, channel as spares};
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::follow::{Followed, News};

/// How much is read at once.
const CHUNK: usize = 256 << 10;
/// How many chunks may wait.
const AHEAD: usize = 4;
/// After how long a file that is followed is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// What is read, and how often.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    /// Names of files; `-` is standard input.
    pub(super) inputs: Vec<String>,
    pub(super) repeat: u64,
    /// Whether a file is waited for when it has been read to its end.
    pub(super) follow: bool,
}

impl Default for Reads {
    fn default() -> Self {
        Self { inputs: Vec::new(), repeat: 1, follow: false }
    }
}

/// What is read.
#[derive(Debug)]
pub(super) enum Chunk {
    /// A file begins, of this name.
    Begin(Arc<str>),
    Bytes(Vec<u8>),
    /// The file has ended.
    End,
    /// The file cannot be read, from here on at least; the system's words.
    Unreadable(String),
}

/// What is read, in order.
pub(super) struct Chunks {
    chunks: Receiver<Chunk>,
    back: Back<Vec<u8>>,
}

impl Chunks {
    /// Begins to read.
    ///
    /// # Errors
    /// When there can be no thread.
    pub(super) fn start(reads: Reads) -> io::Result<Self> {
        let (sender, chunks) = channel(AHEAD);
        let (back, empty) = spares();
        let reader = Reader { sender, empty };
        std::thread::Builder::new().name("klamm-in".to_owned()).spawn(move || {
            // Nobody wants more when it ends early.
            let Reads { inputs, repeat, follow } = reads;
            let read = |input: &String| {
                if follow { reader.follow(input) } else { reader.read(input) }
            };
            let _ = (0..repeat).try_for_each(|_| inputs.iter().try_for_each(read));
        })?;
        Ok(Self { chunks, back })
    }

    /// The next piece; dropping the future loses none.
    pub(super) async fn next(&mut self) -> Option<Chunk> {
        self.chunks.recv().await
    }

    /// Gives memory back that was read.
    pub(super) fn done(&self, bytes: Vec<u8>) {
        let _ = self.back.send(bytes);
    }
}

struct Reader {
    sender: Sender<Chunk>,
    empty: Spares<Vec<u8>>,
}

/// Nobody wants to read on.
struct Unwanted;

impl Reader {
    fn say(&self, chunk: Chunk) -> Result<(), Unwanted> {
        self.sender.blocking_send(chunk).map_err(|_| Unwanted)
    }

    fn read(&self, input: &str) -> Result<(), Unwanted> {
        if input == "-" {
            self.say(Chunk::Begin(Arc::from("standard input")))?;
            return self.read_all(io::stdin().lock());
        }
        self.say(Chunk::Begin(Arc::from(input)))?;
        match File::open(input) {
            Ok(file) => self.read_all(file),
            Err(error) => self.say(Chunk::Unreadable(error.to_string())),
        }
    }

    fn read_all(&self, mut input: impl Read) -> Result<(), Unwanted> {
        loop {
            let mut bytes = self.empty.try_recv().unwrap_or_default();
            bytes.resize(CHUNK, 0);
            match input.read(&mut bytes) {
                Ok(0) => return self.say(Chunk::End),
                Ok(read) => {
                    bytes.truncate(read);
                    self.say(Chunk::Bytes(bytes))?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.say(Chunk::Unreadable(error.to_string())),
            }
        }
    }

    /// Reads a file as long as anybody wants more of it.
    fn follow(&self, input: &str) -> Result<(), Unwanted> {
        self.say(Chunk::Begin(Arc::from(input)))?;
        let followed = Followed::open(input).and_then(|mut file| self.follow_all(input, &mut file));
        followed.or_else(|error| self.say(Chunk::Unreadable(error.to_string())))
    }

    fn follow_all(&self, input: &str, file: &mut Followed) -> io::Result<()> {
        let mut bytes = Vec::new();
        while !self.sender.is_closed() {
            bytes.resize(CHUNK, 0);
            let said = match file.look(&mut bytes) {
                Ok(News::Nothing) => {
                    std::thread::sleep(PAUSE);
                    Ok(())
                }
                Ok(News::Bytes(read)) => {
                    bytes.truncate(read);
                    let spare = self.empty.try_recv().unwrap_or_default();
                    self.say(Chunk::Bytes(std::mem::replace(&mut bytes, spare)))
                }
                Ok(News::Replaced) => {
                    let begun = self.say(Chunk::End);
                    begun.and_then(|()| self.say(Chunk::Begin(Arc::from(input))))
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
                Err(error) => return Err(error),
            };
            if said.is_err() {
                break;
            }
        }
        Ok(())
    }
}
