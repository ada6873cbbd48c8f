//! Standard output behind a thread of its own, so that a reader who sleeps stops nobody else.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How much may wait before whoever reads input waits too.
const MOST: usize = 1 << 20;

/// Standard output, or what stands for it.
#[derive(Clone)]
pub(super) struct Printer {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    work: Condvar,
    progress: Notify,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    is_writing: bool,
    /// Nobody reads any more.
    is_gone: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Printer {
    /// Prints on this from now on.
    ///
    /// # Errors
    /// When there can be no thread.
    pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = Arc::clone(&shared);
        std::thread::Builder::new().name("klamm-out".to_owned()).spawn(move || {
            write_all(&thread, out);
        })?;
        Ok(Self { shared })
    }

    /// Appends something to what is printed, and never waits.
    pub(super) fn print(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.shared.lock();
        if !state.is_gone {
            let was_empty = state.waiting.is_empty();
            write(&mut state.waiting);
            if was_empty {
                self.shared.work.notify_one();
            }
        }
    }

    /// Whether so much waits that more should not come.
    pub(super) fn is_full(&self) -> bool {
        self.shared.lock().waiting.len() > MOST
    }

    /// Returns when more may come.
    pub(super) async fn room(&self) {
        self.until(|state| state.waiting.len() <= MOST).await;
    }

    /// Returns when everything was written.
    pub(super) async fn drained(&self) {
        self.until(|state| state.waiting.is_empty() && !state.is_writing).await;
    }

    async fn until(&self, is_met: impl Fn(&State) -> bool) {
        loop {
            let progress = self.shared.progress.notified();
            if is_met(&self.shared.lock()) {
                return;
            }
            progress.await;
        }
    }
}

fn write_all(shared: &Shared, mut out: impl Write) {
    let mut taken = Vec::new();
    loop {
        let mut state = shared.lock();
        state.is_writing = false;
        shared.progress.notify_waiters();
        while state.waiting.is_empty() {
            state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_writing = true;
        std::mem::swap(&mut state.waiting, &mut taken);
        drop(state);
        let written = out.write_all(&taken).and_then(|()| out.flush());
        taken.clear();
        if written.is_err() {
            // A reader that has gone away is no reason to stop sending: the exit code remains.
            let mut state = shared.lock();
            (state.is_gone, state.waiting) = (true, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn everything_is_written_in_order() {
        let (out, written) = std::sync::mpsc::channel();
        struct To(std::sync::mpsc::Sender<Vec<u8>>);
        impl Write for To {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.send(bytes.to_vec()).unwrap();
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let printer = Printer::start(To(out)).unwrap();
        for number in 0..100_u8 {
            printer.print(|into| into.push(number));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(printer.drained());
        let written: Vec<u8> = written.try_iter().flatten().collect();
        assert_eq!(written, (0..100).collect::<Vec<u8>>());
    }

    #[test]
    fn a_reader_that_has_gone_keeps_nobody_waiting() {
        let printer = Printer::start(Gone).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..3 {
            printer.print(|into| into.resize(into.len() + 2 * MOST, 0));
            runtime.block_on(printer.room());
        }
        assert!(!printer.is_full());
    }
}
