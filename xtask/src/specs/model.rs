//! A message spec as its file states it: facts only, nothing resolved.

use super::versions::Versions;

/// What a spec file describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Request,
    Response,
    Header,
    Data,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Request, Self::Response, Self::Header, Self::Data];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Header => "header",
            Self::Data => "data",
        }
    }
}

/// One spec file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) api_key: Option<i16>,
    pub(crate) listeners: Vec<String>,
    pub(crate) valid: Versions,
    /// Absent only where `valid` is empty.
    pub(crate) flexible: Option<Versions>,
    pub(crate) latest_version_unstable: bool,
    /// In the order of the versions; empty where the key is absent.
    pub(crate) header_versions: Vec<HeaderRange>,
    pub(crate) common_structs: Vec<Struct>,
    pub(crate) fields: Vec<Field>,
}

/// The version of the header that goes with a range of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeaderRange {
    pub(crate) versions: Versions,
    pub(crate) header: i16,
}

/// A struct that several fields of a message share.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) versions: Versions,
    pub(crate) fields: Vec<Field>,
}

/// One field; absent keys are `None`, empty or `false`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) versions: Option<Versions>,
    pub(crate) nullable: Option<Versions>,
    pub(crate) tag: Option<u32>,
    pub(crate) tagged: Option<Versions>,
    pub(crate) flexible: Option<Versions>,
    pub(crate) default: Option<String>,
    pub(crate) entity_type: Option<String>,
    pub(crate) flags: Flags,
    /// The fields of a struct that is defined here; `None` where the key is absent.
    pub(crate) fields: Option<Vec<Field>>,
}

/// The yes-or-no keys of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) ignorable: bool,
    pub(crate) map_key: bool,
    pub(crate) zero_copy: bool,
}
