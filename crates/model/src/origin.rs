//! Where transaction ids come from: what a stored xid means, and what it no longer means.
//!
//! A transaction id says something in the cluster that gave it out. Each event keeps, as `origin`, a fingerprint of
//! that cluster's system identifier and timeline. All timelines of one system identifier share one space of ids, as
//! far as their histories do: a promoted standby and a server restored to a point in time go on where the history
//! that they have ends, and give out again what was given out after it.

use std::collections::BTreeMap;

/// A cluster, and which of its histories it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cluster {
    /// Postgres's system identifier: another one after `initdb`, and so after a restore from a dump and `pg_upgrade`
    pub system: u64,
    /// its timeline: another one after a promotion and after a restore to a point in time
    pub timeline: u32,
}

impl Cluster {
    /// What stands in the column `origin` of events that this cluster writes: 31 bits of FNV-1a over both numbers.
    /// Never negative, and the same everywhere. Two clusters may share one by chance: one in two thousand million.
    pub fn origin(self) -> i32 {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let bytes = self.system.to_be_bytes().into_iter();
        for byte in bytes.chain(self.timeline.to_be_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        ((hash ^ (hash >> 32)) & 0x7fff_ffff) as i32
    }
}

/// The origins of a cluster's own transaction ids: this system identifier with any timeline up to the present one.
///
/// They are computed, not stored. Timelines that are no ancestors of the present one are among them and do no harm,
/// as no event of theirs is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    cluster: Cluster,
    timelines: BTreeMap<i32, u32>,
}

/// So many timelines are told apart; before them lie ends of histories that nobody reads any more.
const TIMELINES: u32 = 10_000;

impl Own {
    /// Those of a cluster.
    pub fn up_to(cluster: Cluster) -> Own {
        let system = cluster.system;
        let first = cluster.timeline.saturating_sub(TIMELINES).max(1);
        // Of two that share an origin the later one counts, which makes an event unseen rather than seen.
        let timelines = (first..=cluster.timeline)
            .map(|timeline| (Cluster { system, timeline }.origin(), timeline))
            .collect();
        Own { cluster, timelines }
    }

    /// The cluster whose they are.
    pub fn cluster(&self) -> Cluster {
        self.cluster
    }

    /// The timeline in which this cluster gave out the transaction id of an event; none where another cluster did.
    pub fn timeline_of(&self, origin: i32) -> Option<u32> {
        self.timelines.get(&origin).copied()
    }

    /// The origins, each with its timeline.
    pub fn iter(&self) -> impl Iterator<Item = (i32, u32)> {
        self.timelines
            .iter()
            .map(|(origin, timeline)| (*origin, *timeline))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_differ_by_system_and_by_timeline() {
        let origin = |system, timeline| Cluster { system, timeline }.origin();
        let a = origin(7_000_000_000_000_000_001, 1);
        // Stored in logs: it must stay.
        assert_eq!(a, 165_342_178);
        assert_ne!(a, origin(7_000_000_000_000_000_001, 2));
        assert_ne!(a, origin(7_000_000_000_000_000_002, 1));
    }

    #[test]
    fn own_are_all_timelines_up_to_the_present_one() {
        let at = |timeline| Cluster {
            system: 7,
            timeline,
        };
        let own = Own::up_to(at(3));
        for timeline in 1..=3 {
            assert_eq!(own.timeline_of(at(timeline).origin()), Some(timeline));
        }
        assert_eq!(own.timeline_of(at(4).origin()), None);
        let other = Cluster {
            system: 8,
            timeline: 1,
        };
        assert_eq!(own.timeline_of(other.origin()), None);
        // Of a forged one too.
        assert!(Own::up_to(at(u32::MAX)).iter().count() <= 10_001);
    }
}
