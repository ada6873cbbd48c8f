//! The versions of one connection: ours and theirs, and what is left under the caps.

use std::fmt;

use super::ask::Offer;
use super::caps::{CAPS, Cap, Conditions};
use super::features::FinalizedFeatures;
use crate::api::ApiKey;
use crate::message::VersionRange;

/// The versions of an API that we speak: those of the specs, without a newest one that may still
/// change. `None` for a removed API, and for one whose only version may still change.
pub fn supported(key: ApiKey) -> Option<VersionRange> {
    let range = VersionRange::new(key.versions()?.min, key.latest_stable_version()?);
    (range.min <= range.max).then_some(range)
}

/// What can be spoken on one connection.
///
/// It belongs to the connection and not to the cluster: during an upgrade brokers differ, and a
/// broker may come back as another version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Negotiated {
    /// What the broker offers, at the index of the API's key; as long as there are keys.
    theirs: Vec<Option<VersionRange>>,
    features: FinalizedFeatures,
}

impl From<Offer> for Negotiated {
    fn from(offer: Offer) -> Self {
        let theirs = ApiKey::all().map(|key| offer.versions.get(&key.code()).copied());
        Self { theirs: theirs.collect(), features: offer.features }
    }
}

impl Negotiated {
    /// The features that the cluster has agreed on, as this broker told them.
    pub fn features(&self) -> &FinalizedFeatures {
        &self.features
    }

    /// The versions of an API that the broker offers; `None` for one that it does not serve.
    pub fn theirs(&self, key: ApiKey) -> Option<VersionRange> {
        let at = usize::try_from(key.code()).ok()?;
        self.theirs.get(at).copied().flatten()
    }

    /// The version to send a request at: the newest that both sides speak and that no cap forbids
    /// under these conditions.
    ///
    /// # Errors
    /// When there is none.
    pub fn version(
        &self,
        key: ApiKey,
        conditions: impl Into<Conditions>,
    ) -> Result<i16, UnsupportedVersion> {
        let theirs = self.theirs(key);
        let (ours, cap) = capped(key, conditions.into());
        match ours.zip(theirs).and_then(|(ours, theirs)| ours.intersect(theirs)) {
            Some(common) => Ok(common.max),
            None => Err(UnsupportedVersion { cap, ..UnsupportedVersion::of(key, ours, theirs) }),
        }
    }
}

/// What the caps leave of our versions, and the last cap that took something away.
fn capped(key: ApiKey, conditions: Conditions) -> (Option<VersionRange>, Option<&'static Cap>) {
    let mut ours = supported(key);
    let mut narrowed = None;
    for cap in CAPS.iter().filter(|cap| cap.key == key && conditions.contains(cap.condition)) {
        let left = ours.and_then(|range| cap.bound.apply(range));
        if left != ours {
            narrowed = Some(cap);
        }
        ours = left;
    }
    (ours, narrowed)
}

/// An API that cannot be spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsupportedVersion {
    /// The API.
    pub key: ApiKey,
    /// The versions that we speak, as far as the caps leave any.
    pub ours: Option<VersionRange>,
    /// The versions that the broker offers; `None` for an API that it does not serve.
    pub theirs: Option<VersionRange>,
    /// The cap that took versions of ours away.
    pub cap: Option<&'static Cap>,
}

impl UnsupportedVersion {
    pub(super) const fn of(
        key: ApiKey,
        ours: Option<VersionRange>,
        theirs: Option<VersionRange>,
    ) -> Self {
        Self { key, ours, theirs, cap: None }
    }
}

impl fmt::Display for UnsupportedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no version of {} is common: this client has ", self.key)?;
        match self.ours {
            Some(ours) => write!(f, "{ours}")?,
            None => f.write_str("none")?,
        }
        match self.theirs {
            Some(theirs) => write!(f, ", the broker {theirs}")?,
            None => f.write_str(", the broker does not serve it")?,
        }
        match self.cap {
            Some(cap) => write!(f, "; {}", cap.reason),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnsupportedVersion {}
