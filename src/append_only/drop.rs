//! Logs and append-only tables are not dropped by accident.
//!
//! Migration tools write `drop table` for a table that they do not know. So at the end of each statement that dropped
//! something this looks whether that was an append-only table, or a part of one without which it would not be what it
//! is, and refuses. It is no protection from the owner, who may set `eventlog.allow_drop` like anyone, or release the
//! table: it is for what nobody meant.
//!
//! What is gone cannot be asked, so the triggers, by which a table is known, are read as they stood before the statement.

use crate::catalogue::log::Known;
use crate::catalogue::{act, admin_log};
use crate::error::Error;
use crate::pg::catalog;
use crate::pg::ddl::Dropped;
use crate::pg::spi::{self, Value};
use crate::settings;
use pgrx::pg_sys::Oid;
use uuid::Uuid;

/// What a protected table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Log,
    Partition,
    Keys,
    AppendOnly,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Table::Log => "log",
            Table::Partition => "partition of a log",
            Table::Keys => "keys of a log",
            Table::AppendOnly => "append-only table",
        }
    }
}

/// Something that was dropped from a protected table, or the table itself.
struct Loss<'a> {
    object: &'a Dropped,
    /// what was dropped is the table itself
    whole: bool,
    relation: Oid,
    table: Table,
    name: String,
    log_id: Option<Uuid>,
    /// an append-only guard was on it; a log that was released has none
    guarded: bool,
}

impl Loss<'_> {
    fn what(&self) -> String {
        let name = &self.name;
        let part = self.object.part.as_deref().unwrap_or(&self.object.name);
        let kind = match self.object.kind.as_str() {
            "table" => {
                return match self.table {
                    Table::Log => format!("log \"{name}\""),
                    Table::Partition => format!("\"{name}\", a partition of a log"),
                    Table::Keys => {
                        format!("\"{name}\", which holds the idempotency keys of a log")
                    }
                    Table::AppendOnly => format!("append-only table \"{name}\""),
                };
            }
            "table column" => "column",
            "default value" => "default of column",
            "table constraint" => "constraint",
            other => other,
        };
        let of = match self.table {
            Table::Log => "log ",
            Table::AppendOnly => "append-only table ",
            Table::Partition | Table::Keys => "",
        };
        format!("{kind} \"{part}\" of {of}\"{name}\"")
    }
}

/// Refuses the statement where what it dropped is protected; records what the switch lets pass.
pub fn check(dropped: &[Dropped], logs: &[Known], record: bool) {
    // The extension's own functions record what they do themselves.
    if act::is_under_way() {
        return;
    }
    let losses = losses(dropped, logs);
    if losses.is_empty() {
        return;
    }
    if !settings::ALLOW_DROP.is_on() {
        let refused = losses.iter().filter(|loss| loss.guarded);
        // A table rather than its parts, what was named rather than what goes along, a log rather than its partitions.
        if let Some(loss) = refused.min_by_key(|loss| {
            (
                !loss.whole,
                !loss.object.original,
                loss.table == Table::Partition,
            )
        }) {
            Error::Protected { what: loss.what() }.raise();
        }
    }
    if record {
        self::record(&losses);
    }
}

fn record(losses: &[Loss<'_>]) {
    let mut done: Vec<Oid> = Vec::new();
    for first in losses {
        if done.contains(&first.relation) {
            continue;
        }
        done.push(first.relation);
        let own = || losses.iter().filter(|l| l.relation == first.relation);
        let parts: Vec<String> = match own().any(|l| l.whole) {
            true => vec!["table".to_owned()],
            false => own()
                .map(|l| {
                    let part = l.object.part.as_deref().unwrap_or(&l.object.name);
                    format!("{} {part}", l.object.kind)
                })
                .collect(),
        };
        let detail = serde_json::json!({ "was": first.table.name(), "dropped": parts });
        admin_log::record("drop", first.log_id, &first.name, &detail);
    }
}

fn losses<'a>(dropped: &'a [Dropped], logs: &[Known]) -> Vec<Loss<'a>> {
    let relevant: Vec<&Dropped> = dropped
        .iter()
        .filter(|o| {
            matches!(
                o.kind.as_str(),
                "table"
                    | "table column"
                    | "default value"
                    | "trigger"
                    | "table constraint"
                    | "index"
                    | "sequence"
            )
        })
        .collect();
    if relevant.is_empty() {
        return Vec::new();
    }
    let number = |oid: Oid| oid.to_u32().to_string();
    let kinds = relevant.iter().map(|o| o.kind.clone()).collect();
    let oids = relevant.iter().map(|o| number(o.oid)).collect();
    let tables = logs.iter().map(|log| number(log.relation)).collect();
    let found = catalog::with_snapshot_before_statement(|| {
        spi::query_kept(
            QUERY,
            &[
                Value::TextArray(Some(kinds)),
                Value::TextArray(Some(oids)),
                Value::TextArray(Some(tables)),
            ],
            |row| {
                let object = *relevant.get(usize::try_from(row.long(1)? - 1).ok()?)?;
                let keys = row.bool(5).unwrap_or(false);
                let is_log = row.bool(7).unwrap_or(false);
                let relation = row.oid(2)?;
                let by_trigger = row.string(6).and_then(|id| Uuid::try_parse(&id).ok());
                let by_table = || logs.iter().find(|log| log.relation == relation);
                Some(Loss {
                    object,
                    whole: object.is_table(),
                    relation,
                    name: row.string(3)?,
                    table: match (keys, is_log) {
                        (true, _) => Table::Keys,
                        (false, true) if row.bool(4) == Some(true) => Table::Partition,
                        (false, true) => Table::Log,
                        (false, false) => Table::AppendOnly,
                    },
                    log_id: by_trigger.or_else(|| by_table().map(|log| log.log_id)),
                    guarded: row.bool(8).unwrap_or(false),
                })
            },
        )
    });
    found
        .into_iter()
        .flatten()
        // A column of an append-only table that is no log is its owner's to drop.
        .filter(|loss| loss.object.kind != "table column" || loss.table != Table::AppendOnly)
        .collect()
}

