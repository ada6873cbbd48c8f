//! One replica's log of one partition: what is let in, what is kept, what is read.
