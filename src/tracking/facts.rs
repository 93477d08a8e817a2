//! What Postgres's own catalog says of a tracked table.

use crate::pg::spi::{self, Value};
use pgrx::pg_sys::Oid;

/// Names of a table's columns that hold values, in their order.
pub fn columns(oid: Oid) -> Vec<String> {
    let found = spi::run(
        "select a.attname::pg_catalog.text from pg_catalog.pg_attribute a \
         where a.attrelid operator(pg_catalog.=) $1 and a.attnum operator(pg_catalog.>) 0 \
            and not a.attisdropped and a.attgenerated operator(pg_catalog.<>) 'v' \
         order by a.attnum",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    found.into_iter().flatten().collect()
}

/// Whether a table has a primary key.
pub fn has_key(oid: Oid) -> bool {
    let found = spi::run(
        "select from pg_catalog.pg_index i \
         where i.indrelid operator(pg_catalog.=) $1 and i.indisprimary",
        &[Value::Oid(oid)],
        |_| (),
    );
    !found.is_empty()
}

/// Names of the columns of a table's primary key.
pub fn key_columns(oid: Oid) -> Vec<String> {
    let found = spi::run(
        "select a.attname::pg_catalog.text from pg_catalog.pg_index i \
         join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) i.indrelid \
            and a.attnum operator(pg_catalog.=) any (i.indkey) \
         where i.indrelid operator(pg_catalog.=) $1 and i.indisprimary",
        &[Value::Oid(oid)],
        |row| row.string(1),
    );
    found.into_iter().flatten().collect()
}
