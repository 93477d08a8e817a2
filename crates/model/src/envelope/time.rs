//! Instants in envelopes.

use crate::filter::time;
use std::borrow::Cow;

/// Days from 0000-03-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 730_425;
const DAY: i64 = 86_400_000_000;

/// Microseconds since 2000, of RFC 3339: digits beyond them are left out, and a leap second is the one after it. None for
/// what is no instant.
pub fn parse(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let mut text = Cow::Borrowed(text);
    let digits = text.get(20..).map_or(0, |rest| {
        rest.bytes().take_while(u8::is_ascii_digit).count()
    });
    if digits > 6 && text.as_bytes()[19] == b'.' {
        text.to_mut().replace_range(26..20 + digits, "");
    }
    let leap = text.get(16..19) == Some(":60");
    if leap {
        text.to_mut().replace_range(16..19, ":59");
    }
    Some(time::parse(&text)? + if leap { 1_000_000 } else { 0 })
}

/// An instant in UTC, without zeros at its end; of the years that RFC 3339 can write.
pub fn format(micros: i64) -> Option<String> {
    let (days, of_day) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let days = days.checked_add(EPOCH_DAYS)?;
    // Years that begin in March, in eras of 400.
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * of_era + of_era / 4 - of_era / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = of_era + 400 * era + i64::from(month <= 2);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if fraction > 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    text.push('Z');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_as_it_is_read() {
        for text in [
            "2000-01-01T00:00:00Z",
            "1999-12-31T23:59:59.999999Z",
            "2024-02-29T12:00:00.5Z",
            "2023-03-01T00:00:00.000001Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "1900-02-28T23:00:00Z",
        ] {
            let read = parse(text.as_bytes());
            assert_eq!(read.and_then(format).as_deref(), Some(text));
        }
        for (text, same) in [
            (
                "2018-04-05T17:31:00.123456789Z",
                "2018-04-05T17:31:00.123456Z",
            ),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            (
                "2016-12-31T23:59:60.1234567+00:00",
                "2017-01-01T00:00:00.123456Z",
            ),
            ("2024-03-15T10:00:00+02:00", "2024-03-15T08:00:00Z"),
            ("2024-03-15 10:00:00.100Z", "2024-03-15T10:00:00.1Z"),
        ] {
            let read = parse(text.as_bytes());
            assert_eq!(read.and_then(format).as_deref(), Some(same), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "",
            "2024-03-15",
            "2024-03-15T10:00:00",
            "2024-03-15T10:00:00.Z",
            "2024-03-15T10:00:00x1234567Z",
            "2024-03-15T10:00:00.1234567",
            "é024-03-15T10:00:00.1234567Z",
            "2024-03-15T10:00:0é.1234567Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse(b"\xff"), None);
        assert_eq!(format(i64::MAX), None);
        assert_eq!(format(i64::MIN), None);
    }
}
