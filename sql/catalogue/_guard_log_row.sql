-- On tables of the catalogue whose rows are about a log. The installer and the database's owner may insert rows there, so
-- that their restores work. A handler runs as the owner of the log that its row names, and batches are believed by whoever
-- reads them: so a row made by hand must not give what on_event or tick would refuse. A log that is not in the catalogue
-- yet, as in a parallel restore, cannot be asked about. The trigger's arguments: what the row is, in which %s is its name,
-- and the hint.
create or replace function eventlog._guard_log_row() returns trigger
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not (select r.rolsuper from pg_roles r where r.rolname = current_user) and exists (
        select
        from eventlog.log l
        left join pg_class c on c.oid = l.relation
        where l.log_id = new.log_id and not coalesce(pg_has_role(c.relowner, 'USAGE'), false)
    ) then
        raise insufficient_privilege using
            message = format(tg_argv[0], to_jsonb(new) ->> 'name') || ' is of a log that belongs to somebody else',
            hint = tg_argv[1];
    end if;
    return new;
end
$$;

-- Only the triggers of the catalogue use it, and those are made here.
revoke all on function eventlog._guard_log_row() from public;

comment on function eventlog._guard_log_row() is
    'internal: trigger function that refuses a row about somebody else''s log';
