//! What a reader has seen, and how it goes on.

use super::scan::Scan;
use super::{Mark, Marks, Snapshot};
use crate::origin::{Cluster, Own};

/// The present, as one call of a reader finds it.
#[derive(Clone, Debug)]
pub struct Now {
    /// whose transaction ids are its own
    pub own: Own,
    /// the snapshot of the very statement that reads the log, without the reader's own transaction
    /// ([`Snapshot::without`])
    pub snapshot: Snapshot,
    /// a fresh mark: the sequence's value read first, the next transaction id second
    pub mark: Mark,
}

/// Where a position has been since it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// in the database of its log: whatever happens to the log happens to it
    Inside,
    /// outside, with whoever asked for it: the log may have gone back without it
    Outside,
}

/// What a reader has seen of a log: all that `seen` sees, and of an unfinished window all up to `after`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub(super) kept: Kept,
    /// where `seen` was taken
    pub(super) home: Cluster,
    pub(super) seen: Snapshot,
    /// of the snapshot that the next window begins with: that of the unfinished one's end, if there is one
    pub(super) marks: Marks,
    pub(super) open: Option<Open>,
    /// events that came from other systems have been read up to this seq
    pub(super) floor: Option<i64>,
}

/// A window of which a part has been read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Open {
    pub(super) kind: Kind,
    /// where `until` was taken
    pub(super) home: Cluster,
    pub(super) until: Snapshot,
    /// up to here; none where it has not begun
    pub(super) after: Option<i64>,
}

/// What a window is read for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// what ended between two snapshots
    News,
    /// what was recorded at or after an instant, in microseconds, seen or not
    Replay {
        since: i64,
        /// of the window that was broken off for it, what had been read
        passed: Option<Passed>,
        /// what the floor is when it has been read
        floor: i64,
    },
    /// what came from another system and had not been seen there, up to the floor that is the next; and the news of
    /// this one
    Rebase { floor: i64 },
}

/// What had been read of a window that was broken off: all up to `after` that its end sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Passed {
    pub(super) home: Cluster,
    pub(super) until: Snapshot,
    pub(super) after: i64,
    /// up to this seq it had events of other systems too
    pub(super) others: Option<i64>,
}

/// Why a position cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// the snapshot is older than the position, as that of a transaction in REPEATABLE READ can be: 40001
    NotLater,
    /// a position from outside is one of another system: 55000
    OtherSystem,
    /// a position from outside is one of a later timeline, which the present one does not come from: 55000
    LaterTimeline,
    /// shards that are to become others have not all read up to one boundary
    NotMet,
}

impl Position {
    /// The position of a reader who wants what is news from now on. Marks of other readers of the log are as good as
    /// its own: without any, what is running now is read from the start of the log once it has ended.
    pub fn now(now: &Now, known: &Marks) -> Position {
        Position {
            kept: Kept::Inside,
            home: now.own.cluster(),
            seen: now.snapshot.clone(),
            marks: known.kept(Some(now.mark), &now.snapshot),
            open: None,
            // Whatever came from elsewhere is there already, and new events stand above it.
            floor: Some(now.mark.seq),
        }
    }

    /// The position of a reader who wants what has been recorded at or after an instant (microseconds in any epoch,
    /// the same as those of rows; the least number is the start), and then what is news. No such event stands at or
    /// below `after`: see [`first_seq`](super::first_seq).
    pub fn since(now: &Now, known: &Marks, since: i64, after: Option<i64>) -> Position {
        let mut position = Position::now(now, known);
        position.open = Some(Open {
            kind: Kind::Replay {
                since,
                passed: None,
                floor: now.mark.seq,
            },
            home: now.own.cluster(),
            until: now.snapshot.clone(),
            after,
        });
        // Nothing had been reached, so nothing is a replay.
        position.seen = Snapshot::nothing();
        position.floor = None;
        position
    }

    /// The same reader, sent to an instant. What is delivered from there to the present is told as `replayed` where
    /// this position had come past it. What is older than the instant and has not been read is passed over.
    pub fn seek(self, now: &Now, since: i64, after: Option<i64>) -> Result<Position, Refusal> {
        let ready = self.arrive(now)?;
        let mut sought = Position::since(now, &ready.marks, since, after);
        if let Some(Open {
            kind: Kind::Replay { passed, .. },
            ..
        }) = &mut sought.open
        {
            *passed = ready.open.and_then(Open::passed);
        }
        Ok(Position {
            kept: ready.kept,
            home: ready.home,
            seen: ready.seen,
            floor: ready.floor,
            ..sought
        })
    }

    /// Where it has been kept.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// The cluster in which what it has seen was seen.
    pub fn home(&self) -> Cluster {
        self.home
    }

    /// The transactions whose events it has read, but for those of an unfinished window.
    pub fn seen(&self) -> &Snapshot {
        &self.seen
    }

    /// The marks that it keeps, which are as good for any other reader of the log.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The end of the window that is being read, and the last seq read of it.
    pub fn unfinished(&self) -> Option<(&Snapshot, Option<i64>)> {
        self.open.as_ref().map(|open| (&open.until, open.after))
    }

