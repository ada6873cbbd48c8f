//! Limits, and the list of what stands above one: it may shrink, never grow.

use super::super::finding::Finding;

/// Something larger than its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) place: String,
    pub(super) line: usize,
    pub(super) rule: &'static str,
    /// The function or type; empty for a file.
    pub(super) item: String,
    pub(super) size: usize,
    pub(super) limit: usize,
}

/// An excess that is known, with the size it may not pass.
pub(super) struct Known {
    pub(super) place: &'static str,
    pub(super) rule: &'static str,
    pub(super) item: &'static str,
    pub(super) size: usize,
    /// Why it stands above the limit; not read by the check, but by whoever wants to shrink it.
    #[expect(dead_code, reason = "it is written for readers of the list")]
    pub(super) reason: &'static str,
}

/// The known excesses. New code meets the budget; an entry here needs a reason that convinces.
pub(super) const RATCHET: &[Known] = &[];

/// The excesses that the list does not cover, and entries that are larger than what they cover.
pub(super) fn findings(excesses: &[Excess], ratchet: &[Known]) -> Vec<Finding> {
    let grown = excesses.iter().filter(|excess| {
        !ratchet.iter().any(|known| covers(known, excess) && excess.size <= known.size)
    });
    let slack = ratchet.iter().filter(|known| {
        !excesses.iter().any(|excess| covers(known, excess) && excess.size >= known.size)
    });
    grown.map(describe).chain(slack.map(describe_slack)).collect()
}

fn covers(known: &Known, excess: &Excess) -> bool {
    known.place == excess.place && known.rule == excess.rule && known.item == excess.item
}

fn describe(excess: &Excess) -> Finding {
    let Excess { place, line, rule, item, size, limit } = excess;
    let what = if item.is_empty() { "the file".to_owned() } else { format!("`{item}`") };
    Finding::at(place, *line, rule, format!("{what} measures {size}, the limit is {limit}"))
}

fn describe_slack(known: &Known) -> Finding {
    let text = format!(
        "the ratchet list allows `{}` {} for {}, which is more than it needs: lower the entry",
        known.item, known.size, known.rule
    );
    Finding::of(known.place, "ratchet", text)
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::rules;
    use super::*;

    fn excess(size: usize) -> Excess {
        let (place, item) = ("src/a.rs".to_owned(), "giant".to_owned());
        Excess { place, line: 7, rule: "function-size", item, size, limit: 60 }
    }

    const KNOWN: &[Known] = &[Known {
        place: "src/a.rs",
        rule: "function-size",
        item: "giant",
        size: 80,
        reason: "planted",
    }];

    #[test]
    fn an_excess_that_is_not_listed_is_found() {
        let found = findings(&[excess(61)], &[]);
        assert_eq!(rules(&found), ["function-size"]);
        assert_eq!(found[0].text, "`giant` measures 61, the limit is 60");
    }

    #[test]
    fn a_listed_excess_may_stay_but_not_grow() {
        assert_eq!(findings(&[excess(80)], KNOWN), []);
        assert_eq!(rules(&findings(&[excess(81)], KNOWN)), ["function-size"]);
    }

    #[test]
    fn an_entry_that_is_larger_than_its_excess_must_be_lowered() {
        assert_eq!(rules(&findings(&[excess(79)], KNOWN)), ["ratchet"]);
        assert_eq!(rules(&findings(&[], KNOWN)), ["ratchet"]);
    }
}
