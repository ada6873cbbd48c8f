//! What a run is told.

use rdkafka::ClientConfig;

/// How many partitions a run's topic has.
pub(crate) const PARTITIONS: u32 = 3;

/// The options of a run, each with the value it has when it is left out.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) bootstrap: String,
    pub(crate) topic: String,
    pub(crate) records: u64,
    pub(crate) codec: String,
    pub(crate) is_idempotent: bool,
    /// Whether a duplicate or a reordering is a failure, or merely counted.
    pub(crate) demands_order: bool,
}

impl Options {
    /// Reads pairs of an option and its value.
    pub(crate) fn parse(args: &[String]) -> Result<Self, String> {
        let mut options = Self {
            bootstrap: String::new(),
            topic: String::new(),
            records: 100_000,
            codec: "none".to_owned(),
            is_idempotent: true,
            demands_order: true,
        };
        for pair in args.chunks(2) {
            let [name, value] = pair else { return Err(format!("{pair:?} has no value")) };
            options.set(name, value)?;
        }
        if options.bootstrap.is_empty() || options.topic.is_empty() {
            return Err("--bootstrap and --topic are needed".to_owned());
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match (name, value) {
            ("--bootstrap", _) => value.clone_into(&mut self.bootstrap),
            ("--topic", _) => value.clone_into(&mut self.topic),
            ("--codec", _) => value.clone_into(&mut self.codec),
            ("--records", _) => {
                self.records =
                    value.parse().map_err(|_| format!("{value} is no number of records"))?;
            }
            ("--mode", "idempotent" | "plain") => self.is_idempotent = value == "idempotent",
            ("--demand", "exact" | "counted") => self.demands_order = value == "exact",
            _ => return Err(format!("{name} {value} is not known")),
        }
        Ok(())
    }

    /// Settings that every client of this run starts from.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        config
    }
}
