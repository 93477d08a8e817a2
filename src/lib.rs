//! pg_eventlog: a validated, append-only business event log inside PostgreSQL.
// One step for each file of `sql.rs`.
#![recursion_limit = "512"]

mod api;
mod append_only;
mod catalogue;
mod consumers;
mod context;
mod ddl;
mod envelope;
mod error;
mod event_view;
mod gate;
mod handlers;
mod history;
mod ingest;
mod log;
mod pg;
mod rules;
mod settings;
mod sql;
mod tenancy;
mod tracking;
mod upcast;
mod waking;
mod writing;

pgrx::pg_module_magic!(name, version);

/// Runs once in each process that loads the library.
#[allow(non_snake_case)]
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    settings::define();
    pg::inval::register();
    pg::xact::register();
    waking::preload();
}
