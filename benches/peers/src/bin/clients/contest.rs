//! Rounds in which the sides take turns.

use klamm_peers_bench::{Broker, Counted, Mock, rerun};

use crate::figures::{Figures, Taken};
use crate::row::Row;
use crate::run::Measured;
use crate::side::Side;

/// How many records a side sends to a broker that looks into the batches.
const PROOF: u64 = 200_000;

/// Compares the sides in every row whose title contains `part`; whether every goal is reached.
pub(crate) fn run(rounds: usize, part: &str) -> Result<bool, String> {
    let mock = Mock::build()?;
    let mut is_good = true;
    for row in Row::ALL.iter().filter(|row| row.to_string().contains(part)) {
        prove(&mock, row)?;
        let mut figures = Figures::new(*row);
        for round in 0..rounds.max(1) {
            let mut sides = Side::ALL;
            // Each round is begun by another side.
            sides.rotate_left(round % Side::ALL.len());
            for side in sides {
                let broker = mock.start(&["--null"])?;
                figures.add(side, taken(side, row, broker)?);
            }
        }
        print!("{figures}");
        is_good &= figures.print_goals();
    }
    Ok(is_good)
}

/// What every side sends must be batches with the right checksums and sequences.
fn prove(mock: &Mock, row: &Row) -> Result<(), String> {
    let row = Row { records: PROOF, ..*row };
    for side in Side::ALL {
        let broker = mock.start(&["--null", "--check"])?;
        taken(side, &row, broker)?;
    }
    Ok(())
}

/// Lets a side do its job in a process of its own, and holds what it says against the broker.
fn taken(side: Side, row: &Row, broker: Broker) -> Result<Taken, String> {
    let option = |name: &str, value: &dyn ToString| [format!("--{name}"), value.to_string()];
    let arguments = [
        option("side", &side),
        option("bootstrap", &broker.bootstrap),
        option("size", &row.size),
        option("codec", &row.codec),
        option("records", &row.records),
        option("warm-up", &row.warm_up()),
    ];
    let said = rerun(arguments.as_flattened())?;
    let measured = Measured::parse(&said).ok_or_else(|| format!("{side} said `{said}`"))?;
    let counted: Counted = broker.stop()?;
    let sent = row.warm_up() + row.records;
    if measured.delivered != sent || counted.records != sent || counted.wrong > 0 {
        return Err(format!("{side} sent {sent}: {measured:?}, and the broker {counted:?}"));
    }
    Ok(Taken { measured, counted })
}
