//! What kind of cluster is wanted, and how one types it.

use super::release::Release;

/// How the options are typed.
pub(super) const USAGE: &str =
    "[--version 4.3.1|3.9.1|2.8.2] [--nodes 1|3] [--secure] [--txn-version 1|2]";

/// A generation of transactions (KIP-890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transactions {
    /// Partitions are added by their own request.
    V1,
    /// A write adds its partition, and each transaction has its own epoch.
    V2,
}

impl Transactions {
    pub(crate) const fn digit(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
        }
    }
}

/// The cluster that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) release: Release,
    /// One or three.
    pub(crate) nodes: u16,
    /// Whether there are listeners with TLS and SASL beside the plain one.
    pub(crate) secure: bool,
    pub(crate) transactions: Transactions,
}

impl Options {
    /// One plain broker.
    pub(crate) const fn of(release: Release, transactions: Transactions) -> Self {
        Self { release, nodes: 1, secure: false, transactions }
    }

    /// Reads options up to their end.
    pub(super) fn parse(args: &[&str]) -> Result<Self, String> {
        let mut args = args.iter().copied();
        let mut options = Self::of(Release::V4_3, Transactions::V2);
        let mut transactions = None;
        while let Some(option) = args.next() {
            if option == "--secure" {
                options.secure = true;
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{option} says nothing: {USAGE}"))?;
            match (option, value) {
                ("--version", _) => {
                    options.release = Release::of(value)
                        .ok_or_else(|| format!("no release `{value}` is known: {USAGE}"))?;
                }
                ("--nodes", "1") => options.nodes = 1,
                ("--nodes", "3") => options.nodes = 3,
                ("--txn-version", "1") => transactions = Some(Transactions::V1),
                ("--txn-version", "2") => transactions = Some(Transactions::V2),
                _ => return Err(format!("`{option} {value}` is not understood: {USAGE}")),
            }
        }
        options.transactions = generation(options.release, transactions)?;
        Ok(options)
    }
}

/// The generation that a release speaks when asked for one, or for none in particular.
fn generation(release: Release, asked: Option<Transactions>) -> Result<Transactions, String> {
    match (release.has_two_generations(), asked) {
        (true, asked) => Ok(asked.unwrap_or(Transactions::V2)),
        (false, None | Some(Transactions::V1)) => Ok(Transactions::V1),
        (false, Some(Transactions::V2)) => {
            Err(format!("Kafka {} speaks --txn-version 1 alone", release.version()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_options_it_is_one_plain_broker_of_the_newest_release() {
        let options = Options::parse(&[]).unwrap();
        assert_eq!(options, Options::of(Release::V4_3, Transactions::V2));
    }

    #[test]
    fn options_may_come_in_any_order() {
        let args = ["--secure", "--txn-version", "1", "--nodes", "3", "--version", "4.3.1"];
        let options = Options::parse(&args).unwrap();
        assert_eq!((options.nodes, options.secure), (3, true));
        assert_eq!(options.transactions, Transactions::V1);
    }

    #[test]
    fn an_old_release_speaks_the_first_generation_alone() {
        let old = Options::parse(&["--version", "3.9.1"]).unwrap();
        assert_eq!(old, Options::of(Release::V3_9, Transactions::V1));
        let error = Options::parse(&["--version", "2.8.2", "--txn-version", "2"]).unwrap_err();
        assert_eq!(error, "Kafka 2.8.2 speaks --txn-version 1 alone");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (wrong, named) in [
            (&["--version", "1.0"][..], "no release `1.0`"),
            (&["--nodes", "2"], "`--nodes 2`"),
            (&["--fast", "yes"], "`--fast yes`"),
            (&["--nodes"], "--nodes says nothing"),
        ] {
            let error = Options::parse(wrong).unwrap_err();
            assert!(error.starts_with(named), "{error}");
        }
    }
}
