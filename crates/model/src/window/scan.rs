//! One window as it is read: which rows of a log belong to it.

use super::position::{Kind, Now, Open, Passed};
use super::{Position, Snapshot};
use crate::origin::{Cluster, Own};

/// What a window asks of a row, from its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `origin`
    pub origin: i32,
    /// `xid`
    pub xid: i64,
    /// `seq`
    pub seq: i64,
    /// `recorded_at`, in microseconds
    pub recorded_at: i64,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// it is not in the window
    Pass,
    /// it is delivered, where pattern, filters and shard want it
    Deliver {
        /// whether the reader had come past it before
        replayed: bool,
    },
}

/// A window that is being read: rows with a seq above [`after`](Scan::after), in the order of seq, that are visible
/// to the statement whose snapshot the position was given.
///
/// Rows of one seq belong together: [`pause`](Scan::pause) comes after all of them. There is one for each number that
/// a sequence drew; others can only have been written by the log's owner.
#[derive(Clone, Debug)]
pub struct Scan {
    position: Position,
    open: Open,
    /// whose rows can be in a window that ended before the present
    present: Own,
    /// of the snapshot that was seen, and of the one that ends the window
    from: Own,
    until: Own,
    /// of the window that a replay broke off
    passed: Option<Own>,
    believed: bool,
    rows: u64,
    late: bool,
}

/// Rows that an idle reader may pass over again at each call rather than write its position.
const CHEAP_ROWS: u64 = 1_000;

impl Scan {
    pub(super) fn new(
        position: Position,
        open: Open,
        now: &Now,
        believed: bool,
        late: bool,
    ) -> Scan {
        let origins = |cluster: Cluster| match cluster == now.own.cluster() {
            true => now.own.clone(),
            false => Own::up_to(cluster),
        };
        Scan {
            present: now.own.clone(),
            from: origins(position.home),
            until: origins(open.home),
            passed: match &open.kind {
                Kind::Replay {
                    passed: Some(passed),
                    ..
                } => Some(origins(passed.home)),
                _ => None,
            },
            position,
            open,
            believed,
            late,
            rows: 0,
        }
    }

    /// Only rows above this seq are to be read; from the start where there is none.
    pub fn after(&self) -> Option<i64> {
        self.open.after
    }

    /// Whether no row can be in it: nothing ended since.
    pub fn is_empty(&self) -> bool {
        matches!(self.open.kind, Kind::News)
            && self.open.home == self.position.home
            && self.open.until == self.position.seen
    }

    /// Whether the marks were as good as they should be. They are not where the sequence stands below one of them: it
    /// has been set back, and the log is read from the start.
    pub fn believes_marks(&self) -> bool {
        self.believed
    }

    /// The snapshot that ends it.
    pub fn until(&self) -> &Snapshot {
        &self.open.until
    }

    /// Takes the next row.
    pub fn read(&mut self, row: &Row) -> Verdict {
        self.rows += 1;
        self.open.after = self.open.after.max(Some(row.seq));
        if !self.has(row) {
            return Verdict::Pass;
        }
        let seen = self.has_seen(row);
        let replayed = match &self.open.kind {
            Kind::Replay { since, .. } if row.recorded_at < *since => return Verdict::Pass,
            Kind::Replay { passed, .. } => {
                seen || passed
                    .as_ref()
                    .is_some_and(|passed| self.has_passed(passed, row))
            }
            Kind::News | Kind::Rebase { .. } if seen => return Verdict::Pass,
            Kind::News | Kind::Rebase { .. } => false,
        };
        Verdict::Deliver { replayed }
    }

    /// Whether the reader had come past it in a window that was broken off.
    fn has_passed(&self, passed: &Passed, row: &Row) -> bool {
        let is_of = |own: &Own| own.timeline_of(row.origin).is_some();
        let had = match self.passed.as_ref().is_some_and(is_of) {
            true => sees(&passed.until, row),
            // What others wrote after it had begun was left to a later window.
            false => passed.others.is_some_and(|floor| row.seq <= floor),
        };
        had && row.seq <= passed.after
    }

    /// Whether the row was there when the window's end was taken.
    fn has(&self, row: &Row) -> bool {
        if self.until.timeline_of(row.origin).is_some() {
            return sees(&self.open.until, row);
        }
        // Of another system, or later. What the present one wrote after a window came here is left to the window that
        // follows, and so is what others wrote on the way.
        let left = self.present.timeline_of(row.origin).is_some();
        let came = self.open.home.system != self.present.cluster().system;
        match self.open.kind {
            // History: it is read by those who read history, and once by a reader that came with it.
            Kind::News => false,
            Kind::Replay { floor, .. } => !left && (!came || row.seq <= floor),
            Kind::Rebase { floor } => !left && row.seq <= floor,
        }
    }

    /// Whether the reader had seen it before the window began.
    fn has_seen(&self, row: &Row) -> bool {
        if self.from.timeline_of(row.origin).is_some() {
            return sees(&self.position.seen, row);
        }
        // Transaction ids of a later timeline may be those of an earlier one, given out again.
        let later = self.until.timeline_of(row.origin).is_some();
        !later && self.position.floor.is_some_and(|floor| row.seq <= floor)
    }

    /// Whether the position is worth writing although nothing was handed out: many rows were passed over, or a
    /// transaction that had its own lower mark ended, from which the next window would begin again. Otherwise an idle
    /// reader writes nothing and comes again from where it stood.
    pub fn is_worth_keeping(&self) -> bool {
        self.rows > CHEAP_ROWS || self.late
    }

    /// Counts all rows up to this seq as taken: the reader knows that there are no others that it can have.
    pub fn pass(&mut self, seq: i64) {
        self.open.after = self.open.after.max(Some(seq));
    }

    /// The position of a reader who stops behind the last row that it took, while the window is read on.
    pub fn here(&self) -> Position {
        let mut position = self.position.clone();
        position.open = Some(self.open.clone());
        position
    }

    /// The position of a reader who has read up to the last row that it took.
    pub fn pause(self) -> Position {
        let mut position = self.position;
        position.open = Some(self.open);
        position
    }

    /// The position of a reader who has read all rows of the window.
    pub fn finish(self) -> Position {
        let mut position = self.position;
        position.floor = match self.open.kind {
            Kind::News => position.floor,
            Kind::Replay { floor, .. } | Kind::Rebase { floor } => Some(floor),
        };
        position.home = self.open.home;
        position.seen = self.open.until;
        position
    }
}

/// Whether a snapshot sees the transaction of a row; a number below 0 is none.
fn sees(snapshot: &Snapshot, row: &Row) -> bool {
    u64::try_from(row.xid).is_ok_and(|xid| snapshot.sees(xid))
}
