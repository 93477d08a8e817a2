//! Types: what they are made of, and what a column's was before a statement changed it.

use model::tenant::TenantType;
use pgrx::pg_sys::{self, Oid};
use std::ffi::CString;

/// The type of the column that holds such tenants in a log.
pub const fn of_tenant(tenant_type: TenantType) -> Oid {
    match tenant_type {
        TenantType::Uuid => pg_sys::UUIDOID,
        TenantType::Text => pg_sys::TEXTOID,
        TenantType::Bigint => pg_sys::INT8OID,
    }
}

/// The tenants that a log has whose column for them is of this type; none where no log's is.
pub fn tenants_of(kind: Oid) -> Option<TenantType> {
    TenantType::ALL
        .into_iter()
        .find(|tenants| of_tenant(*tenants) == kind)
}

/// Whether there is such a type.
pub fn exists(kind: Oid) -> bool {
    // SAFETY: a catalogue look-up; any oid is accepted.
    unsafe { pg_sys::get_typisdefined(kind) }
}

/// The type below a domain, and the modifier that the domain gives it; other types are their own.
pub fn base(kind: Oid) -> (Oid, i32) {
    let mut modifier = -1;
    // SAFETY: a catalogue look-up with an out-parameter of the right type.
    let base = unsafe { pg_sys::getBaseTypeAndTypmod(kind, &mut modifier) };
    (base, modifier)
}

/// The type of an array's elements.
pub fn element(kind: Oid) -> Option<Oid> {
    // SAFETY: catalogue look-ups; any oid is accepted. A type of fixed length, such as point, has
    // elements and is no array.
    unsafe {
        let element = pg_sys::get_element_type(kind);
        (element != pg_sys::InvalidOid && pg_sys::get_typlen(kind) == -1).then_some(element)
    }
}

/// Whether it is an enum.
pub fn is_enum(kind: Oid) -> bool {
    // SAFETY: a catalogue look-up; any oid is accepted.
    unsafe { pg_sys::type_is_enum(kind) }
}

/// Whether values of one type are values of the other as they are stored.
pub fn is_coercible(from: Oid, to: Oid) -> bool {
    // SAFETY: a catalogue look-up; any oids are accepted.
    unsafe { pg_sys::IsBinaryCoercible(from, to) }
}

/// The row type of a relation.
pub fn row_type(relation: Oid) -> Option<Oid> {
    // SAFETY: a catalogue look-up; any oid is accepted.
    let kind = unsafe { pg_sys::get_rel_type_id(relation) };
    (kind != pg_sys::InvalidOid).then_some(kind)
}

/// Type and modifier of a column.
pub fn of_column(relation: Oid, column: &str) -> Option<(Oid, i32)> {
    let number = number_of(relation, column)?;
    let (mut kind, mut modifier, mut collation) = (pg_sys::InvalidOid, -1, pg_sys::InvalidOid);
    // SAFETY: the column is there; out-parameters of the right types.
    unsafe {
        pg_sys::get_atttypetypmodcoll(relation, number, &mut kind, &mut modifier, &mut collation);
    }
    Some((kind, modifier))
}

fn number_of(relation: Oid, column: &str) -> Option<i16> {
    let name = CString::new(column).ok()?;
    // SAFETY: a NUL-terminated name; the answer is none where there is no such column.
    let number = unsafe { pg_sys::get_attnum(relation, name.as_ptr()) };
    (number > 0).then_some(number)
}

/// The type that a column had before the statement that has just given it its present one; the
/// present one where no statement of this transaction changed it.
///
/// Postgres tells an event trigger what a column has become, not what it was. But the transaction
/// that replaced the column's row in `pg_attribute` has not ended, so nothing can have removed the
/// versions that it replaced.
pub fn former_of_column(relation: Oid, column: &str) -> Option<Oid> {
    let (present, _) = of_column(relation, column)?;
    let number = number_of(relation, column)?;
    let mut last: Option<(pg_sys::CommandId, Oid)> = None;
    // SAFETY: the relation and the scan are closed again, by the resource owner after an error. The
    // keys are of the index's types, in its order. With SnapshotAny the scan shows every version
    // of the row, and each tuple lives until the next is fetched; the fixed part of pg_attribute
    // is never null. A cmax is asked for only where the version was replaced by this transaction.
    unsafe {
        let table = pg_sys::table_open(pg_sys::AttributeRelationId, pg_sys::AccessShareLock as i32);
        let mut keys: [pg_sys::ScanKeyData; 2] = std::mem::zeroed();
        pg_sys::ScanKeyInit(
            &mut keys[0],
            pg_sys::Anum_pg_attribute_attrelid as i16,
            pg_sys::BTEqualStrategyNumber as u16,
            pg_sys::F_OIDEQ.into(),
            pg_sys::Datum::from(relation.to_u32() as usize),
        );
        pg_sys::ScanKeyInit(
            &mut keys[1],
            pg_sys::Anum_pg_attribute_attnum as i16,
            pg_sys::BTEqualStrategyNumber as u16,
            pg_sys::F_INT2EQ.into(),
            pg_sys::Datum::from(number as isize as usize),
        );
        let scan = pg_sys::systable_beginscan(
            table,
            pg_sys::Oid::from(pg_sys::AttributeRelidNumIndexId),
            true,
            &raw mut pg_sys::SnapshotAnyData,
            2,
            keys.as_mut_ptr(),
        );
        loop {
            let tuple = pg_sys::systable_getnext(scan);
            if tuple.is_null() {
                break;
            }
            let header = (*tuple).t_data;
            let ended = u32::from((*header).t_infomask);
            let replaced = ended
                & (pg_sys::HEAP_XMAX_INVALID
                    | pg_sys::HEAP_XMAX_LOCK_ONLY
                    | pg_sys::HEAP_XMAX_IS_MULTI)
                == 0
                && pg_sys::TransactionIdIsCurrentTransactionId((*header).t_choice.t_heap.t_xmax);
            let kind = (*pg_sys::GETSTRUCT(tuple).cast::<pg_sys::FormData_pg_attribute>()).atttypid;
            if replaced && kind != present {
                let at = pg_sys::HeapTupleHeaderGetCmax(header);
                if last.is_none_or(|(command, _)| at > command) {
                    last = Some((at, kind));
                }
            }
        }
        pg_sys::systable_endscan(scan);
        pg_sys::table_close(table, pg_sys::AccessShareLock as i32);
    }
    Some(last.map_or(present, |(_, kind)| kind))
}
