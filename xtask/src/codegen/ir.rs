//! The resolved form of a message: every range clipped, every default parsed, every rule checked.

pub(crate) use crate::specs::model::{HeaderRange, Kind};
use crate::specs::versions::Versions;

/// A message with at least one valid version.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) api_key: Option<i16>,
    pub(crate) valid: Versions,
    /// The flexible versions among the valid ones.
    pub(crate) flexible: Versions,
    pub(crate) latest_version_unstable: bool,
    /// What the spec says about the header in front, if it does.
    pub(crate) header_versions: Vec<HeaderRange>,
    /// The root first, then the others in the order in which they are met.
    pub(crate) structs: Vec<Struct>,
}

impl Message {
    pub(crate) fn root(&self) -> &Struct {
        let first = self.structs.first();
        first.unwrap_or_else(|| unreachable!("the resolver has put the root there"))
    }

    pub(crate) fn get(&self, name: &str) -> &Struct {
        let found = self.structs.iter().find(|one| one.name == name);
        found.unwrap_or_else(|| unreachable!("the resolver has checked that {name} exists"))
    }
}

/// A struct of a message.
#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    /// The versions in which it can occur.
    pub(crate) versions: Versions,
    /// Those of them that end it with a tag section.
    pub(crate) flexible: Versions,
    /// Fields that occur in at least one of `versions`, in the order of the spec.
    pub(crate) fields: Vec<Field>,
    /// Whether an array holds it, so that its smallest size is asked for.
    pub(crate) is_element: bool,
    /// Whether it borrows from the bytes it was decoded from.
    pub(crate) borrows: bool,
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// The versions that carry it, tagged or not.
    pub(crate) presence: Versions,
    /// The versions (of `presence`) in which it may be null.
    pub(crate) nullable: Versions,
    pub(crate) tag: Option<Tag>,
    pub(crate) default: Default,
    pub(crate) ignorable: bool,
    /// The versions in which its length is compact.
    pub(crate) compact: Versions,
}

/// The number of a tagged field and the versions in which it is tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) number: u32,
    pub(crate) versions: Versions,
}

impl Field {
    /// Whether its Rust type is an `Option`.
    pub(crate) fn is_optional(&self) -> bool {
        !self.nullable.is_empty()
    }

    /// The versions in which it stands in its place rather than in the tag section.
    pub(crate) fn positional(&self) -> Versions {
        self.presence.below(self.tagged())
    }

    pub(crate) fn tagged(&self) -> Versions {
        self.tag.map_or(Versions::NONE, |tag| tag.versions)
    }
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Fixed(Fixed),
    String,
    Bytes,
    Records,
    Struct(String),
    Array(Element),
}

/// The type of an array's elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Fixed(Fixed),
    String,
    Bytes,
    Struct(String),
}

/// A type of fixed width, and the newtype that the generated field has where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) primitive: Primitive,
    pub(crate) newtype: Option<&'static str>,
}

/// The types of fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Primitive {
    Bool,
    Int8,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Int64,
    Float64,
    Uuid,
}

impl Primitive {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "uint16" => Self::Uint16,
            "int32" => Self::Int32,
            "uint32" => Self::Uint32,
            "int64" => Self::Int64,
            "float64" => Self::Float64,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    pub(crate) fn width(self) -> usize {
        match self {
            Self::Bool | Self::Int8 => 1,
            Self::Int16 | Self::Uint16 => 2,
            Self::Int32 | Self::Uint32 => 4,
            Self::Int64 | Self::Float64 => 8,
            Self::Uuid => 16,
        }
    }

    /// The Rust type, which is also the name of the reader's and writer's method in lower case.
    pub(crate) fn rust(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "i8",
            Self::Int16 => "i16",
            Self::Uint16 => "u16",
            Self::Int32 => "i32",
            Self::Uint32 => "u32",
            Self::Int64 => "i64",
            Self::Float64 => "f64",
            Self::Uuid => "Uuid",
        }
    }
}

/// The value of a field that nobody set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Default {
    /// Zero, false, empty, or the struct of defaults.
    Implicit,
    Null,
    True,
    Int(i128),
    Float(String),
    Uuid(u128),
    Text(String),
}

/// The fewest bytes a struct takes at a version.
pub(crate) fn min_struct_size(message: &Message, name: &str, version: i16) -> usize {
    let one = message.get(name);
    let fields = one.fields.iter().filter(|field| field.positional().contains(version));
    let size: usize = fields.map(|field| min_field_size(message, field, version)).sum();
    size + usize::from(one.flexible.contains(version))
}

fn min_field_size(message: &Message, field: &Field, version: i16) -> usize {
    let compact = field.compact.contains(version);
    match &field.ty {
        Type::Fixed(fixed) => fixed.primitive.width(),
        Type::String => min_length_size(compact, 2),
        Type::Bytes | Type::Records | Type::Array(_) => min_length_size(compact, 4),
        Type::Struct(_) if field.nullable.contains(version) => 1,
        Type::Struct(name) => min_struct_size(message, name, version),
    }
}

fn min_length_size(compact: bool, classic: usize) -> usize {
    if compact { 1 } else { classic }
}
