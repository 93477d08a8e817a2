-- Whether a role can have the events of a log: it may read all columns, and no policy hides a row from it.
create or replace function eventlog._may_receive(log regclass, role oid) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select (has_table_privilege(role, log, 'SELECT') or not exists (
            select from pg_attribute a
            where a.attrelid = log and a.attnum > 0 and not a.attisdropped
                and not has_column_privilege(role, log, a.attnum, 'SELECT')))
        and eventlog._reads_all(log, role)
$$;

comment on function eventlog._may_receive(regclass, oid) is
    'internal: whether a role can have the events of a log';
