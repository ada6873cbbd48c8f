//! Groups as their clients see them.
