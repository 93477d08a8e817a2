//! Consumers: nothing missing, nothing twice, in order, whatever commits late and whoever works at once.

mod chance;
mod clients;
mod clones;
mod crash;
mod failures;
mod leases;
mod midst;
mod positions;
mod restore;
mod running;
mod shards;
mod upgrades;
mod watching;
mod windows;

use pg_eventlog_tests::{Database, Session};

/// A database with a log in which anything may be logged, and sessions of its owner.
pub fn log<const N: usize>() -> (Database, [Session; N]) {
    log_in(Database::fresh())
}

/// The same in this database.
pub fn log_in<const N: usize>(database: Database) -> (Database, [Session; N]) {
    let sessions = std::array::from_fn(|_| database.session());
    let first: &Session = &sessions[0];
    first.run(
        "select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow')",
    );
    (database, sessions)
}

/// Logs an event that is told by its name, of an entity.
pub fn say(session: &Session, name: &str, entity: &str) {
    session.run(&format!(
        "select eventlog.log_event('said', jsonb_build_object('name', '{name}'), entity_type => 'e', entity_id => '{entity}')"
    ));
}

/// Receives, and tells the names in order.
pub fn receive(session: &Session, subscription: &str) -> String {
    session.value(&format!(
        "select coalesce(string_agg(payload ->> 'name', ' ' order by n), '') \
         from (select payload, row_number() over () as n from eventlog.receive('{subscription}', 1000)) r"
    ))
}

/// Receives and acks all of it in one statement's transaction.
pub fn drain(session: &Session, subscription: &str) -> String {
    let names = receive(session, subscription);
    if !names.is_empty() {
        ack(session, subscription);
    }
    names
}

/// The open receipt.
pub fn receipt(session: &Session, subscription: &str) -> String {
    session.value(&format!(
        "select h.receipt from eventlog.subscription_shard h join eventlog.subscription s using (subscription_id) \
         where s.name = '{subscription}' and h.is_open order by h.receipt desc limit 1"
    ))
}

/// Acks all of the open receipt.
pub fn ack(session: &Session, subscription: &str) {
    let receipt = receipt(session, subscription);
    session.run(&format!("select eventlog.ack('{subscription}', {receipt})"));
}

/// The id of the event of this name.
pub fn id(session: &Session, name: &str) -> String {
    session.value(&format!(
        "select id from public.events where payload ->> 'name' = '{name}'"
    ))
}

/// Nacks events by their names, with no time to wait.
pub fn nack(session: &Session, subscription: &str, names: &[&str]) {
    let ids: Vec<String> = names.iter().map(|name| id(session, name)).collect();
    let receipt = receipt(session, subscription);
    session.run(&format!(
        "select eventlog.nack('{subscription}', {receipt}, '{{{}}}', 'no', '0')",
        ids.join(",")
    ));
}

/// Lets the lease of what was handed out run out.
pub fn expire(session: &Session, subscription: &str) {
    session.run(&format!(
        "update eventlog.subscription_shard h set lease_until = clock_timestamp() - interval '1 second' \
         from eventlog.subscription s where s.name = '{subscription}' and s.subscription_id = h.subscription_id"
    ));
}
