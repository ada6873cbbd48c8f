//! Deeds and bytes without sense, many of them: what the fuzz target calls keeps its laws.

#![cfg(test)]

use klamm_cluster::dice::Dice;
use klamm_cluster::fuzzing;

#[test]
fn no_list_of_deeds_breaks_a_law() {
    let mut dice = Dice::new(8);
    for _ in 0..10_000 {
        let len = dice.below(120);
        let input: Vec<u8> = (0..len).map(|_| dice.roll().to_le_bytes()[0]).collect();
        fuzzing::connection(&input);
    }
}
