//! Transactions, told as sentences.
