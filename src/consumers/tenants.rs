//! `eventlog.readable_tenants`.

use crate::log::lookup;
use crate::pg::fcall::{Call, Ret};
use crate::pg::spi::{self, Value};
use crate::pg::user;

/// `eventlog.readable_tenants(log)`: as its caller.
pub fn readable_tenants(call: &Call<'_>) -> Ret {
    let target = lookup::of_reader(call.oid(0));
    let mut sink = call.rows();
    let tenants = user::with_pinned_path(|| {
        spi::run(
            "select t from eventlog._readable_tenants($1::pg_catalog.oid::pg_catalog.regclass) t",
            &[Value::Oid(target.oid)],
            |row| row.string(1),
        )
    });
    for tenant in tenants.into_iter().flatten() {
        sink.push(&[Some(call.memory().text(tenant).into())]);
    }
    Ret::Void
}
