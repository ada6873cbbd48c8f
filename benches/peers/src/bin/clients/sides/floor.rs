//! The requests made by hand.

use std::io;

use klamm_peers_bench::Floor;

use crate::run::{Job, Measured};

pub(crate) fn run(job: &Job) -> Result<Measured, String> {
    let said = |error: io::Error| error.to_string();
    let mut floor = Floor::connect(&job.settings()).map_err(said)?;
    let mut values = job.values.iter().cycle();
    job.measure(|_, records| {
        for value in values.by_ref().take(records as usize) {
            floor.push(value).map_err(said)?;
        }
        floor.send().and_then(|()| floor.drain()).map_err(said)
    })
}
