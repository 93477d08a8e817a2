//! Marks: from where in a log the events of a transaction can stand at all.
//!
//! A mark is a fact about a log, whoever took it: *every transaction from `xid` on has only events above `seq`*. It
//! holds if the sequence's value is read first and the next transaction id second, because a writer takes its
//! transaction id first and draws second: one whose id is not given out yet will draw after the mark, and the
//! sequence only rises. Read the other way round, a transaction can begin and draw between the two readings, and its
//! events lie below the mark. Nor may `xid` be the xmax of a snapshot: a transaction above it may be running and have
//! drawn long ago.

use super::Snapshot;

/// Every transaction from `xid` on has only events above `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// the transaction id that was to be given out next, read second
    pub xid: u64,
    /// the value of the sequence, read first; below its start where nothing has been drawn
    pub seq: i64,
}

/// Marks of one log that say something beyond each other: both numbers rise from one to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(Vec<Mark>);

/// So many are kept with a position. What is left out costs a longer scan, and no event.
pub const MAX_MARKS: usize = 32;

impl Marks {
    /// None: everything is read from the start.
    pub const fn none() -> Marks {
        Marks(Vec::new())
    }

    /// Those of any number of marks that say something beyond the others.
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Marks {
        let mut marks: Vec<Mark> = marks.into_iter().collect();
        // Of equal ids the one with the greatest seq comes first, and those behind it say less.
        marks.sort_unstable_by_key(|m| (m.xid, std::cmp::Reverse(m.seq)));
        let mut best: Vec<Mark> = Vec::with_capacity(marks.len());
        for mark in marks {
            if best.last().is_none_or(|last| mark.seq > last.seq) {
                best.push(mark);
            }
        }
        Marks(best)
    }

    /// In their order.
    pub fn as_slice(&self) -> &[Mark] {
        &self.0
    }

    /// The best that is known of a transaction: it has only events above this.
    pub fn below(&self, xid: u64) -> Option<i64> {
        let behind = self.0.partition_point(|m| m.xid <= xid);
        Some(self.0.get(behind.checked_sub(1)?)?.seq)
    }

    /// The greatest seq that any of them names.
    pub fn top(&self) -> Option<i64> {
        self.0.last().map(|m| m.seq)
    }

    /// What a position needs of these and a fresh one: for each transaction that its snapshot does not see, the
    /// newest at or below it.
    ///
    /// And the lowest one above xmax. A fresh mark nearly always lies above the xmax of its time, because
    /// transactions that began last have not ended; it serves only when xmax has reached it. So it is kept until
    /// then, and not changed for a newer one, which xmax would have to reach in turn: with it the marks of a busy log
    /// follow at a distance of two transactions, and without it they would never move.
    pub fn kept(&self, fresh: Option<Mark>, position: &Snapshot) -> Marks {
        let all = Marks::of(self.0.iter().copied().chain(fresh));
        let unseen = position.running().iter().copied();
        let needed = |xid: u64| all.0.partition_point(|m| m.xid <= xid).checked_sub(1);
        let mut kept: Vec<usize> = unseen.chain([position.xmax()]).filter_map(needed).collect();
        kept.dedup();
        let waiting = all.0.partition_point(|m| m.xid <= position.xmax());
        kept.extend((waiting < all.0.len()).then_some(waiting));
        let marks = kept.into_iter().filter_map(|at| all.0.get(at)).copied();
        Marks(marks.collect()).thinned()
    }

    /// No more than are kept: where two lie closest, the upper one goes, and its transactions fall to the lower one.
    /// The last three stay, which serve whatever ends next.
    fn thinned(mut self) -> Marks {
        while self.0.len() > MAX_MARKS {
            let gap = |pair: &[Mark]| match pair {
                [low, high] => high.seq.abs_diff(low.seq),
                _ => u64::MAX,
            };
            let gaps = self.0.windows(2).take(self.0.len() - 4).enumerate();
            let Some((at, _)) = gaps.min_by_key(|(_, pair)| gap(pair)) else {
                break;
            };
            self.0.remove(at + 1);
        }
        self
    }

