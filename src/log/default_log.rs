//! The default log: which one a call means that names none.

use crate::catalogue::cache;
use crate::error::Error;
use crate::pg::{relation, user};
use crate::settings;
use model::name;
use pgrx::pg_sys::Oid;

/// The log of calls that name none.
pub fn default_log() -> Oid {
    if let Some(oid) = chosen_log() {
        return oid;
    }
    let Some(oid) = cache::default_log() else {
        Error::not_set_up(
            "this database has no default log",
            "Create a log with eventlog.create_log(), choose one with \
             eventlog.set_default_log(), or pass log.",
        )
        .raise()
    };
    oid
}

/// The log that the session's setting names.
fn chosen_log() -> Option<Oid> {
    let setting = settings::DEFAULT_LOG.get()?;
    let text = setting.to_string_lossy();
    let oid = match name::parse(&text) {
        Ok((Some(schema), name)) => relation::lookup(&schema, &name).unwrap_or_else(|| {
            Error::not_set_up(
                format!("setting \"eventlog.default_log\" names \"{text}\", which does not exist"),
                "Set it to an existing log, or reset it.",
            )
            .raise()
        }),
        _ => Error::argument_hint(
            format!("setting \"eventlog.default_log\" must be schema-qualified, not \"{text}\""),
            "Write it as schema.name.",
        )
        .raise(),
    };
    // Whoever calls a security definer function must not choose into which table, and past which
    // triggers, it writes as somebody else.
    (!user::in_definer_context() || relation::is_owned_by_current(oid)).then_some(oid)
}
