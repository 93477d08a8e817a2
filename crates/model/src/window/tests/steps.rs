//! What can happen on the simulated server, by chance.

use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Begin,
    /// takes an id and writes nothing, as a transaction in another database
    Assign(u8),
    Write(u8, u8),
    BeginSub(u8),
    RollBackSub(u8),
    Prepare(u8),
    Commit(u8, bool),
    RollBack(u8),
    /// a reader reads the sequence, and has a statement that it may read by later
    Look(u8),
    Read(Call),
    Seek(u8),
    Crash(u8),
    Promote(u8),
    Restore(u8),
}

/// A call of a reader.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub reader: u8,
    pub rows: u8,
    /// it reads in a transaction that has begun before, if there is one
    pub within: Option<u8>,
    /// it logs an event before it reads, and after
    pub logs: (bool, bool),
    /// its transaction commits at once
    pub ends: bool,
    /// it reads by the snapshot that it looked at before
    pub repeatable: bool,
}

/// Steps with everything that can happen to a server, or on one that lives.
pub fn steps(disasters: bool) -> impl Strategy<Value = Vec<Step>> {
    let any8 = any::<u8>;
    let within = prop::option::weighted(0.3, any8());
    let flags = (any::<(bool, bool)>(), any::<(bool, bool)>());
    let call = (any8(), 1_u8..6, within, flags).prop_map(
        |(reader, rows, within, (logs, (ends, repeatable)))| {
            Step::Read(Call {
                reader,
                rows,
                within,
                logs,
                ends,
                repeatable: repeatable && rows < 3,
            })
        },
    );
    let ordinary = prop_oneof![
        12 => Just(Step::Begin),
        6 => any8().prop_map(Step::Assign),
        24 => (any8(), any8()).prop_map(|(t, e)| Step::Write(t, e)),
        3 => any8().prop_map(Step::BeginSub),
        3 => any8().prop_map(Step::RollBackSub),
        2 => any8().prop_map(Step::Prepare),
        14 => (any8(), any::<bool>()).prop_map(|(t, s)| Step::Commit(t, s)),
        4 => any8().prop_map(Step::RollBack),
        6 => any8().prop_map(Step::Look),
        24 => call,
        1 => any8().prop_map(Step::Seek),
    ];
    let disaster = prop_oneof![
        2 => any8().prop_map(Step::Crash),
        1 => any8().prop_map(Step::Promote),
        1 => any8().prop_map(Step::Restore),
    ];
    let step = (ordinary, disaster, 0..25).prop_map(move |(ordinary, disaster, chance)| {
        match disasters && chance == 0 {
            true => disaster,
            false => ordinary,
        }
    });
    prop::collection::vec(step, 1..160)
}
