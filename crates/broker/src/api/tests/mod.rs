//! The cluster as its clients see it, API by API.

mod produce;
