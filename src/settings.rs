//! The extension's settings.

use crate::pg::settings::TextSetting;

/// Log of calls that name none; schema-qualified. Anyone may set it for a session or role.
pub static DEFAULT_LOG: TextSetting = TextSetting::new();

/// The context of a transaction, written by `eventlog.set_context` alone.
pub static TENANT_ID: TextSetting = TextSetting::new();
/// Kind of actor.
pub static ACTOR_TYPE: TextSetting = TextSetting::new();
/// The actor.
pub static ACTOR_ID: TextSetting = TextSetting::new();
/// The conversation that events belong to.
pub static CORRELATION_ID: TextSetting = TextSetting::new();
/// The event that caused what follows.
pub static CAUSATION_ID: TextSetting = TextSetting::new();
/// Why it is done.
pub static REASON: TextSetting = TextSetting::new();

/// Registers all settings; called once, when the library is loaded.
pub fn define() {
    DEFAULT_LOG.define_for_all(
        c"eventlog.default_log",
        c"Log of calls that name none, schema-qualified; empty means the database's default log.",
    );
    for (setting, name, about) in [
        (
            &TENANT_ID,
            c"eventlog.tenant_id",
            c"Tenant of the transaction.",
        ),
        (
            &ACTOR_TYPE,
            c"eventlog.actor_type",
            c"Kind of actor of the transaction.",
        ),
        (
            &ACTOR_ID,
            c"eventlog.actor_id",
            c"Actor of the transaction.",
        ),
        (
            &CORRELATION_ID,
            c"eventlog.correlation_id",
            c"Conversation of the transaction.",
        ),
        (
            &CAUSATION_ID,
            c"eventlog.causation_id",
            c"Event that caused the transaction.",
        ),
        (
            &REASON,
            c"eventlog.reason",
            c"Why the transaction does what it does.",
        ),
    ] {
        setting.define_for_superuser(name, about);
    }
    TextSetting::reserve_prefix(c"eventlog");
}
