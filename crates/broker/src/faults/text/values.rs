//! The values in the text of a fault: APIs, durations, probabilities, error codes.

use std::time::Duration;

use klamm_protocol::ApiKey;
use klamm_wire::ErrorCode;

use super::super::fault::Chance;

/// Units of time, the longest first.
const UNITS: [(&str, u128); 4] =
    [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// `InitProducerId` as `init-producer-id`.
pub(super) fn api_name(api: ApiKey) -> String {
    let mut name = String::new();
    for (at, letter) in api.name().chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

pub(super) fn api(name: &str) -> Option<ApiKey> {
    let mut served = ApiKey::all().filter(|api| api.versions().is_some());
    served.find(|api| api_name(*api) == name)
}

pub(super) fn duration_text(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let whole = UNITS.iter().find(|(_, unit)| nanos.checked_rem(*unit) == Some(0));
    let (name, unit) = whole.copied().unwrap_or(("ns", 1));
    format!("{}{name}", nanos.checked_div(unit).unwrap_or(nanos))
}

pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, name) = text.split_at_checked(digits)?;
    let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name)?;
    let nanos = count.parse::<u128>().ok()?.checked_mul(*unit)?;
    let seconds = u64::try_from(nanos.checked_div(1_000_000_000)?).ok()?;
    let rest = u32::try_from(nanos.checked_rem(1_000_000_000)?).ok()?;
    Some(Duration::new(seconds, rest))
}

pub(super) fn percent(chance: Chance) -> String {
    let millionths = chance.as_millionths();
    let (whole, rest) = (millionths / 10_000, millionths % 10_000);
    if rest == 0 {
        return format!("{whole}%");
    }
    let digits = format!("{rest:04}");
    format!("{whole}.{}%", digits.trim_end_matches('0'))
}

pub(super) fn chance(text: &str) -> Option<Chance> {
    let (whole, rest) = {
        let number = text.strip_suffix('%')?;
        number.split_once('.').unwrap_or((number, "0"))
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(rest) || rest.len() > 4 {
        return None;
    }
    let parts = whole.parse::<u32>().ok()?.checked_mul(10_000)?;
    let parts = parts.checked_add(format!("{rest:0<4}").parse().ok()?)?;
    (parts <= Chance::ALWAYS.as_millionths()).then(|| Chance::millionths(parts))
}

/// The name of a code; its number if it has none.
pub(super) fn code_name(code: ErrorCode) -> String {
    code.name().map_or_else(|| code.0.to_string(), str::to_owned)
}

pub(super) fn code(text: &str) -> Option<ErrorCode> {
    ErrorCode::from_name(text).or_else(|| text.parse().ok().map(ErrorCode))
}
