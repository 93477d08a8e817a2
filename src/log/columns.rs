//! The columns of a log, where they stand in a table.

use crate::pg::relation::RelationRef;
use crate::pg::tuple::WrongColumn;
use crate::pg::types;
use model::column::{self, ColumnType};
use model::tenant::TenantType;
use pgrx::pg_sys::{self, Oid};

/// Columns that the gate looks at, in the order of [`Columns`], but for the tenant's.
const COLUMNS: [(&str, Oid); 18] = typed([
    "id",
    "seq",
    "xid",
    "origin",
    "recorded_at",
    "version",
    "type",
    "entity_type",
    "entity_id",
    "actor_type",
    "actor_id",
    "source_type",
    "source_id",
    "correlation_id",
    "causation_id",
    "idempotency_key",
    "context",
    "payload",
]);

/// Each with its type, as the one list of a log's columns has it: a name that is not in it does not compile.
const fn typed<const N: usize>(names: [&'static str; N]) -> [(&'static str, Oid); N] {
    let mut columns = [("", pg_sys::InvalidOid); N];
    let mut at = 0;
    while at < N {
        columns[at] = match column::type_of(names[at]) {
            Some(kind) => (names[at], type_oid(kind)),
            None => panic!("no log has such a column"),
        };
        at += 1;
    }
    columns
}

/// The type of a column that has the same one in all logs.
const fn type_oid(kind: ColumnType) -> Oid {
    match kind {
        ColumnType::Bigint => pg_sys::INT8OID,
        ColumnType::Int => pg_sys::INT4OID,
        ColumnType::Jsonb => pg_sys::JSONBOID,
        ColumnType::Text => pg_sys::TEXTOID,
        ColumnType::Timestamptz => pg_sys::TIMESTAMPTZOID,
        ColumnType::Uuid => pg_sys::UUIDOID,
        ColumnType::Tenant => panic!("the tenant's type is the log's own"),
    }
}

/// Positions of a log's columns in one table: a partition may have another order than its parent.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Columns {
    pub id: i16,
    pub seq: i16,
    pub xid: i16,
    pub origin: i16,
    pub recorded_at: i16,
    pub tenant_id: i16,
    pub version: i16,
    pub event_type: i16,
    pub entity_type: i16,
    pub entity_id: i16,
    pub actor_type: i16,
    pub actor_id: i16,
    pub source_type: i16,
    pub source_id: i16,
    pub correlation_id: i16,
    pub causation_id: i16,
    pub idempotency_key: i16,
    pub context: i16,
    pub payload: i16,
    /// 0 where there is none, which the gate does not mind
    pub occurred_at: i16,
    /// the last of those that the gate looks at
    pub last: i16,
}

impl Columns {
    /// Those that an event gives itself, in the order of [`crate::writing::draft::NAMES`].
    pub fn given(&self) -> [i16; 15] {
        [
            self.event_type,
            self.payload,
            self.tenant_id,
            self.entity_type,
            self.entity_id,
            self.actor_type,
            self.actor_id,
            self.occurred_at,
            self.context,
            self.correlation_id,
            self.causation_id,
            self.source_type,
            self.source_id,
            self.version,
            self.idempotency_key,
        ]
    }

    /// Finds them, each of its type, and the type of the tenant's.
    pub fn read(relation: RelationRef<'_>) -> Result<(Columns, TenantType), WrongColumn> {
        let c = relation.columns(&COLUMNS)?;
        let (tenant_id, tenant_type) = relation
            .column("tenant_id")
            .and_then(|(column, kind)| Some((column, types::tenants_of(kind)?)))
            .ok_or(WrongColumn("tenant_id"))?;
        let occurred_at = match relation.column("occurred_at") {
            Some((column, pg_sys::TIMESTAMPTZOID)) => column,
            _ => 0,
        };
        let columns = Columns {
            id: c[0],
            seq: c[1],
            xid: c[2],
            origin: c[3],
            recorded_at: c[4],
            tenant_id,
            version: c[5],
            event_type: c[6],
            entity_type: c[7],
            entity_id: c[8],
            actor_type: c[9],
            actor_id: c[10],
            source_type: c[11],
            source_id: c[12],
            correlation_id: c[13],
            causation_id: c[14],
            idempotency_key: c[15],
            context: c[16],
            payload: c[17],
            occurred_at,
            last: c.into_iter().max().unwrap_or(0).max(tenant_id),
        };
        Ok((columns, tenant_type))
    }
}
