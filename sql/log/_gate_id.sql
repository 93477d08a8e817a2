-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._gate_id(relation regclass) returns uuid
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    -- Arguments are stored one after the other, each closed by a zero byte.
    select split_part(encode(t.tgargs, 'escape'), '\000', 1)::uuid
    from pg_trigger t
    where t.tgrelid = $1
        and encode(t.tgargs, 'escape') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\000$'
        and t.tgname = 'eventlog_gate'
        and t.tgfoid = 'eventlog.gate()'::regprocedure
        and t.tgnargs > 0
        -- before insert for each row, and not disabled
        and t.tgtype = 7
        and t.tgenabled in ('O', 'A')
$$;

comment on function eventlog._gate_id(regclass) is
    'internal: the id of the log that a table is, by its gate; null if it has none that fires';
