//! Moments as certificates write them.

use std::fmt;

const DAY: i64 = 24 * 60 * 60;

/// A moment, to the second; printed as `2026-11-21 22:30:00 UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(i64);

impl Moment {
    /// The moment so many seconds after the beginning of 1970.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the beginning of 1970.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// A `UTCTime`, whose years are those from 1950 to 2049.
    pub(super) fn of_utc_time(text: &[u8]) -> Option<Self> {
        let (year, rest) = text.split_at_checked(2)?;
        let year = number(year)?;
        Self::of_digits(year.saturating_add(if year < 50 { 2000 } else { 1900 }), rest)
    }

    /// A `GeneralizedTime`.
    pub(super) fn of_generalized_time(text: &[u8]) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        Self::of_digits(number(year)?, rest)
    }

    /// Month, day, hour, minute and second, two digits each, and a `Z`.
    fn of_digits(year: i64, rest: &[u8]) -> Option<Self> {
        let rest = rest.strip_suffix(b"Z")?;
        let mut pairs = rest.chunks(2).map(number);
        let mut next = |least: i64, most: i64| {
            let number = pairs.next()??;
            (least..=most).contains(&number).then_some(number)
        };
        let (month, day) = (next(1, 12)?, next(1, 31)?);
        let (hour, minute, second) = (next(0, 23)?, next(0, 59)?, next(0, 59)?);
        let whole = rest.len() == 10;
        let days = days_since_1970(year, month, day);
        whole.then(|| Self(days * DAY + hour * 3600 + minute * 60 + second))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

/// The number that these digits write.
fn number(digits: &[u8]) -> Option<i64> {
    let all = digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(*digit & 0x0f)))
}

/// Days from the beginning of 1970 in the calendar of Gregory.
///
/// Years are counted from March, so that the day that leap years have more is their last one.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - DAYS_TO_1970
}

/// Days from the first of March of the year 0 to the beginning of 1970.
const DAYS_TO_1970: i64 = 719_468;

/// Days in four hundred years.
const ERA: i64 = 146_097;

/// Year, month and day: the other way round.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(DAYS_TO_1970);
    let of_era = days.rem_euclid(ERA);
    // The last day of a fourth year, a century and an era each belongs to what it ends.
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = year + days.div_euclid(ERA) * 400;
    (if month > 2 { year } else { year + 1 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_printed() {
        for (text, seconds, printed) in [
            ("700101000000Z", 0, "1970-01-01 00:00:00 UTC"),
            ("000229120001Z", 951_825_601, "2000-02-29 12:00:01 UTC"),
            ("491231235959Z", 2_524_607_999, "2049-12-31 23:59:59 UTC"),
            ("500101000000Z", -631_152_000, "1950-01-01 00:00:00 UTC"),
        ] {
            let moment = Moment::of_utc_time(text.as_bytes()).expect(text);
            assert_eq!((moment.unix_seconds(), &*moment.to_string()), (seconds, printed));
        }
        let far = Moment::of_generalized_time(b"99991231235959Z").expect("a moment");
        assert_eq!(far.unix_seconds(), 253_402_300_799);
        assert_eq!(far.to_string(), "9999-12-31 23:59:59 UTC");
    }

    #[test]
    fn every_day_of_two_eras_is_printed_as_it_is_read() {
        let mut last = Moment::of_generalized_time(b"15991231000000Z").expect("a moment");
        for _ in 0..2 * ERA {
            let next = Moment(last.0 + DAY);
            let digits: String = next.to_string().chars().filter(char::is_ascii_digit).collect();
            assert_eq!(Moment::of_generalized_time(format!("{digits}Z").as_bytes()), Some(next));
            last = next;
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "7001010000Z", "700101000000", "701301000000Z", "70010100000aZ"] {
            assert_eq!(Moment::of_utc_time(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Moment::of_utc_time(b"70010100000000Z"), None);
    }
}
