//! The columns of a log, in one list: whatever makes, reads, writes or checks a log asks here. What is SQL asks
//! `eventlog._log_columns()`, which a test compares with this.

/// Type of a log's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ColumnType {
    Bigint,
    Int,
    Jsonb,
    Text,
    /// the log's own choice
    Tenant,
    Timestamptz,
    Uuid,
}

impl ColumnType {
    /// Its name in SQL; the tenant's is the log's own.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            ColumnType::Bigint => "bigint",
            ColumnType::Int => "integer",
            ColumnType::Jsonb => "jsonb",
            ColumnType::Text => "text",
            ColumnType::Tenant => return None,
            ColumnType::Timestamptz => "timestamp with time zone",
            ColumnType::Uuid => "uuid",
        })
    }
}

/// The columns, in the order in which `create_log` makes them.
pub const COLUMNS: [(&str, ColumnType); 20] = [
    ("xid", ColumnType::Bigint),
    ("seq", ColumnType::Bigint),
    ("occurred_at", ColumnType::Timestamptz),
    ("recorded_at", ColumnType::Timestamptz),
    ("id", ColumnType::Uuid),
    ("tenant_id", ColumnType::Tenant),
    ("origin", ColumnType::Int),
    ("version", ColumnType::Int),
    ("type", ColumnType::Text),
    ("entity_type", ColumnType::Text),
    ("entity_id", ColumnType::Text),
    ("actor_type", ColumnType::Text),
    ("actor_id", ColumnType::Text),
    ("source_type", ColumnType::Text),
    ("source_id", ColumnType::Text),
    ("correlation_id", ColumnType::Text),
    ("causation_id", ColumnType::Text),
    ("idempotency_key", ColumnType::Text),
    ("context", ColumnType::Jsonb),
    ("payload", ColumnType::Jsonb),
];

/// Type of a column of a log.
pub const fn type_of(name: &str) -> Option<ColumnType> {
    let mut at = 0;
    while at < COLUMNS.len() {
        if same(COLUMNS[at].0.as_bytes(), name.as_bytes()) {
            return Some(COLUMNS[at].1);
        }
        at += 1;
    }
    None
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_stands_once_and_is_found() {
        for (at, (name, kind)) in COLUMNS.into_iter().enumerate() {
            assert_eq!(type_of(name), Some(kind));
            assert!(COLUMNS[at + 1..].iter().all(|(other, _)| *other != name));
        }
        assert_eq!(type_of("log_id"), None);
    }
}
