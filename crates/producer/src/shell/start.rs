//! From settings to a running loop.

use std::io;
use std::sync::Arc;
use std::thread;

use klamm_engine::batching::Settings as Batching;
use klamm_engine::cluster::sasl::Nonces;
use klamm_engine::cluster::{Cluster, Settings as ClusterSettings};
use klamm_engine::wire::Clock as _;
use klamm_engine::{Accumulator, Engine, Settings};
use klamm_net::{Connector, Driver, ShellClock, ShellSettings};
use tokio::runtime::{Builder as RuntimeBuilder, Handle};

use super::courier::Courier;
use super::line::{Line, Shell};
use super::looper::Looper;
use crate::delivery::DeliverySink;

/// Everything that a loop is started with.
pub(crate) struct Plan {
    pub(crate) engine: Settings,
    pub(crate) batching: Batching,
    pub(crate) cluster: ClusterSettings,
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) shell: ShellSettings,
    pub(crate) sink: Option<Arc<dyn DeliverySink>>,
    /// Where to run, if not on a thread of its own.
    pub(crate) runtime: Option<Handle>,
    /// How many threads compress.
    pub(crate) workers: usize,
    /// What the proofs of passwords are drawn from.
    pub(crate) key: [u8; 32],
}

/// Starts a loop.
///
/// # Errors
/// When there is no thread or no runtime to be had.
pub(crate) fn start(plan: Plan) -> io::Result<(Shell, Accumulator, Arc<Courier>)> {
    // tokio's clock is that of the runtime, which a test may have stopped.
    let inside = plan.runtime.as_ref().map(Handle::enter);
    let clock = ShellClock::new();
    drop(inside);
    let shell = Shell { line: Arc::default(), timers: Arc::default(), clock: clock.clone() };
    let courier = Arc::new(Courier::new(plan.sink));
    let line: Arc<Line> = Arc::clone(&shell.line);
    let surroundings = klamm_engine::batching::Surroundings {
        clock: Arc::new(clock.clone()),
        bell: line,
        outlet: Arc::<Courier>::clone(&courier),
    };
    let accumulator = Accumulator::new(plan.batching, surroundings);
    let cluster = Cluster::new(clock.exact(), plan.cluster, Nonces::new(plan.key));
    let engine = Engine::new(plan.engine, cluster, accumulator.clone());
    let served = (&shell, plan.workers);
    let looper = Looper::new(engine, accumulator.clone(), Arc::clone(&courier), served);
    let (driver, remote) = Driver::with_clock(looper, plan.connector, plan.shell, clock);
    shell.line.connect(remote.knocker());
    let run = async move {
        // Kept for as long as the loop runs: it ends when it is told to.
        let _remote = remote;
        drop(driver.run().await);
    };
    match plan.runtime {
        Some(runtime) => drop(runtime.spawn(run)),
        None => spawn(run)?,
    }
    Ok((shell, accumulator, courier))
}

fn spawn(run: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let runtime = RuntimeBuilder::new_current_thread().enable_all().build()?;
    let thread = thread::Builder::new().name("klamm".to_owned());
    thread.spawn(move || runtime.block_on(run)).map(drop)
}