    /// Above which seq all events lie that ended between two snapshots: the lowest of the marks of those
    /// transactions. `None` is from the start.
    pub fn start(&self, from: &Snapshot, to: &Snapshot) -> Option<i64> {
        let ended = from.running().iter().copied().filter(|x| to.sees(*x));
        // Whatever began from xmax on has its own marks or lower ones.
        ended
            .chain([from.xmax()])
            .map(|xid| self.below(xid))
            .min()
            .flatten()
    }

    /// Whether a transaction ended between two snapshots that began long before the others: one with a mark of its
    /// own below that of xmax. As long as the position does not move on, each window is read from there.
    pub fn ended_late(&self, from: &Snapshot, to: &Snapshot) -> bool {
        self.start(from, to) < self.below(from.xmax())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(xid: u64, seq: i64) -> Mark {
        Mark { xid, seq }
    }

    fn snapshot(text: &str) -> Snapshot {
        text.parse().unwrap()
    }

    #[test]
    fn of_two_that_say_the_same_the_better_stays() {
        // Two readers at once: the second read its seq later and its xid earlier.
        let marks = Marks::of([
            mark(12, 5),
            mark(10, 6),
            mark(10, 2),
            mark(20, 6),
            mark(21, 9),
        ]);
        assert_eq!(marks.as_slice(), [mark(10, 6), mark(21, 9)]);
        assert_eq!(marks.below(9), None);
        assert_eq!(marks.below(10), Some(6));
        assert_eq!(marks.below(20), Some(6));
        assert_eq!(marks.below(u64::MAX), Some(9));
    }

    #[test]
    fn a_position_keeps_a_mark_for_each_transaction_that_runs() {
        let all = Marks::of((0..9).map(|n| mark(10 * n + 3, 100 * n as i64)));
        let kept = all.kept(None, &snapshot("25:62:25,26,41"));
        // For 25 and 26, for 41, for xmax, and the one that waits for xmax to pass.
        let expected = [mark(23, 200), mark(33, 300), mark(53, 500), mark(63, 600)];
        assert_eq!(kept.as_slice(), expected);
        let begun = snapshot("25:62:25,26,41");
        assert_eq!(kept.start(&begun, &snapshot("25:70:25,26,41")), Some(500));
        assert_eq!(kept.start(&begun, &snapshot("25:70:25,26")), Some(300));
        assert_eq!(kept.start(&begun, &snapshot("26:70:26,41")), Some(200));
        assert!(!kept.ended_late(&begun, &snapshot("25:70:25,26,41")));
        assert!(kept.ended_late(&begun, &snapshot("25:70:25,41")));
        assert_eq!(Marks::none().start(&begun, &begun), None);
        // One that began before all marks makes it the start.
        let early = snapshot("2:62:2");
        assert_eq!(kept.start(&early, &snapshot("62:62:")), None);
    }

    #[test]
    fn what_is_left_out_leads_to_lower_marks() {
        let all = Marks::of((0..200).map(|n| mark(n + 3, (n * n) as i64)));
        let running = (3..203).collect();
        let position = Snapshot::new(300, running).unwrap();
        let kept = all.kept(Some(mark(400, 1_000_000)), &position);
        assert_eq!(kept.as_slice().len(), MAX_MARKS);
        assert_eq!(kept.as_slice().first(), Some(&mark(3, 0)));
        assert_eq!(kept.as_slice().last(), Some(&mark(400, 1_000_000)));
        for xid in 3..300 {
            assert!(
                kept.below(xid)
                    .is_some_and(|seq| Some(seq) <= all.below(xid))
            );
        }
        assert_eq!(kept.below(300), all.below(300));
    }

    /// Three transactions at any time, each read twice as long as the reader waits: without the mark that waits, or
    /// with the newest in its place, the start never moves. (Both tried.)
    #[test]
    fn marks_follow_a_log_on_which_something_always_runs() {
        let mut marks = Marks::none();
        let mut position = snapshot("3:3:");
        for now in 3..300_u64 {
            // `now` begins, `now - 8` ends; each draws one seq at its end.
            let fresh = mark(now + 1, now as i64 - 8);
            let boundary = Snapshot::new(now.saturating_sub(7).max(3), vec![]).unwrap();
            let start = marks.start(&position, &boundary);
            if now > 40 {
                assert!(
                    start.is_some_and(|s| s > now as i64 - 40),
                    "{now}: {start:?}"
                );
            }
            marks = marks.kept(Some(fresh), &boundary);
            position = boundary;
        }
    }
}
