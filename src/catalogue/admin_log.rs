//! Who administered what: `eventlog.admin_log`, itself append-only.

use crate::error::Error;
use crate::pg::spi::{self, Value};
use crate::pg::{relation, user};
use uuid::Uuid;

/// Records an act of administration in the transaction that does it.
pub fn record(action: &str, log_id: Option<Uuid>, object: &str, detail: &serde_json::Value) {
    let Some(table) = relation::lookup("eventlog", "admin_log") else {
        Error::internal("table \"eventlog.admin_log\" is missing").raise();
    };
    // Both names as they are before the owner of the catalogue takes over.
    let (role, session) = (user::current_role(), user::session_role());
    user::as_catalogue_owner(table, || {
        spi::exec(
            "insert into eventlog.admin_log (role, session_role, action, log_id, object, detail) \
             values ($1, $2, $3, $4::pg_catalog.uuid, $5, $6::pg_catalog.jsonb)",
            &[
                Value::text(role),
                Value::text(session),
                Value::text(action),
                Value::Text(log_id.map(|id| id.to_string())),
                Value::text(object),
                Value::text(detail.to_string()),
            ],
        );
    });
}
