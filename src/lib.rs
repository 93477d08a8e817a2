//! pg_eventlog: a validated, append-only business event log inside PostgreSQL.

mod pg;

pgrx::pg_module_magic!(name, version);
