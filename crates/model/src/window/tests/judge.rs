//! What readers must have been told, when all is over.

use super::readers::{INSIDE, Mistake, READERS, World};
use super::server::Event;
use super::steps::{Call, Step};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// Ends what runs, lets all readers read to the end, and asks what they have been told.
    pub fn judge(&mut self) -> Result<(), TestCaseError> {
        while let Some(at) = self.choose(0, |_| true) {
            self.server.commit(at, true);
        }
        for reader in 0..READERS {
            let call = Call {
                reader: reader as u8,
                rows: 3,
                within: None,
                logs: (false, false),
                ends: true,
                repeatable: false,
            };
            let mut calls = 0;
            while self.read(call) {
                calls += 1;
                // Each call of a reader inside is a transaction, so that something has always ended.
                if calls > self.server.events.len() * 2 + 10 {
                    break;
                }
            }
        }
        let inside = self.server.kept.iter().map(|kept| &kept.delivered);
        let outside = self
            .outside
            .iter()
            .flatten()
            .map(|(_, delivered)| delivered);
        for (reader, delivered) in inside.chain(outside).enumerate() {
            self.judge_one(reader, delivered)?;
        }
        Ok(())
    }

    fn judge_one(&self, reader: usize, told: &[(u64, bool)]) -> Result<(), TestCaseError> {
        let events: BTreeMap<u64, &Event> =
            self.server.events.values().map(|e| (e.id, e)).collect();
        let mut times: BTreeMap<u64, usize> = BTreeMap::new();
        let mut last: BTreeMap<u8, i64> = BTreeMap::new();
        for (id, _) in told.iter().filter(|(_, replayed)| !replayed) {
            let count = times.entry(*id).or_default();
            *count += 1;
            let Some(event) = events.get(id) else {
                // Committed and lost with a timeline; nobody inside can have it.
                prop_assert!(
                    reader >= INSIDE,
                    "reader {} was told of {}, which is not",
                    reader,
                    id
                );
                continue;
            };
            if let Some(entity) = event.entity.filter(|_| *count == 1) {
                let before = last.insert(entity, event.row.seq);
                prop_assert!(
                    before < Some(event.row.seq),
                    "reader {}: order of {}",
                    reader,
                    entity
                );
            }
        }
        for id in events.keys() {
            let count = times.get(id).copied().unwrap_or(0);
            let doubtful = reader >= INSIDE && self.doubtful.contains(id);
            let fits = count == 1 || (doubtful && count <= 2);
            prop_assert!(fits, "reader {} was told {} times of {}", reader, count, id);
        }
        if self.sought.contains(&reader) {
            let all: BTreeSet<u64> = told.iter().map(|(id, _)| *id).collect();
            prop_assert!(events.keys().all(|id| all.contains(id)));
        } else {
            prop_assert!(told.iter().all(|(_, replayed)| !replayed));
        }
        Ok(())
    }
}

/// All of it.
pub fn run(mistake: Mistake, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::new(mistake);
    for step in steps {
        world.take(*step);
    }
    world.judge()
}
