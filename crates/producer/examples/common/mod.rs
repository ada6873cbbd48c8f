//! Where an example goes: to the servers of the environment, or to a cluster that it starts itself.
#![allow(dead_code, reason = "each example needs a part of it")]

use std::error::Error;

use klamm::{Builder, Producer, Source};
use klamm_broker::server::TestCluster;

/// What an example ends with.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A producer to be described further, and the cluster that lives as long as it is held.
///
/// With `KAFKA_BOOTSTRAP_SERVERS` in the environment there is none: every setting comes from there
/// then, `KAFKA_SECURITY_PROTOCOL` and the like included, and the topic `orders` must exist.
pub(crate) async fn begin() -> Outcome<(Builder, Option<TestCluster>)> {
    if let Some(builder) = from_environment() {
        return Ok((builder, None));
    }
    let cluster = TestCluster::builder().nodes(3).topic("orders", 3).start().await?;
    Ok((Producer::builder().bootstrap(&cluster.bootstrap()), Some(cluster)))
}

/// A producer to the servers that the environment names, if it names any.
pub(crate) fn from_environment() -> Option<Builder> {
    std::env::var_os("KAFKA_BOOTSTRAP_SERVERS")?;
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let variables = std::env::vars_os().filter_map(text);
    Some(Producer::builder().source(Source::environment(variables, "KAFKA_")))
}
