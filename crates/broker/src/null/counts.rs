//! What came: requests, batches, records, bytes, and what was wrong with them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counts {
    ($($(#[$doc:meta])+ $name:ident;)+) => {
        /// Counters that all connections share.
        #[derive(Debug, Default)]
        pub struct Counts {
            $($name: AtomicU64,)+
        }

        /// What was counted, at one moment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Counted {
            $($(#[$doc])+ pub $name: u64,)+
        }

        impl Counts {
            /// What has been counted.
            #[must_use]
            pub fn read(&self) -> Counted {
                Counted { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }

            /// Adds what was counted elsewhere.
            pub(crate) fn add(&self, more: &Counted) {
                $(self.$name.fetch_add(more.$name, Ordering::Relaxed);)+
            }
        }

        impl fmt::Display for Counted {
            /// One line of JSON.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let pairs = [$((stringify!($name), self.$name),)+];
                for (index, (name, value)) in pairs.iter().enumerate() {
                    let before = if index == 0 { "{" } else { ", " };
                    write!(f, "{before}\"{name}\": {value}")?;
                }
                f.write_str("}")
            }
        }
    };
}

counts! {
    /// Produce requests.
    requests;
    /// Record batches.
    batches;
    /// Records, as the headers of the batches claim.
    records;
    /// Bytes of records fields.
    bytes;
    /// Batches whose checksum is wrong; only looked for when asked to.
    wrong_checksums;
    /// Batches whose sequence is not the next one and that do not repeat the one before; only
    /// looked for when asked to.
    wrong_sequences;
}
