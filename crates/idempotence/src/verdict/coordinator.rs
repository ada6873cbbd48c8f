//! What answers of coordinators mean.
