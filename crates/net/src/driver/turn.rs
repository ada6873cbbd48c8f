//! The turns of the loop.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use klamm_cluster::{Drive, Event};
use klamm_wire::Now;
use tokio::task::unconstrained;

use super::clock::{Alarm, ShellClock};
use super::remote::{Mail, Mailbox, Remote};
use super::shell::Shell;
use super::signal::{Bell, Signal};
use crate::dial::Connector;
use crate::settings::ShellSettings;

/// How many turns are made before other tasks of the runtime get theirs.
const TURNS: usize = 16;

/// How many commands are carried out in a turn.
const COMMANDS: usize = 1024;

/// How many turns a tick waits for bytes that had come before it. By then a connection has given
/// more than any buffer of the system holds, and who still sends must not stop the clock.
const PATIENCE: u32 = 64;

/// Drives a machine: owns it, its connections and its timer.
pub struct Driver<D> {
    drive: D,
    shell: Shell,
    mailbox: Mailbox<D>,
    bell: Arc<Bell>,
    clock: ShellClock,
    alarm: Alarm,
    /// For how many turns a tick has been due.
    due: Option<u32>,
}

/// How a turn ended.
enum Turn {
    /// There is more to do.
    Busy,
    /// Everything that there was to do is done.
    Idle,
    /// It was the last.
    Last,
}

impl<D: Drive> Driver<D> {
    /// A driver of a machine, and the first handle to it. The machine's time begins now.
    pub fn new(
        drive: D,
        connector: Arc<dyn Connector>,
        settings: ShellSettings,
    ) -> (Self, Remote<D>) {
        Self::with_clock(drive, connector, settings, ShellClock::new())
    }

    /// The same by a clock that others read too; the machine's time begins where that one's did.
    /// Its coarse time is this driver's: it moves with every turn.
    pub fn with_clock(
        drive: D,
        connector: Arc<dyn Connector>,
        settings: ShellSettings,
        clock: ShellClock,
    ) -> (Self, Remote<D>) {
        let (mailbox, remote, bell) = Mailbox::new();
        let alarm = Alarm::new(clock.clone(), Signal::new(&bell));
        let shell = Shell::new(connector, settings, Arc::clone(&bell));
        (Self { drive, shell, mailbox, bell, clock, alarm, due: None }, remote)
    }

    /// The time of this driver.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Drives until every [`Remote`] is gone or one of them said so, and returns the machine.
    ///
    /// The future needs a tokio runtime with I/O and time, of either kind. If it is dropped, all
    /// connections are.
    pub async fn run(mut self) -> D {
        // The budget that tokio gives a task would make sockets look empty that are not, and a
        // tick would overtake an answer. The driver keeps a measure of its own.
        unconstrained(poll_fn(|cx| self.turns(cx))).await;
        self.shell.end();
        self.drive
    }

    fn turns(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.bell.attach(cx.waker());
        for _ in 0..TURNS {
            match self.turn() {
                Turn::Busy => {}
                Turn::Idle => return Poll::Pending,
                Turn::Last => return Poll::Ready(()),
            }
        }
        // Without a rest in sight the clock must be listened to all the same.
        self.alarm.arm(self.drive.next_wake());
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn turn(&mut self) -> Turn {
        let now = self.clock.now();
        let (drive, shell) = (&mut self.drive, &mut self.shell);
        // Whoever wakes and then calls finds that it was heard.
        let mut is_busy = self.mailbox.take_woken();
        if is_busy {
            drive.handle(now, Event::Woken);
        }
        match self.mailbox.answer(now, drive) {
            Mail::Over => return Turn::Last,
            Mail::Calls => is_busy = true,
            Mail::Nothing => {}
        }
        is_busy |= shell.report_errands(now, drive);
        is_busy |= shell.read(now, drive);
        is_busy |= self.tick(now);
        is_busy |= self.carry_out(now);
        is_busy |= self.shell.write(now, &mut self.drive);
        self.shell.see_off();
        is_busy |= self.shell.is_busy() || self.due.is_some();
        // Armed by what the whole turn came to, and only when the loop is about to rest.
        if is_busy || self.alarm.arm(self.drive.next_wake()) { Turn::Busy } else { Turn::Idle }
    }

    fn tick(&mut self, now: Now) -> bool {
        if self.alarm.take_fired() && self.due.is_none() {
            self.due = Some(0);
        }
        let Some(waited) = self.due else { return false };
        if self.shell.has_unread() && waited < PATIENCE {
            self.due = Some(waited + 1);
            return true;
        }
        self.due = None;
        if self.drive.next_wake().is_some_and(|wake| wake <= now.mono) {
            self.drive.handle(now, Event::Tick);
        }
        true
    }

    fn carry_out(&mut self, now: Now) -> bool {
        for done in 0..COMMANDS {
            let Some(command) = self.drive.poll(now) else { return done > 0 };
            self.shell.carry_out(command);
        }
        true
    }
}
