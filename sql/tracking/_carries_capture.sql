-- Whether any capture trigger of this tracking is left on the table itself, be it disabled. One that has none is another
-- table under a number or name that was used again, or one whose changes went unseen.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._carries_capture(relation regclass, tracking_id uuid) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from pg_trigger t
        where t.tgrelid = $1
            and t.tgfoid = 'eventlog.capture_changes()'::regprocedure
            and encode(t.tgargs, 'escape') = $2::text || '\000'
    )
$$;

comment on function eventlog._carries_capture(regclass, uuid) is
    'internal: whether a table carries capture triggers of this tracking';
