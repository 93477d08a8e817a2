//! A snapshot as a value: which transactions had ended when it was taken.

use std::fmt::{self, Write};
use std::str::FromStr;

/// Running transactions that a snapshot may have to be kept: more than a server has connections.
pub const MAX_RUNNING: usize = 10_000;

/// The set of transactions that had ended at some moment: Postgres's `pg_snapshot`.
///
/// All below `xmax` had ended but for those that were running, and none from `xmax` on. It is kept in one form only
/// (`xmax` follows an ended transaction, `xmin` is the first that had not ended), so that two which see the same are
/// equal whatever they were read from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Snapshot {
    xmax: u64,
    /// rising, each below `xmax`
    running: Vec<u64>,
}

/// Why a text or a row of numbers is no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSnapshot {
    /// not three parts with colons between them, or something that is no number
    Form,
    /// numbers that are no transactions, that do not rise, or that lie outside xmin and xmax
    Order,
    /// more than [`MAX_RUNNING`]
    TooMany,
}

/// Whether a transaction can have this id: of each epoch, 0 is none.
fn is_valid(xid: u64) -> bool {
    xid as u32 != 0
}

/// The id that is given out before this one: 0, 1 and 2 of each epoch are not.
fn previous(xid: u64) -> u64 {
    match xid as u32 {
        3 if xid > 3 => xid - 4,
        _ => xid - 1,
    }
}

impl Snapshot {
    /// From the running transactions below `xmax`, rising and each once.
    pub fn new(xmax: u64, running: Vec<u64>) -> Result<Snapshot, BadSnapshot> {
        if running.len() > MAX_RUNNING {
            return Err(BadSnapshot::TooMany);
        }
        let rises = running.is_sorted_by(|a, b| a < b);
        let below = running.last().is_none_or(|last| *last < xmax);
        if !is_valid(xmax) || !rises || !below || !running.iter().all(|x| is_valid(*x)) {
            return Err(BadSnapshot::Order);
        }
        Ok(Snapshot::canonical(xmax, running))
    }

    /// The one in which no transaction had ended.
    pub const fn nothing() -> Snapshot {
        Snapshot {
            xmax: 3,
            running: Vec::new(),
        }
    }

    fn canonical(mut xmax: u64, mut running: Vec<u64>) -> Snapshot {
        while let Some(last) = running.pop_if(|last| *last == previous(xmax)) {
            xmax = last;
        }
        Snapshot { xmax, running }
    }

    /// The first transaction that had not ended.
    pub fn xmin(&self) -> u64 {
        self.running.first().copied().unwrap_or(self.xmax)
    }

    /// From here on none had ended.
    pub fn xmax(&self) -> u64 {
        self.xmax
    }

    /// Those below `xmax` that had not ended, rising.
    pub fn running(&self) -> &[u64] {
        &self.running
    }

    /// Whether a transaction had ended, by whatever end.
    pub fn sees(&self, xid: u64) -> bool {
        xid < self.xmax && self.running.binary_search(&xid).is_err()
    }

    /// The same without one transaction: the one that takes the snapshot, which `pg_current_snapshot()` never lists
    /// although it has not ended. A boundary without this counts what that transaction logs later as read.
    pub fn without(mut self, own: Option<u64>) -> Snapshot {
        match own.filter(|own| *own < self.xmax) {
            Some(own) => {
                if let Err(at) = self.running.binary_search(&own) {
                    self.running.insert(at, own);
                }
                Snapshot::canonical(self.xmax, self.running)
            }
            None => self,
        }
    }

    /// Whether everything that had ended in the other had ended in this one too: it is later, or the same.
    pub fn contains(&self, older: &Snapshot) -> bool {
        // Of an older one that reaches further, the last below its xmax had ended there and has not here.
        older.xmax <= self.xmax && self.running.iter().all(|x| !older.sees(*x))
    }

    /// What had ended in both.
    pub fn common(&self, other: &Snapshot) -> Snapshot {
        let xmax = self.xmax.min(other.xmax);
        let mut running: Vec<u64> = self.running.iter().chain(&other.running).copied().collect();
        running.retain(|x| *x < xmax);
        running.sort_unstable();
        running.dedup();
        Snapshot::canonical(xmax, running)
    }
}

