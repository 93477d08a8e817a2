//! How fast a shard hands out events, kept as two numbers: a mean that forgets what is long ago.

/// What an event weighs falls to some third in this time, in microseconds.
const MINUTE: f64 = 60_000_000.0;

/// Events in a thousand seconds after so many microseconds and so many further events, which were handed out at once.
pub fn after(before: i64, micros: i64, events: usize) -> i64 {
    let faded = before.max(0) as f64 * (-(micros.max(0) as f64) / MINUTE).exp();
    // One event is a thousandth of what a thousand seconds would have at one a second.
    let added = events as f64 * 1e9 / MINUTE;
    (faded + added).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_to_what_it_is_and_fades() {
        let mut rate = 0;
        for _ in 0..600 {
            rate = after(rate, 1_000_000, 5);
        }
        assert!((4_900..5_100).contains(&rate), "{rate}");
        let after_a_minute = after(rate, 60_000_000, 0);
        assert!((1_750..1_950).contains(&after_a_minute), "{after_a_minute}");
        assert_eq!(after(rate, i64::MAX, 0), 0);
        // A clock that was set back forgets nothing.
        assert_eq!(after(rate, -5, 0), rate);
        assert_eq!(after(i64::MIN, 0, 0), 0);
        assert!(after(i64::MAX, 0, usize::MAX) > 0);
    }
}
