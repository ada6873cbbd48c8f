//! The sides, each as its users would write it.

pub(crate) mod deliveries;
pub(crate) mod floor;
pub(crate) mod klamm;
pub(crate) mod rdkafka;
