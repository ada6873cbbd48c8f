//! The brokers that a run talks to, and what they say they can.

use std::collections::BTreeMap;
use std::time::Instant;

use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::{ApiKey, VersionRange};
use serde_json::Value;

use crate::answer::Answer;
use crate::case::Stop;
use crate::conn::{Conn, PATIENCE};
use crate::requests;

/// Where the brokers are, and who may talk to them.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// `host:port` of plain listeners.
    pub bootstrap: Vec<String>,
    /// `host:port` of listeners with SASL.
    pub sasl: Vec<String>,
    /// A user of the SASL listener, known to PLAIN and to SCRAM.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// Whether there is time for slow cases.
    pub slow: bool,
    /// What the first broker advertises.
    pub advertised: Advertised,
}

/// What a broker advertises.
#[derive(Clone, Debug, Default)]
pub struct Advertised {
    ranges: BTreeMap<i16, VersionRange>,
    features: BTreeMap<String, i16>,
    brokers: usize,
}

impl Target {
    /// Asks the first broker what it can. One that answers nonsense can nothing, as far as this
    /// is concerned: to find fault with it is for the cases.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn learn(&mut self) -> Result<(), Stop> {
        let address = self.bootstrap.first().ok_or_else(|| Stop::Failed("no address".into()))?;
        let mut conn = Conn::open(address, Instant::now() + PATIENCE, None)?;
        let oldest = conn.ask(0, &ApiVersionsRequest::default())?;
        self.advertised.take(&oldest);
        let Some(newest) = self.advertised.usable(ApiKey::ApiVersions) else { return Ok(()) };
        let request = ApiVersionsRequest {
            client_software_name: "klamm-conformance".into(),
            client_software_version: "1".into(),
            ..ApiVersionsRequest::default()
        };
        let answer = conn.ask(newest.max, &request)?;
        self.advertised.take(&answer);
        let metadata = conn.ask(1, &requests::metadata(&[]))?;
        self.advertised.brokers = metadata.list("/brokers").len();
        Ok(())
    }
}

impl Advertised {
    fn take(&mut self, answer: &Answer) {
        let short = |value: &Value, field: &str| {
            value.get(field).and_then(Value::as_i64).and_then(|number| i16::try_from(number).ok())
        };
        for api in answer.list("/apiKeys") {
            let bounds = (short(api, "apiKey"), short(api, "minVersion"), short(api, "maxVersion"));
            if let (Some(key), Some(min), Some(max)) = bounds {
                self.ranges.insert(key, VersionRange::new(min, max));
            }
        }
        for feature in answer.list("/finalizedFeatures") {
            let name = feature.get("name").and_then(Value::as_str);
            if let (Some(name), Some(level)) = (name, short(feature, "maxVersionLevel")) {
                self.features.insert(name.to_owned(), level);
            }
        }
    }

    /// The versions of an API that both the broker and the specs have, stable ones only.
    #[must_use]
    pub fn usable(&self, key: ApiKey) -> Option<VersionRange> {
        let ours = VersionRange::new(key.versions()?.min, key.latest_stable_version()?);
        ours.intersect(self.listed(key)?)
    }

    /// The versions that the broker lists, usable or not.
    #[must_use]
    pub fn listed(&self, key: ApiKey) -> Option<VersionRange> {
        self.ranges.get(&key.code()).copied()
    }

    /// The finalized level of a feature, 0 if there is none.
    #[must_use]
    pub fn feature(&self, name: &str) -> i16 {
        self.features.get(name).copied().unwrap_or_default()
    }

    /// How many brokers there are.
    #[must_use]
    pub const fn brokers(&self) -> usize {
        self.brokers
    }
}
