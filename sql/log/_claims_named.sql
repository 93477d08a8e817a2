-- The tables whose guard carries a log's id, as the guard of its claim table does. Anyone can make such a guard on a table
-- of their own: whoever asks looks further.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._claims_named(log_id uuid) returns setof regclass
    language sql stable strict parallel safe
    rows 1
    set search_path = pg_catalog, pg_temp
as $$
    select t.tgrelid::regclass
    from pg_trigger t
    where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
        and t.tgname = 'eventlog_append_only'
        and encode(t.tgargs, 'escape') = $1::text || '\000'
        and t.tgtype = 58
    order by t.tgrelid
$$;

comment on function eventlog._claims_named(uuid) is
    'internal: the tables whose guard carries a log''s id';
