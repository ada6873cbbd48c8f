//! Names of things in flight, given once and never again.

use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])+ $name:ident $letter:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u64);

        impl $name {
            /// The name after this one.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.wrapping_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $letter, self.0)
            }
        }
    )+};
}

names! {
    /// One connection, from the first attempt to dial until it is gone.
    ConnId "c";
    /// One request of a layer above, from the asking until its one answer or failure.
    RequestId "r";
    /// One question to the name service.
    LookupId "l";
}
