//! `create_type_view`: the events of one type, their payloads as columns.

use crate::catalogue::act;
use crate::log::{lookup, new_name};
use crate::pg::fcall::{Call, Ret, required};
use crate::pg::relation;
use crate::pg::spi::{self, Value};

/// `eventlog.create_type_view(name, type, version, log)`.
pub fn create_type_view(call: &Call<'_>) -> Ret {
    let name = required(call.string(0), "name of the view");
    let event_type = required(call.string(1), "event type");
    let (log, _) = lookup::rules_of_call(call.oid(3));
    relation::require_access(log, relation::Access::Any);
    let (schema, name) = new_name(&name);
    let made = act::during(|| {
        spi::run(
            "select eventlog._build_type_view($1, $2, $3, $4, $5::pg_catalog.oid::pg_catalog.regclass)",
            &[
                Value::Text(schema),
                Value::text(name),
                Value::text(event_type),
                Value::Int(call.int(2)),
                Value::Oid(log),
            ],
            |row| row.oid(1),
        )
    });
    call.value(spi::relation(made))
}
