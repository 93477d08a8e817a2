//! The order of changes of one row by statements that ran within one another.
//!
//! Postgres tells when a statement begins and ends, and not when it came to a row. A trigger for
//! each row may change a row before or after the statement that fired it does; a query of several
//! statements (WITH, foreign keys that cascade) runs them side by side. What a row went through
//! must make sense, though: it comes when it is not there, and changes or goes when it is. That
//! leaves one order, or two of which the row itself shows the right one.

/// What happened to a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// it was inserted
    Came,
    /// it was there and is
    Changed,
    /// it was deleted
    Went,
}

impl Change {
    fn found_it(self) -> bool {
        self != Change::Came
    }

    fn left_it(self) -> bool {
        self != Change::Went
    }
}

/// How many of the `inner` changes of a row, in their order, come before what the statement that
/// ended last did to it, its `own` changes. Where two orders make sense, `is_there` says whether
/// the row is there after all of them.
pub fn before(own: &[Change], inner: &[Change], is_there: impl FnOnce() -> bool) -> usize {
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return 0;
    };
    let fits = |a: Option<&Change>, b: Option<&Change>| match (a, b) {
        (Some(a), Some(b)) => a.left_it() == b.found_it(),
        _ => true,
    };
    let gap = (1..inner.len()).find(|i| !fits(inner.get(i - 1), inner.get(*i)));
    let makes_sense = |place: usize| {
        gap.is_none_or(|gap| gap == place)
            && fits(place.checked_sub(1).and_then(|i| inner.get(i)), Some(first))
            && fits(Some(last), inner.get(place))
    };
    let early = (0..inner.len()).find(|place| makes_sense(*place));
    let late = Some(inner.len()).filter(|place| makes_sense(*place));
    match (early, late) {
        (Some(early), Some(late)) => {
            let ends_there = inner.last().is_some_and(|change| change.left_it());
            if ends_there == last.left_it() || is_there() == ends_there {
                early
            } else {
                late
            }
        }
        (early, late) => early.or(late).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::Change::{self, *};
    use super::before;

    /// One order makes sense, so that nobody asks for the row.
    fn place(own: &[Change], inner: &[Change]) -> usize {
        before(own, inner, || panic!("{own:?} with {inner:?} is ambiguous"))
    }

    #[test]
    fn what_a_trigger_does_to_the_changed_row_comes_after() {
        assert_eq!(place(&[Changed], &[Changed]), 0);
        assert_eq!(place(&[Changed], &[Changed, Changed, Went]), 0);
        assert_eq!(place(&[Changed], &[Went, Came]), 0);
        assert_eq!(place(&[Came], &[Changed]), 0);
        assert_eq!(place(&[Changed, Changed], &[Changed]), 0);
    }

    #[test]
    fn a_row_changes_before_it_goes() {
        assert_eq!(place(&[Went], &[Changed]), 1);
        assert_eq!(place(&[Went], &[Changed, Changed]), 2);
        assert_eq!(place(&[Went], &[Changed, Came, Changed]), 1);
    }

    #[test]
    fn the_place_is_where_the_others_leave_a_gap() {
        assert_eq!(place(&[Came], &[Went, Went]), 1);
        assert_eq!(place(&[Came], &[Changed, Went, Changed, Went]), 2);
        assert_eq!(place(&[Came], &[Went, Came]), 0);
    }

    #[test]
    fn the_row_itself_decides_between_two_orders() {
        for (own, inner) in [
            (&[Came][..], &[Went][..]),
            (&[Came], &[Changed, Went]),
            (&[Came], &[Went, Came, Went]),
        ] {
            assert_eq!(before(own, inner, || false), 0);
            assert_eq!(before(own, inner, || true), inner.len());
        }
        assert_eq!(before(&[Went], &[Came], || true), 0);
        assert_eq!(before(&[Went], &[Came], || false), 1);
    }

    #[test]
    fn what_makes_no_sense_stays_as_it_came() {
        assert_eq!(place(&[], &[Went]), 0);
        assert_eq!(place(&[Came], &[Came]), 0);
        assert_eq!(place(&[Changed], &[]), 0);
    }
}
