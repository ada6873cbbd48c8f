//! Settings that every client takes under the same names.

/// How a client is set up.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Where to begin.
    pub bootstrap: &'a str,
    /// The name of the codec.
    pub codec: &'a str,
    /// How long a batch may wait for more records, in milliseconds.
    pub linger: u32,
}

impl Settings<'_> {
    /// How long a batch may become, header included.
    pub const BATCH: usize = 64 * 1024;
    /// How many requests may be on their way.
    pub const IN_FLIGHT: usize = 5;

    /// Names and values.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, String); 7] {
        [
            ("bootstrap.servers", self.bootstrap.to_owned()),
            ("acks", "all".to_owned()),
            ("enable.idempotence", "true".to_owned()),
            ("batch.size", Self::BATCH.to_string()),
            ("linger.ms", self.linger.to_string()),
            ("max.in.flight.requests.per.connection", Self::IN_FLIGHT.to_string()),
            ("compression.type", self.codec.to_owned()),
        ]
    }
}
