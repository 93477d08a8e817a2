//! From where a log has to be read to find what was recorded at or after an instant.

use std::ops::RangeInclusive;

/// How much later than its neighbours an event may stand, in microseconds: its transaction drew its seq and ended
/// ten minutes apart from theirs, or the clock was set by so much.
pub const SLACK: i64 = 600_000_000;

/// A seq at or below which no event stands that was recorded at or after `since` (microseconds), among those of a
/// range; none where the range's start is the answer. `probe` gives seq and `recorded_at` of the first event at or
/// above a seq.
///
/// A binary search: `recorded_at` rises with `seq` but for [`SLACK`]. So what it gives is a place to begin, and each
/// event is to be looked at.
pub fn first_seq<E>(
    range: RangeInclusive<i64>,
    since: i64,
    mut probe: impl FnMut(i64) -> Result<Option<(i64, i64)>, E>,
) -> Result<Option<i64>, E> {
    let (mut low, mut high) = range.into_inner();
    let mut after = None;
    while low <= high {
        let middle = low.midpoint(high);
        match probe(middle)? {
            // All below it were recorded before it, or not much later.
            Some((seq, recorded)) if recorded < since.saturating_sub(SLACK) => {
                after = after.max(Some(seq));
                match seq.checked_add(1) {
                    Some(next) => low = next,
                    None => break,
                }
            }
            _ => match middle.checked_sub(1) {
                Some(next) => high = next,
                None => break,
            },
        }
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Seen failing without the slack.
        #[test]
        fn nothing_that_is_wanted_is_passed_over(
            steps in prop::collection::vec((1_i64..9, 0_i64..200_000_000, 0..=SLACK), 0..60),
            since in 0_i64..8_000_000_000,
            wide in any::<bool>(),
        ) {
            let (mut seq, mut clock) = (0, 0);
            let rows: Vec<(i64, i64)> = steps
                .into_iter()
                .map(|(gap, time, late)| {
                    seq += gap;
                    clock += time;
                    (seq, clock + late)
                })
                .collect();
            let mut probes = 0;
            let range = if wide { i64::MIN..=i64::MAX } else { 1..=seq };
            let after = first_seq(range, since, |from| {
                probes += 1;
                Ok::<_, ()>(rows.iter().find(|(seq, _)| *seq >= from).copied())
            });
            let after = after.unwrap();
            prop_assert!(probes <= 65);
            let passed = rows.iter().filter(|(seq, _)| Some(*seq) <= after);
            prop_assert!(passed.into_iter().all(|(_, recorded)| *recorded < since));
            // And it is worth the search: no more is read than what lies about the instant.
            let needless = rows.iter().filter(|(seq, _)| Some(*seq) > after);
            for (_, recorded) in needless {
                prop_assert!(*recorded >= since - 3 * SLACK || rows.len() < 4);
            }
        }
    }
}
