-- As the one who looks: what that role may not see of the catalogue it does not see here.
create or replace view eventlog.tracked_tables with (security_invoker = true) as
select
    t.relation,
    l.relation as log,
    t.entity_type,
    t.fields,
    t.ignore,
    t.tenant_column,
    t.state_column,
    t.deleted_column,
    t.carry_values,
    t.on_truncate,
    case
        when t.tracked_until is not null then 'ended'
        when c.oid is null then 'table missing'
        when lc.oid is null then 'log missing'
        when s.fires operator(pg_catalog.=) s.needed then 'ready'
        else 'trigger missing or disabled'
    end as state,
    t.tracked_since,
    t.tracked_until,
    t.tracked_by,
    t.tracking_id
from eventlog.tracked_table t
left join eventlog.log l on l.log_id operator(pg_catalog.=) t.log_id
left join pg_catalog.pg_class lc on lc.oid operator(pg_catalog.=) l.relation::pg_catalog.oid
left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.relation::pg_catalog.oid
left join eventlog._capture_states() s on s.tracking_id operator(pg_catalog.=) t.tracking_id
order by t.relation::pg_catalog.text collate pg_catalog."C" nulls last, t.tracked_since;

-- No more than the tables below it show.
grant select on eventlog.tracked_tables to public;

comment on view eventlog.tracked_tables is 'the tables whose changes become events, and those that were tracked once';
comment on column eventlog.tracked_tables.relation is 'the table; null once the tracking has ended';
comment on column eventlog.tracked_tables.log is 'the log that the events go to; null if it was forgotten';
comment on column eventlog.tracked_tables.entity_type is 'entity type of the events, and first part of their types';
comment on column eventlog.tracked_tables.fields is 'the columns that are tracked; null for all';
comment on column eventlog.tracked_tables.ignore is 'columns that are not tracked';
comment on column eventlog.tracked_tables.tenant_column is 'the column that holds the tenant; null for the context''s';
comment on column eventlog.tracked_tables.state_column is 'the column whose change is a state_changed event';
comment on column eventlog.tracked_tables.deleted_column is 'the column that marks a row as deleted';
comment on column eventlog.tracked_tables.carry_values is 'whether created and deleted events carry the row''s values';
comment on column eventlog.tracked_tables.on_truncate is
    'refuse: TRUNCATE fails; capture: it writes an event for each row';
comment on column eventlog.tracked_tables.state is
    'ready; trigger missing or disabled: call eventlog.track_changes again; table or log missing: dropped; ended';
comment on column eventlog.tracked_tables.tracked_since is 'when the tracking began';
comment on column eventlog.tracked_tables.tracked_until is 'when it ended; null while it goes on';
comment on column eventlog.tracked_tables.tracked_by is 'the role that began it';
comment on column eventlog.tracked_tables.tracking_id is 'identity of the tracking, which the capture triggers carry';