    /// The same, where all of an unfinished window up to this seq counts as read.
    pub fn read_up_to(mut self, seq: i64) -> Position {
        if let Some(open) = &mut self.open {
            open.after = open.after.max(Some(seq));
        }
        self
    }

    /// The same, given to somebody outside. Its WAL must be on disk up to where the snapshot was taken before it
    /// leaves: after a crash, transaction ids that were on no disk are given out again, and a position that has seen
    /// the first transaction of that name would miss the second.
    pub fn leaves(mut self) -> Position {
        self.kept = Kept::Outside;
        self
    }

    /// The next window, or the rest of an unfinished one. It ends at the present, or at `boundary`, an earlier
    /// snapshot of this timeline at which several readers are to meet.
    pub fn scan(self, now: &Now, boundary: Option<&Snapshot>) -> Result<Scan, Refusal> {
        let mut ready = self.arrive(now)?;
        // A sequence that stands below a mark has been set back, and what it draws now lies below.
        let believed = ready.marks.top().is_none_or(|seq| seq <= now.mark.seq);
        if !believed {
            ready.marks = Marks::none();
        }
        let (open, late) = match ready.open.take() {
            Some(open) => (open, true),
            None => {
                let until = boundary.unwrap_or(&now.snapshot);
                let late = ready.marks.ended_late(&ready.seen, until);
                (ready.opened(now, until)?, late)
            }
        };
        Ok(Scan::new(ready, open, now, believed, late))
    }

    /// The window from here to a snapshot; the marks become those of its end.
    fn opened(&mut self, now: &Now, until: &Snapshot) -> Result<Open, Refusal> {
        let home = now.own.cluster();
        let same = self.home.system == home.system;
        if !now.snapshot.contains(until) || (same && !until.contains(&self.seen)) {
            return Err(Refusal::NotLater);
        }
        let (kind, after) = match same {
            true => (Kind::News, self.marks.start(&self.seen, until)),
            // Marks of the other cluster say nothing of what this one writes, so the log is read from its start.
            false => {
                let floor = now.mark.seq;
                self.floor = self.floor.filter(|seen| *seen <= floor);
                self.marks = Marks::none();
                (Kind::Rebase { floor }, None)
            }
        };
        self.marks = self.marks.kept(Some(now.mark), until);
        Ok(Open {
            kind,
            home,
            until: until.clone(),
            after,
        })
    }

    /// What it says in the present: a position from outside may have seen what has been undone since.
    fn arrive(mut self, now: &Now) -> Result<Position, Refusal> {
        let cluster = now.own.cluster();
        let latest = self.open.as_ref().map_or(self.home, |open| open.home);
        if self.kept == Kept::Outside {
            if latest.system != cluster.system || self.home.system != cluster.system {
                return Err(Refusal::OtherSystem);
            }
            if latest.timeline > cluster.timeline || self.home.timeline > cluster.timeline {
                return Err(Refusal::LaterTimeline);
            }
            if latest.timeline < cluster.timeline {
                // The end of the earlier timeline may be missing here. What ended there and has not ended here is to
                // be read when it does, and the sequence may have drawn again below a mark.
                self.marks = Marks::none();
                if let Some(open) = &mut self.open {
                    open.until = open.until.common(&now.snapshot);
                }
                self.seen = self.seen.common(&now.snapshot);
            }
        }
        if latest == cluster {
            let reached = self.open.as_ref().map_or(&self.seen, |open| &open.until);
            if !now.snapshot.contains(reached) {
                return Err(Refusal::NotLater);
            }
        }
        Ok(self)
    }

    /// Whether it has read all up to a boundary and nothing beyond.
    pub fn stands_at(&self, boundary: &Snapshot) -> bool {
        self.open.is_none() && self.seen == *boundary
    }

    /// One position for several that have read up to the same boundary, each its share: from it other shards begin.
    pub fn met(shards: &[Position]) -> Result<Position, Refusal> {
        let (first, rest) = shards.split_first().ok_or(Refusal::NotMet)?;
        let same = |other: &Position| other.home == first.home && other.stands_at(&first.seen);
        if first.open.is_some() || !rest.iter().all(same) {
            return Err(Refusal::NotMet);
        }
        let mut met = first.clone();
        for shard in rest {
            let marks = shard.marks.as_slice().iter().chain(met.marks.as_slice());
            met.marks = Marks::of(marks.copied());
            // What one has not read is to be read, though others deliver it again.
            met.floor = met.floor.min(shard.floor);
        }
        met.marks = met.marks.kept(None, &met.seen);
        Ok(met)
    }
}

impl Open {
    /// What had been read of the windows that end here, for one that is read in its place: what it breaks off, and
    /// what that one had broken off, whichever reaches further.
    fn passed(self) -> Option<Passed> {
        let (before, others) = match self.kind {
            Kind::News => (None, None),
            Kind::Replay { passed, floor, .. } => (passed, Some(floor)),
            Kind::Rebase { floor } => (None, Some(floor)),
        };
        let here = self.after.map(|after| Passed {
            home: self.home,
            until: self.until,
            after,
            others,
        });
        match (before, here) {
            (Some(before), Some(here)) if before.after > here.after => Some(before),
            (before, here) => here.or(before),
        }
    }
}
