//! The cases, one file for each group.

mod api;
mod bat;
mod cod;
mod fco;
mod frm;
mod met;
pub mod not_run;
mod pid;
mod prd;
mod rob;
mod sas;
mod seq;
mod tag;
mod top;
mod txn;

use crate::case::Case;

const GROUPS: &[&[Case]] = &[
    frm::CASES,
    api::CASES,
    met::CASES,
    fco::CASES,
    txn::CASES,
    prd::CASES,
    bat::CASES,
    cod::CASES,
    seq::CASES,
    pid::CASES,
    tag::CASES,
    sas::CASES,
    top::CASES,
    rob::CASES,
];

/// Every case, group by group.
pub fn all() -> impl Iterator<Item = &'static Case> {
    GROUPS.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_id_is_given_once() {
        let mut seen = BTreeSet::new();
        let ids = all().map(|case| case.id).chain(not_run::NOT_RUN.iter().map(|(id, _)| *id));
        let twice: Vec<_> = ids.filter(|id| !seen.insert(*id)).collect();
        assert_eq!(twice, [""; 0]);
    }

    #[test]
    fn every_case_says_its_rule_and_where_it_stands() {
        for case in all() {
            assert!(case.rule.ends_with('.') && !case.sources.is_empty(), "{}", case.id);
        }
    }
}
