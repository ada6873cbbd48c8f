//! The APIs: their keys, versions and header versions.

use std::fmt;

use crate::generated::api_key::APIS;
pub use crate::generated::api_key::ApiKey;
use crate::message::VersionRange;

/// What the specs say about one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiInfo {
    /// The key.
    pub key: ApiKey,
    /// The name in the specs.
    pub name: &'static str,
    /// The versions that exist; `None` for a removed API, whose key stays reserved.
    pub versions: Option<VersionRange>,
    /// Whether the newest version may still change; a broker does not advertise it.
    pub latest_version_unstable: bool,
    /// The first version with compact lengths and tagged fields.
    pub first_flexible: Option<i16>,
    /// The first version whose request has header version 2.
    pub request_header_v2_from: Option<i16>,
    /// The first version whose response has header version 1.
    pub response_header_v1_from: Option<i16>,
    /// Who serves it.
    pub listeners: &'static [Listener],
}

/// Who serves an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listener {
    /// A broker.
    Broker,
    /// A controller.
    Controller,
}

/// Stands in for a row that cannot be missing: a test holds every key against its row.
const FIRST: &ApiInfo = match APIS {
    [first, ..] => first,
    [] => unreachable!(),
};

impl ApiKey {
    /// Every API, in the order of the keys.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        APIS.iter().map(|info| info.key)
    }

    /// The API of a key on the wire; `None` for a key that the specs do not name.
    pub fn from_code(code: i16) -> Option<Self> {
        let at = usize::try_from(code).ok()?;
        APIS.get(at).map(|info| info.key).filter(|key| key.code() == code)
    }

    /// The key on the wire.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// What the specs say about it.
    pub fn info(self) -> &'static ApiInfo {
        let at = usize::try_from(self.code()).unwrap_or_default();
        APIS.get(at).unwrap_or(FIRST)
    }

    /// The name in the specs.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The versions that exist; `None` for a removed API.
    pub fn versions(self) -> Option<VersionRange> {
        self.info().versions
    }

    /// The newest version that will not change any more.
    pub fn latest_stable_version(self) -> Option<i16> {
        let info = self.info();
        let stable = |range: VersionRange| range.max - i16::from(info.latest_version_unstable);
        info.versions.map(stable)
    }

    /// Whether messages of `version` have compact lengths and tagged fields.
    pub fn is_flexible(self, version: i16) -> bool {
        reached(self.info().first_flexible, version)
    }

    /// The version of the header in front of a request of `version`.
    pub fn request_header_version(self, version: i16) -> i16 {
        if reached(self.info().request_header_v2_from, version) { 2 } else { 1 }
    }

    /// The version of the header in front of the response to a request of `version`.
    ///
    /// For [`ApiKey::ApiVersions`] it is always 0: a client must be able to read the answer before
    /// it knows which versions the broker has.
    pub fn response_header_version(self, version: i16) -> i16 {
        i16::from(reached(self.info().response_header_v1_from, version))
    }
}

fn reached(first: Option<i16>, version: i16) -> bool {
    first.is_some_and(|first| version >= first)
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_the_index_of_its_key() {
        for (at, info) in APIS.iter().enumerate() {
            assert_eq!(usize::try_from(info.key.code()), Ok(at), "{}", info.name);
            assert_eq!(ApiKey::from_code(info.key.code()), Some(info.key));
            assert_eq!(info.key.info(), info);
        }
        assert_eq!(ApiKey::from_code(-1), None);
        assert_eq!(ApiKey::from_code(i16::MAX), None);
    }

    #[test]
    fn a_removed_api_keeps_its_key_and_has_no_version() {
        assert_eq!(ApiKey::LeaderAndIsr.code(), 4);
        assert_eq!(ApiKey::LeaderAndIsr.versions(), None);
    }

    #[test]
    fn an_unstable_version_is_not_the_latest_stable_one() {
        assert_eq!(ApiKey::InitProducerId.versions().map(|range| range.max), Some(6));
        assert_eq!(ApiKey::InitProducerId.latest_stable_version(), Some(5));
    }
}
