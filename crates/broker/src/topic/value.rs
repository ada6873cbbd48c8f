//! The values of settings: what text is one, and what text one becomes.
//!
//! The words of a refusal are those that a client of Kafka knows, since it shows them to people.

use klamm_records::Codec;

use super::{TimestampType, TopicCompression, TopicSettings};

const COMPACT: &str = "compact";
const DELETE: &str = "delete";
/// The names of what a topic's compression may be, beside that of each codec.
const PRODUCER: &str = "producer";
const UNCOMPRESSED: &str = "uncompressed";
const CODECS: &[(&str, Codec)] = &[
    (UNCOMPRESSED, Codec::None),
    ("zstd", Codec::Zstd),
    ("lz4", Codec::Lz4),
    ("snappy", Codec::Snappy),
    ("gzip", Codec::Gzip),
];
const CREATE_TIME: &str = "CreateTime";
const LOG_APPEND_TIME: &str = "LogAppendTime";

/// What a setting's values are, and where one goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Of `cleanup.policy`.
    Policies,
    /// Of `compression.type`.
    Compression,
    /// Of `message.timestamp.type`.
    Timestamps,
    /// A number of 32 bits that has an effect.
    Int {
        /// Where it goes.
        field: fn(&mut TopicSettings) -> &mut i32,
        /// The smallest that is accepted.
        min: i32,
    },
    /// A number of 64 bits that has an effect.
    Long {
        /// Where it goes.
        field: fn(&mut TopicSettings) -> &mut i64,
        /// The smallest that is accepted.
        min: i64,
    },
    /// A number without effect.
    Number {
        /// How wide it is.
        of: NumberType,
        /// What it is unless it is set.
        default: i64,
        /// The smallest that is accepted.
        min: i64,
        /// The greatest that is accepted.
        max: i64,
    },
    /// A number without effect: −1, or 1 to 9.
    GzipLevel,
    /// A share without effect.
    Ratio,
    /// Yes or no, without effect; no unless it is set.
    Flag,
    /// A flag for what no broker of this cluster has.
    NeverTrue,
    /// Replicas by partition and node, without effect.
    Replicas,
}

/// How wide a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberType {
    /// 32 bits.
    Int,
    /// 64 bits.
    Long,
}

/// The types that DescribeConfigs tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueType {
    Boolean = 1,
    Text = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

impl Kind {
    /// What a client is told that the values are.
    pub(crate) const fn value_type(self) -> ValueType {
        match self {
            Self::Policies | Self::Replicas => ValueType::List,
            Self::Compression | Self::Timestamps => ValueType::Text,
            Self::Int { .. } | Self::GzipLevel => ValueType::Int,
            Self::Long { .. } => ValueType::Long,
            Self::Number { of: NumberType::Int, .. } => ValueType::Int,
            Self::Number { of: NumberType::Long, .. } => ValueType::Long,
            Self::Ratio => ValueType::Double,
            Self::Flag | Self::NeverTrue => ValueType::Boolean,
        }
    }

    /// The value in these settings, as text; the default of what has no place in them.
    pub(crate) fn read(self, settings: &TopicSettings) -> String {
        let mut copy = settings.clone();
        match self {
            Self::Policies => policies(settings).join(","),
            Self::Compression => compression(settings.compression).to_owned(),
            Self::Timestamps => timestamps(settings.timestamps).to_owned(),
            Self::Int { field, .. } => field(&mut copy).to_string(),
            Self::Long { field, .. } => field(&mut copy).to_string(),
            Self::Number { default, .. } => default.to_string(),
            Self::GzipLevel => "-1".to_owned(),
            Self::Ratio => "0.5".to_owned(),
            Self::Flag | Self::NeverTrue => "false".to_owned(),
            Self::Replicas => String::new(),
        }
    }

    /// Puts the value that `text` is where it belongs, and gives it as it is to be shown.
    ///
    /// # Errors
    /// When the text is no such value: the value as it is to be shown, and why.
    pub(super) fn accept(
        self,
        settings: &mut TopicSettings,
        text: &str,
    ) -> Result<String, Refused> {
        let text = text.trim();
        match self {
            Self::Policies => set_policies(settings, text),
            Self::Compression => {
                settings.compression = one_of(text, &compressions())?;
                Ok(text.to_owned())
            }
            Self::Timestamps => {
                let known = [TimestampType::CreateTime, TimestampType::LogAppendTime];
                settings.timestamps = one_of(text, &known.map(|one| (timestamps(one), one)))?;
                Ok(text.to_owned())
            }
            Self::Int { field, min } => {
                let number = bounded(text, NumberType::Int, i64::from(min), i64::MAX)?;
                *field(settings) = i32::try_from(number).unwrap_or(i32::MAX);
                Ok(number.to_string())
            }
            Self::Long { field, min } => {
                let number = bounded(text, NumberType::Long, min, i64::MAX)?;
                *field(settings) = number;
                Ok(number.to_string())
            }
            Self::Number { of, min, max, .. } => {
                bounded(text, of, min, max).map(|number| number.to_string())
            }
            Self::GzipLevel => gzip_level(text),
            Self::Ratio => ratio(text),
            Self::Flag => flag(text).map(|is_on| is_on.to_string()),
            Self::NeverTrue if flag(text)? => Err(Refused::WithoutTiers),
            Self::NeverTrue => Ok("false".to_owned()),
            Self::Replicas => replicas(text),
        }
    }
}