/// Place of the object, table, name, whether it is a partition, holds keys, log, whether it is a log or a part of one,
/// whether it has guards. The functions are known by their C symbols: only superusers make functions in C. Of a table
/// that the catalogue knows as a log, guards are known by their names too.
const QUERY: &str = "\
    select d.place, c.oid, n.nspname operator(pg_catalog.||) '.' operator(pg_catalog.||) c.relname, \
        c.relispartition, m.keys, pg_catalog.split_part(m.argument, '\\000', 1), \
        coalesce(m.gated, false) or k.is_known, coalesce(m.guarded, false) \
    from ( \
        select d.place, d.kind, case \
            when d.kind operator(pg_catalog.=) 'table' then d.oid \
            when d.kind operator(pg_catalog.=) 'table column' then d.oid \
            when d.kind operator(pg_catalog.=) 'default value' then ( \
                select v.adrelid from pg_catalog.pg_attrdef v \
                join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) v.adrelid \
                    and a.attnum operator(pg_catalog.=) v.adnum \
                where v.oid operator(pg_catalog.=) d.oid and a.attname operator(pg_catalog.=) 'seq' \
                    and exists ( \
                        select from pg_catalog.pg_trigger t \
                        join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid \
                        where t.tgrelid operator(pg_catalog.=) v.adrelid and p.probin is not null \
                            and p.prosrc operator(pg_catalog.=) 'eventlog_gate')) \
            when d.kind operator(pg_catalog.=) 'trigger' then ( \
                select t.tgrelid from pg_catalog.pg_trigger t \
                join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid \
                where t.oid operator(pg_catalog.=) d.oid and p.probin is not null \
                    and p.prosrc operator(pg_catalog.=) any (array['eventlog_forbid_change', \
                        'eventlog_gate', 'eventlog_guard_claim'])) \
            when d.kind operator(pg_catalog.=) 'table constraint' then ( \
                select k.conrelid from pg_catalog.pg_constraint k \
                where k.oid operator(pg_catalog.=) d.oid \
                    and k.contype operator(pg_catalog.=) any (array['p', 'u']::pg_catalog.\"char\"[])) \
            when d.kind operator(pg_catalog.=) 'index' then ( \
                select i.indrelid from pg_catalog.pg_index i \
                where i.indexrelid operator(pg_catalog.=) d.oid and i.indisunique \
                    and not exists (select from pg_catalog.pg_constraint k \
                        where k.conindid operator(pg_catalog.=) d.oid)) \
            else ( \
                select a.attrelid from pg_catalog.pg_attribute a \
                join ( \
                    select e.refobjid, e.refobjsubid from pg_catalog.pg_depend e \
                    where e.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass \
                        and e.objid operator(pg_catalog.=) d.oid \
                        and e.refclassid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass \
                    union all \
                    select v.adrelid, v.adnum from pg_catalog.pg_depend e \
                    join pg_catalog.pg_attrdef v on v.oid operator(pg_catalog.=) e.objid \
                    where e.refclassid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass \
                        and e.refobjid operator(pg_catalog.=) d.oid \
                        and e.classid operator(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass \
                ) used (relid, number) on used.relid operator(pg_catalog.=) a.attrelid \
                    and used.number operator(pg_catalog.=) a.attnum \
                where a.attname operator(pg_catalog.=) 'seq' \
                    and exists ( \
                        select from pg_catalog.pg_trigger t \
                        join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid \
                        where t.tgrelid operator(pg_catalog.=) a.attrelid and p.probin is not null \
                            and p.prosrc operator(pg_catalog.=) 'eventlog_gate') \
                limit 1) \
            end as relid \
        from rows from (pg_catalog.unnest($1), pg_catalog.unnest($2::pg_catalog.oid[])) \
            with ordinality d (kind, oid, place) \
    ) d \
    join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) d.relid \
        and c.relpersistence operator(pg_catalog.<>) 't' \
    join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace \
    cross join lateral (select c.oid operator(pg_catalog.=) any ($3::pg_catalog.oid[]) as is_known) k \
    left join lateral ( \
        select pg_catalog.bool_or(p.prosrc operator(pg_catalog.=) 'eventlog_forbid_change' and p.probin is not null \
                or k.is_known and t.tgname operator(pg_catalog.=) any (array['eventlog_append_only', \
                    'eventlog_append_only_row']::pg_catalog.name[])) as guarded, \
            pg_catalog.bool_or(p.prosrc operator(pg_catalog.=) 'eventlog_gate' and p.probin is not null) as gated, \
            pg_catalog.bool_or(p.prosrc operator(pg_catalog.=) 'eventlog_guard_claim' and p.probin is not null) as keys, \
            pg_catalog.max(pg_catalog.encode(t.tgargs, 'escape')) filter (where p.probin is not null \
                and p.prosrc operator(pg_catalog.=) any (array['eventlog_gate', 'eventlog_forbid_change'])) as argument \
        from pg_catalog.pg_trigger t \
        join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid \
        where t.tgrelid operator(pg_catalog.=) c.oid \
    ) m on true \
    where m.guarded or (d.kind operator(pg_catalog.=) 'table' and k.is_known) \
    order by d.place";
