//! The `default` key: what it may say for each type.

use super::ir::{Default, Primitive, Type};

/// Parses a default; `nullable` says whether null is allowed in every version.
pub(crate) fn parse(text: Option<&str>, ty: &Type, nullable: bool) -> Result<Default, String> {
    let Some(text) = text else { return Ok(implicit(ty, nullable)) };
    match ty {
        Type::Fixed(fixed) => fixed_default(text, fixed.primitive),
        _ if text == "null" && nullable => Ok(Default::Null),
        _ if text == "null" => Err("default null, but null is not allowed everywhere".to_owned()),
        _ if text.is_empty() => Ok(Default::Implicit),
        Type::String => Ok(Default::Text(text.to_owned())),
        Type::Bytes | Type::Records | Type::Struct(_) | Type::Array(_) => {
            Err(format!("default `{text}`: only an empty one or null can be"))
        }
    }
}

/// Records are null unless set, in the reference; all else is zero or empty.
fn implicit(ty: &Type, nullable: bool) -> Default {
    if *ty == Type::Records && nullable { Default::Null } else { Default::Implicit }
}

fn fixed_default(text: &str, primitive: Primitive) -> Result<Default, String> {
    let bad = || format!("default `{text}` is not a {}", primitive.rust());
    if text.is_empty() {
        return Ok(Default::Implicit);
    }
    match primitive {
        Primitive::Bool => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Default::True),
            "false" => Ok(Default::Implicit),
            _ => Err(bad()),
        },
        Primitive::Float64 => match text.parse::<f64>() {
            Ok(0.0) => Ok(Default::Implicit),
            Ok(value) if value.is_finite() => Ok(Default::Float(format!("{value:?}"))),
            _ => Err(bad()),
        },
        Primitive::Uuid => match uuid(text).ok_or_else(bad)? {
            0 => Ok(Default::Implicit),
            value => Ok(Default::Uuid(value)),
        },
        Primitive::Int8
        | Primitive::Int16
        | Primitive::Uint16
        | Primitive::Int32
        | Primitive::Uint32
        | Primitive::Int64 => match int(text, primitive)? {
            0 => Ok(Default::Implicit),
            value => Ok(Default::Int(value)),
        },
    }
}

/// Decimal or `0x…`; a leading zero is refused, as it is octal to Java and decimal to a reader.
fn int(text: &str, primitive: Primitive) -> Result<i128, String> {
    let bad = || format!("default `{text}` is not a number");
    let digits = text.strip_prefix('-').unwrap_or(text);
    let value = match text.strip_prefix("0x") {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            i128::from_str_radix(hex, 16).map_err(|_| bad())?
        }
        Some(_) => return Err(bad()),
        None if digits.len() > 1 && digits.starts_with('0') => return Err(bad()),
        None => text.parse().map_err(|_| bad())?,
    };
    let (min, max) = bounds(primitive);
    if min <= value && value <= max {
        return Ok(value);
    }
    Err(format!("default {text} is out of range for {}", primitive.rust()))
}

fn bounds(primitive: Primitive) -> (i128, i128) {
    match primitive {
        Primitive::Int8 => (i8::MIN.into(), i8::MAX.into()),
        Primitive::Int16 => (i16::MIN.into(), i16::MAX.into()),
        Primitive::Uint16 => (0, u16::MAX.into()),
        Primitive::Int32 => (i32::MIN.into(), i32::MAX.into()),
        Primitive::Uint32 => (0, u32::MAX.into()),
        Primitive::Int64 => (i64::MIN.into(), i64::MAX.into()),
        Primitive::Bool | Primitive::Float64 | Primitive::Uuid => (0, 0),
    }
}

/// 22 characters of URL-safe base64: 132 bits, of which the last four are zero.
fn uuid(text: &str) -> Option<u128> {
    let digit = |c: char| match c {
        'A'..='Z' => Some(u32::from(c) - u32::from('A')),
        'a'..='z' => Some(u32::from(c) - u32::from('a') + 26),
        '0'..='9' => Some(u32::from(c) - u32::from('0') + 52),
        '-' => Some(62),
        '_' => Some(63),
        _ => None,
    };
    let digits: Vec<u128> =
        text.chars().map(|c| digit(c).map(u128::from)).collect::<Option<_>>()?;
    let (last, head) =
        digits.split_last().filter(|(last, head)| head.len() == 21 && *last % 16 == 0)?;
    Some(head.iter().fold(0u128, |value, digit| value << 6 | digit) << 2 | last >> 4)
}

#[cfg(test)]
mod tests {
    use super::super::ir::{Default, Fixed, Primitive, Type};
    use super::parse;

    fn fixed(primitive: Primitive) -> Type {
        Type::Fixed(Fixed { primitive, newtype: None })
    }

    fn of(text: &str, primitive: Primitive) -> Result<Default, String> {
        parse(Some(text), &fixed(primitive), false)
    }

    #[test]
    fn numbers_are_read_in_every_form_and_checked_against_their_type() {
        assert_eq!(of("-2147483648", Primitive::Int32), Ok(Default::Int(i32::MIN.into())));
        assert_eq!(of("0x7fffffff", Primitive::Int32), Ok(Default::Int(i32::MAX.into())));
        assert_eq!(of("65535", Primitive::Uint16), Ok(Default::Int(65535)));
        assert_eq!(of("4294967295", Primitive::Uint32), Ok(Default::Int(u32::MAX.into())));
        assert_eq!(of("0", Primitive::Int64), Ok(Default::Implicit));
        for (text, primitive) in [
            ("128", Primitive::Int8),
            ("-1", Primitive::Uint16),
            ("9223372036854775808", Primitive::Int64),
            ("0x80000000", Primitive::Int32),
            ("010", Primitive::Int32),
            ("1.5", Primitive::Int32),
            ("many", Primitive::Int16),
        ] {
            assert!(of(text, primitive).is_err(), "{text}");
        }
    }

    #[test]
    fn booleans_floats_and_uuids_are_read() {
        assert_eq!(of("True", Primitive::Bool), Ok(Default::True));
        assert!(of("yes", Primitive::Bool).is_err());
        assert_eq!(of("1.5", Primitive::Float64), Ok(Default::Float("1.5".to_owned())));
        let one = of("AAAAAAAAAAAAAAAAAAAAAQ", Primitive::Uuid);
        assert_eq!(one, Ok(Default::Uuid(1)));
        assert!(of("AAAAAAAAAAAAAAAAAAAAAR", Primitive::Uuid).is_err());
        assert!(of("short", Primitive::Uuid).is_err());
    }

    #[test]
    fn null_needs_a_type_and_versions_that_allow_it() {
        assert_eq!(parse(Some("null"), &Type::String, true), Ok(Default::Null));
        assert!(parse(Some("null"), &Type::String, false).is_err());
        assert!(of("null", Primitive::Int32).is_err());
        assert!(parse(Some("[1]"), &Type::Bytes, true).is_err());
        assert_eq!(parse(Some(""), &Type::Bytes, true), Ok(Default::Implicit));
        assert_eq!(parse(None, &Type::Records, true), Ok(Default::Null));
    }
}