/// Postgres's text, `xmin:xmax:running,running`: what `pg_snapshot` takes and gives.
impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.xmin(), self.xmax)?;
        for (at, xid) in self.running.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            write!(f, "{xid}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads what Postgres writes, and what it reads: an id that stands twice counts once.
impl FromStr for Snapshot {
    type Err = BadSnapshot;

    fn from_str(text: &str) -> Result<Snapshot, BadSnapshot> {
        let number = |text: &str| -> Result<u64, BadSnapshot> {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let number = digits.then(|| text.parse().ok()).flatten();
            number.ok_or(BadSnapshot::Form)
        };
        let mut parts = text.splitn(3, ':');
        let mut part = || parts.next().ok_or(BadSnapshot::Form);
        let (xmin, xmax, list) = (number(part()?)?, number(part()?)?, part()?);
        if !is_valid(xmin) || xmin > xmax {
            return Err(BadSnapshot::Order);
        }
        let mut running: Vec<u64> = Vec::new();
        for xid in list.split(',').filter(|_| !list.is_empty()) {
            let xid = number(xid)?;
            if running.last() == Some(&xid) {
                continue;
            }
            if xid < xmin {
                return Err(BadSnapshot::Order);
            }
            if running.len() == MAX_RUNNING {
                return Err(BadSnapshot::TooMany);
            }
            running.push(xid);
        }
        Snapshot::new(xmax, running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn snapshot(text: &str) -> Snapshot {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e:?}"))
    }

    #[test]
    fn it_is_read_and_written_as_postgres_does() {
        for text in ["3:3:", "10:20:10,14,15", "10:20:10", "795:799:795,797"] {
            assert_eq!(snapshot(text).to_string(), text);
        }
        // The same sets, written otherwise: xmin below what runs, what runs up to xmax, one twice.
        assert_eq!(snapshot("5:20:10,10,18,19").to_string(), "10:18:10");
        assert_eq!(snapshot("10:12:10,11"), snapshot("10:10:"));
        for (text, why) in [
            ("", BadSnapshot::Form),
            ("10:20", BadSnapshot::Form),
            ("10:20:x", BadSnapshot::Form),
            ("10:20:11,", BadSnapshot::Form),
            ("10:20:,11", BadSnapshot::Form),
            ("+10:20:", BadSnapshot::Form),
            (" 10:20:", BadSnapshot::Form),
            ("10:20:11:12", BadSnapshot::Form),
            ("10:99999999999999999999:", BadSnapshot::Form),
            ("0:20:", BadSnapshot::Order),
            ("20:10:", BadSnapshot::Order),
            ("10:20:9", BadSnapshot::Order),
            ("10:20:20", BadSnapshot::Order),
            ("10:20:12,11", BadSnapshot::Order),
            ("10:4294967296:", BadSnapshot::Order),
        ] {
            assert_eq!(text.parse::<Snapshot>(), Err(why), "{text}");
        }
        let many: Vec<String> = (10..=10_010).map(|n| n.to_string()).collect();
        let text = format!("10:99999:{}", many.join(","));
        assert_eq!(text.parse::<Snapshot>(), Err(BadSnapshot::TooMany));
    }

    #[test]
    fn ids_that_no_transaction_gets_lie_between_two_epochs() {
        // 2^32 - 1, and then 2^32 + 3.
        let running = snapshot("4294967295:4294967299:4294967295");
        assert_eq!(running.xmax(), 4_294_967_295);
        assert!(running.contains(&snapshot("4294967295:4294967295:")));
    }

    #[test]
    fn its_own_transaction_is_running() {
        let taken = snapshot("10:20:10,14");
        for own in [12, 16, 19] {
            assert!(taken.sees(own));
            assert!(!taken.clone().without(Some(own)).sees(own));
        }
        for own in [None, Some(14), Some(20), Some(25)] {
            assert_eq!(taken.clone().without(own), taken);
        }
    }

    const LIMIT: u64 = 24;

    fn any() -> impl Strategy<Value = Snapshot> {
        (3..LIMIT, prop::collection::btree_set(3..LIMIT, 0..9)).prop_map(|(xmax, running)| {
            let running = running.into_iter().filter(|x| *x < xmax).collect();
            Snapshot::new(xmax, running).unwrap()
        })
    }

    fn seen(snapshot: &Snapshot) -> BTreeSet<u64> {
        (3..LIMIT + 5).filter(|x| snapshot.sees(*x)).collect()
    }

    proptest! {
        /// Seen failing with `contains` that forgets xmax, with `common` that keeps one list only, with a canonical
        /// form that stops after one step.
        #[test]
        fn it_is_the_set_of_what_it_sees(a in any(), b in any(), own in 3..LIMIT) {
            let (of_a, of_b) = (seen(&a), seen(&b));
            prop_assert_eq!(a == b, of_a == of_b);
            prop_assert_eq!(a.contains(&b), of_a.is_superset(&of_b));
            prop_assert_eq!(seen(&a.common(&b)), &of_a & &of_b);
            prop_assert_eq!(&a.common(&b), &b.common(&a));
            let without = seen(&a.clone().without(Some(own)));
            prop_assert_eq!(without, &of_a - &BTreeSet::from([own]));
            prop_assert_eq!(snapshot(&a.to_string()), a);
        }
    }
}
