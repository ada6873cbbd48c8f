//! Threads that are started when there is work for them, and end when there will be no more.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Threads that do one kind of work, in the order in which it came.
pub(super) struct Crew<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    name: &'static str,
    /// How many threads there may be.
    most: usize,
    work: Box<dyn Fn(T) + Send + Sync>,
    state: Mutex<State<T>>,
    bell: Condvar,
}

struct State<T> {
    items: VecDeque<T>,
    threads: usize,
    /// Of those, how many wait for something to do.
    idle: usize,
    is_over: bool,
}

impl<T: Send + 'static> Crew<T> {
    /// A crew without threads yet.
    pub(super) fn new(
        name: &'static str,
        most: usize,
        work: impl Fn(T) + Send + Sync + 'static,
    ) -> Self {
        let state = State { items: VecDeque::new(), threads: 0, idle: 0, is_over: false };
        let (state, bell) = (Mutex::new(state), Condvar::new());
        let work = Box::new(work);
        Self { shared: Arc::new(Shared { name, most: most.max(1), work, state, bell }) }
    }

    /// Has something done. It is done by the caller's end at the latest where no thread can be
    /// had: by the next one that can.
    pub(super) fn push(&self, item: T) {
        let wants_thread = {
            let mut state = self.shared.lock();
            state.items.push_back(item);
            let wants = state.items.len() > state.idle && state.threads < self.shared.most;
            state.threads += usize::from(wants);
            wants
        };
        if wants_thread {
            self.start();
        }
        self.shared.bell.notify_one();
    }

    /// What is there is done, and then the threads end. Nobody waits for that.
    pub(super) fn end(&self) {
        self.shared.lock().is_over = true;
        self.shared.bell.notify_all();
    }

    fn start(&self) {
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new().name(self.shared.name.to_owned());
        if let Err(error) = thread.spawn(move || shared.run()) {
            tracing::error!(target: "klamm::producer", %error, "no thread can be started");
            self.shared.lock().threads -= 1;
        }
    }
}

impl<T> Drop for Crew<T> {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.bell.notify_all();
    }
}

impl<T> Shared<T> {
    fn run(&self) {
        while let Some(item) = self.next() {
            // Whoever hands in work counts its panics; a thread must survive them.
            let _ = catch_unwind(AssertUnwindSafe(|| (self.work)(item)));
        }
    }

    fn next(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if state.is_over {
                state.threads -= 1;
                return None;
            }
            state.idle += 1;
            state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn work_is_done_in_order_by_one_thread_and_survives_a_panic() {
        let (tell, told) = mpsc::channel();
        let crew = Crew::new("test", 1, move |number: u32| {
            assert_ne!(number, 1, "this one is to fail");
            tell.send(number).unwrap();
        });
        (0..4).for_each(|number| crew.push(number));
        drop(crew);
        assert_eq!(told.iter().collect::<Vec<_>>(), [0, 2, 3]);
    }

    #[test]
    fn a_crew_without_work_has_no_threads() {
        let crew = Crew::new("test", 4, |(): ()| {});
        assert_eq!(crew.shared.lock().threads, 0);
    }

    #[test]
    fn another_thread_is_started_while_one_is_held_up() {
        let (open, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(Some(gate));
        let (tell, told) = mpsc::channel();
        let crew = Crew::new("test", 2, move |number: u32| {
            let gate = if number == 0 { gate.lock().unwrap().take() } else { None };
            gate.map(|gate| gate.recv());
            tell.send(number).unwrap();
        });
        crew.push(0);
        crew.push(1);
        assert_eq!(told.recv(), Ok(1));
        drop(open);
        assert_eq!(told.recv(), Ok(0));
    }
}
