//! Which entities are held at the moment, and in which states they are.

use crate::log::target::Target;
use crate::pg::xact::{Nested, PerTransaction};
use rustc_hash::FxHashMap;

/// An entity by a rule of a log, as bytes: in the order of these, whoever holds several holds them.
pub type Key = Box<[u8]>;

/// The key of an entity by a rule.
pub fn key(
    target: &Target,
    rule: &str,
    tenant: &[u8],
    entity_type: &[u8],
    entity_id: &[u8],
) -> Key {
    let mut key = target.log_id.as_bytes().to_vec();
    for part in [entity_type, entity_id, tenant, rule.as_bytes()] {
        key.extend_from_slice(&(part.len() as u32).to_be_bytes());
        key.extend_from_slice(part);
    }
    key.into()
}

/// What each call that writes holds, the innermost last.
struct Held(Vec<FxHashMap<Key, Standing>>);

/// How an entity stands that is held.
#[derive(Clone)]
pub enum Standing {
    /// it is in this state
    In(String),
    /// it was moved to this state for an event that has not come by yet
    Ahead(String),
    /// it does not matter: what is written is undone
    InVain,
}

impl Standing {
    fn state(&mut self) -> Option<&mut String> {
        match self {
            Standing::In(state) | Standing::Ahead(state) => Some(state),
            Standing::InVain => None,
        }
    }
}

static HELD: PerTransaction<Held> = PerTransaction::new(Held(Vec::new()));

impl Nested for Held {
    fn undo(&mut self, _nest: i32) {
        // Whoever still needs one holds it anew.
        self.0.clear();
    }
}

/// States are held; what is known of them is forgotten when this goes. The rows stay locked until the transaction ends.
pub struct Hold(usize);

impl Hold {
    /// What has these states is held.
    pub fn of(states: FxHashMap<Key, Standing>) -> Hold {
        HELD.with(|held| {
            held.0.push(states);
            Hold(held.0.len() - 1)
        })
    }

    /// What is written while this holds is going to be undone: rules are not asked about its entities.
    pub fn in_vain(&self) {
        HELD.with(|held| {
            let states = held.0.get_mut(self.0);
            for standing in states.into_iter().flat_map(FxHashMap::values_mut) {
                *standing = Standing::InVain;
            }
        });
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            HELD.with(|held| held.0.truncate(self.0));
        }
    }
}

/// How an entity stands, if it is held.
pub fn standing(key: &[u8]) -> Option<Standing> {
    HELD.look(|held| {
        let found = held.0.iter().rev().find_map(|states| states.get(key));
        found.cloned()
    })
}

/// An entity has another state now, whoever holds it.
pub fn moved(key: &[u8], state: &str) {
    HELD.with(|held| {
        for states in &mut held.0 {
            if let Some(present) = states.get_mut(key).and_then(Standing::state) {
                state.clone_into(present);
            }
        }
    });
}

/// The event has come by for which an entity was moved ahead.
pub fn came_by(key: &[u8]) {
    HELD.with(|held| {
        for states in &mut held.0 {
            if let Some(standing) = states.get_mut(key)
                && let Some(state) = standing.state()
            {
                *standing = Standing::In(std::mem::take(state));
            }
        }
    });
}
