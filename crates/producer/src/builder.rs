//! How a producer comes to be.

use std::sync::Arc;

use klamm_config::Config;

use crate::delivery::DeliverySink;
use crate::error::{Error, ErrorKind, Fate};
use crate::producer::Producer;

/// Describes a producer.
#[derive(Default)]
pub struct Builder {
    pairs: Vec<(String, String)>,
    config: Option<Config>,
    sink: Option<Arc<dyn DeliverySink>>,
    runtime: Option<tokio::runtime::Handle>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Builder {
    /// With these servers to begin with: `host:port`, separated by commas.
    #[must_use]
    pub fn bootstrap(self, servers: &str) -> Self {
        self.set("bootstrap.servers", servers)
    }

    /// With this property, by its Java or its librdkafka name.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.pairs.push((name.to_owned(), value.to_string()));
        self
    }

    /// With everything that this configuration says; what is set here beside it wins.
    #[must_use]
    pub fn config(self, config: Config) -> Self {
        Self { config: Some(config), ..self }
    }

    /// With somebody who is told the end of every record with a tag.
    #[must_use]
    pub fn sink(self, sink: impl DeliverySink) -> Self {
        Self { sink: Some(Arc::new(sink)), ..self }
    }

    /// On this runtime in place of a thread of its own.
    #[must_use]
    pub fn runtime(self, runtime: tokio::runtime::Handle) -> Self {
        Self { runtime: Some(runtime), ..self }
    }

    /// Connects, and for a transactional producer makes transactions possible.
    ///
    /// # Errors
    /// When a setting is wrong, nobody can be reached, or we are not let in.
    pub async fn build(self) -> Result<Producer, Error> {
        let _ = (self.pairs, self.config, self.sink, self.runtime);
        Err(Error::new(ErrorKind::Internal, Fate::NotWritten, "not there yet"))
    }
}
