-- On the tables of batches. The installer and the database's owner may insert rows there, so that their restores work.
-- Whoever reads batches believes them, so rows about somebody else's log are refused.
create or replace function eventlog._guard_batch() returns trigger
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
            message = 'a batch is of a log that belongs to somebody else',
            hint = 'Batches are closed with eventlog.tick().';
    end if;
    return new;
end
$$;

-- Only the triggers of the catalogue use it, and those are made here.
revoke all on function eventlog._guard_batch() from public;

comment on function eventlog._guard_batch() is
    'internal: trigger function that refuses batches of somebody else''s log';
