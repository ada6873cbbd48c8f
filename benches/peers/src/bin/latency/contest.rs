//! Rounds in which the sides take turns, and what they say.

use klamm_peers_bench::{Mock, Spread, rerun};

use crate::book::Quantiles;
use crate::side::Side;

/// How many times the peer's time klamm may take.
const MOST: f64 = 1.0;

/// Compares the sides, for so many seconds each in a round; whether every goal is reached.
pub(crate) fn run(rounds: usize, seconds: u64) -> Result<bool, String> {
    let mock = Mock::build()?;
    let mut taken: Vec<(Side, Quantiles)> = Vec::new();
    for round in 0..rounds.max(1) {
        let mut sides = Side::ALL;
        // Each round is begun by another side.
        sides.rotate_left(round % Side::ALL.len());
        for side in sides {
            let broker = mock.start(&["--null"])?;
            let options = ["--side", &side.to_string(), "--bootstrap", &broker.bootstrap];
            let mut options: Vec<String> = options.map(str::to_owned).into();
            options.extend(["--seconds".to_owned(), seconds.to_string()]);
            let said = rerun(&options)?;
            let quantiles = Quantiles::parse(&said);
            taken.push((side, quantiles.ok_or_else(|| format!("{side} said `{said}`"))?));
        }
    }
    println!("microseconds from the moment that a record is due to its end, rounds: {rounds}");
    Side::ALL.iter().for_each(|side| print(&taken, *side));
    let judged: Vec<bool> = (0..Quantiles::OF.len()).map(|which| judge(&taken, which)).collect();
    Ok(judged.into_iter().all(|is_reached| is_reached))
}

/// A quantile of one side, round by round.
fn rounds(taken: &[(Side, Quantiles)], side: Side, which: usize) -> impl Iterator<Item = f64> + '_ {
    let of_side = taken.iter().filter(move |(taker, _)| *taker == side);
    of_side.filter_map(move |(_, quantiles)| quantiles.0.get(which).copied())
}

fn print(taken: &[(Side, Quantiles)], side: Side) {
    print!("  {side:<14}");
    for (which, (name, _)) in Quantiles::OF.iter().enumerate() {
        print!("  {name} {}", Spread::of(rounds(taken, side, which)));
    }
    println!();
}

/// Prints whether klamm takes no longer than the peer does.
fn judge(taken: &[(Side, Quantiles)], which: usize) -> bool {
    let Some((name, _)) = Quantiles::OF.get(which) else { return true };
    let pairs = rounds(taken, Side::Klamm, which).zip(rounds(taken, Side::Rdkafka, which));
    let ratio = Spread::of(pairs.map(|(ours, peer)| ours / peer));
    let is_reached = ratio.median <= MOST;
    let verdict = if is_reached { "ok" } else { "MISSED" };
    println!("{name}: klamm/rdkafka {ratio} (max {MOST:.2}) {verdict}");
    is_reached
}
