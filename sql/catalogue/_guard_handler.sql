-- On eventlog.handler. The installer and the database's owner may insert rows there, so that their restores work. A
-- handler runs as the owner of the log that its row names, so a row made by hand must not give what on_event would
-- refuse. A log that is not in the catalogue yet, as in a parallel restore, cannot be asked about.
create or replace function eventlog._guard_handler() returns trigger
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
            message = format('handler "%s" is of a log that belongs to somebody else', new.name),
            hint = 'Handlers are made with eventlog.on_event().';
    end if;
    return new;
end
$$;

-- Only the trigger of the catalogue uses it, and that is made here.
revoke all on function eventlog._guard_handler() from public;

comment on function eventlog._guard_handler() is
    'internal: trigger function that refuses a handler which its inserter could not make';