/// Why a text is no value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// The value, and what is wrong with it.
    Value(String, String),
    /// No list of replicas.
    Replicas(String),
    /// There is no second tier of storage.
    WithoutTiers,
}

impl Refused {
    /// What people are told about the setting of this name.
    pub(super) fn text(&self, name: &str) -> String {
        match self {
            Self::Value(value, why) => {
                format!("Invalid value {value} for configuration {name}: {why}")
            }
            Self::Replicas(value) => format!(
                "Invalid value [{value}] for configuration {name}: {name} must be the literal '*' \
                 or a list of replicas in the following format: \
                 [partitionId]:[brokerId],[partitionId]:[brokerId],..."
            ),
            Self::WithoutTiers => "Tiered Storage functionality is disabled in the broker. Topic \
                 cannot be configured with remote log storage."
                .to_owned(),
        }
    }
}

fn refused<T>(
    value: &(impl ToString + ?Sized),
    why: &(impl ToString + ?Sized),
) -> Result<T, Refused> {
    Err(Refused::Value(value.to_string(), why.to_string()))
}

fn bounded(text: &str, of: NumberType, min: i64, max: i64) -> Result<i64, Refused> {
    let (parsed, name) = match of {
        NumberType::Int => (text.parse::<i32>().ok().map(i64::from), "INT"),
        NumberType::Long => (text.parse::<i64>().ok(), "LONG"),
    };
    match parsed {
        None => refused(text, &format_args!("Not a number of type {name}")),
        Some(number) if number < min => {
            refused(&number, &format_args!("Value must be at least {min}"))
        }
        Some(number) if number > max => {
            refused(&number, &format_args!("Value must be no more than {max}"))
        }
        Some(number) => Ok(number),
    }
}

fn gzip_level(text: &str) -> Result<String, Refused> {
    let level = bounded(text, NumberType::Int, i64::MIN, i64::MAX)?;
    match level {
        -1 | 1..=9 => Ok(level.to_string()),
        _ => refused(&level, "Value must be between 1 and 9 or equal to -1"),
    }
}

fn ratio(text: &str) -> Result<String, Refused> {
    let Ok(share) = text.parse::<f64>() else {
        return refused(text, "Not a number of type DOUBLE");
    };
    if share > 1.0 {
        refused(&format_args!("{share:?}"), "Value must be no more than 1")
    } else if share >= 0.0 {
        Ok(format!("{share:?}"))
    } else {
        refused(&format_args!("{share:?}"), "Value must be at least 0")
    }
}

fn flag(text: &str) -> Result<bool, Refused> {
    if text.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        refused(text, "Expected value to be either true or false")
    }
}

fn replicas(text: &str) -> Result<String, Refused> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_replica = |item: &str| {
        let halves = item.trim().split_once(':');
        halves.is_some_and(|(partition, node)| is_number(partition) && is_number(node))
    };
    if text.is_empty() || text == "*" || text.split(',').all(is_replica) {
        Ok(text.to_owned())
    } else {
        Err(Refused::Replicas(text.to_owned()))
    }
}

fn set_policies(settings: &mut TopicSettings, text: &str) -> Result<String, Refused> {
    let mut named: Vec<&str> = Vec::new();
    for policy in text.split(',').map(str::trim).filter(|_| !text.is_empty()) {
        one_of(policy, &[(COMPACT, ()), (DELETE, ())])?;
        if !named.contains(&policy) {
            named.push(policy);
        }
    }
    settings.compacted = named.contains(&COMPACT);
    settings.deletes = named.contains(&DELETE);
    Ok(named.join(","))
}

fn policies(settings: &TopicSettings) -> Vec<&'static str> {
    let known = [(settings.compacted, COMPACT), (settings.deletes, DELETE)];
    known.into_iter().filter_map(|(is_on, name)| is_on.then_some(name)).collect()
}

fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, Refused> {
    let found = known.iter().find(|(name, _)| *name == text);
    found.map(|(_, one)| *one).map_or_else(
        || {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            refused(text, &format_args!("String must be one of: {}", names.join(", ")))
        },
        Ok,
    )
}

fn compressions() -> Vec<(&'static str, TopicCompression)> {
    let codecs = CODECS.iter().map(|(name, codec)| (*name, TopicCompression::Codec(*codec)));
    codecs.chain([(PRODUCER, TopicCompression::Producer)]).collect()
}

fn compression(one: TopicCompression) -> &'static str {
    let known = compressions();
    known.iter().find(|(_, known)| *known == one).map_or(PRODUCER, |(name, _)| name)
}

const fn timestamps(one: TimestampType) -> &'static str {
    match one {
        TimestampType::CreateTime => CREATE_TIME,
        TimestampType::LogAppendTime => LOG_APPEND_TIME,
    }
}
