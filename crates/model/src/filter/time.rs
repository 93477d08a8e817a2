//! Instants as RFC 3339 writes them.

/// Days from 1970-01-01 to 2000-01-01, from which timestamptz counts.
const EPOCH_DAYS: i64 = 10_957;

/// Microseconds since 2000-01-01 UTC; none for what is no instant or has more than six digits of a second.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (head, mut rest) = bytes.split_at_checked(19)?;
    let shape = |at: usize, wanted: &[u8]| head.get(at).is_some_and(|b| wanted.contains(b));
    if ![(4, b"-"), (7, b"-"), (13, b":"), (16, b":")]
        .iter()
        .all(|(at, b)| shape(*at, *b))
        || !shape(10, b"Tt ")
    {
        return None;
    }
    let (year, month, day) = (
        digits(&head[..4])?,
        digits(&head[5..7])?,
        digits(&head[8..10])?,
    );
    let (hour, minute, second) = (
        digits(&head[11..13])?,
        digits(&head[14..16])?,
        digits(&head[17..19])?,
    );
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 1 || !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut micros = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=6).contains(&length) {
            return None;
        }
        let scale = 10_i64.pow(6 - length as u32);
        micros = digits(&fraction[..length])? * scale;
        rest = &fraction[length..];
    }
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let minutes = 60 * hours + minutes;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Years that begin in March, so that the day of a leap year is the last one.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * m + 2) / 5 + day - 1;
    let since_zero =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year;
    let days = since_zero - 719_468 - EPOCH_DAYS;
    let minutes = days * 1_440 + hour * 60 + minute - offset;
    Some((minutes * 60 + second) * 1_000_000 + micros)
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, b| {
        let digit = b.is_ascii_digit().then(|| i64::from(b - b'0'))?;
        Some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn instants_are_read_as_postgres_reads_them() {
        // extract(epoch from t) * 1000000 - 946684800000000.
        for (text, micros) in [
            ("2000-01-01T00:00:00Z", 0),
            ("2026-01-31T12:00:00.5+01:00", 823_172_400_500_000),
            ("1999-12-31t23:59:59.999999z", -1),
            ("2024-02-29 23:30:00-05:30", 762_584_400_000_000),
            ("0001-01-01T00:00:00Z", -63_082_281_600_000_000),
            ("9999-12-31T23:59:59Z", 252_455_615_999_000_000),
        ] {
            assert_eq!(parse(text), Some(micros), "{text}");
        }
        for text in [
            "",
            "now",
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-02-29T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00:60Z",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:00.1234567Z",
            "2026-01-31T12:00:00+1:00",
            "2026-01-31T12:00:00+01:60",
            "2026-01-31T12:00:00Z ",
            "2026-01-3éT12:00:00Z",
            "+026-01-31T12:00:00Z",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
