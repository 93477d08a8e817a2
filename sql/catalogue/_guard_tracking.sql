-- On eventlog.tracked_table. The installer and the database's owner may insert rows there, so that their restores work;
-- capture writes as the owner of the log that a row names, so a row made by hand must not give what track_changes would
-- refuse. A log that is not in the catalogue yet, as in a parallel restore, cannot be asked about.
create or replace function eventlog._guard_tracking() returns trigger
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    log regclass;
begin
    if (select r.rolsuper from pg_roles r where r.rolname = current_user) or new.relation is null then
        return new;
    end if;
    if not coalesce((select pg_has_role(c.relowner, 'USAGE') from pg_class c where c.oid = new.relation), false) then
        raise insufficient_privilege using
            message = format('must be owner of relation "%s"', replace(new.relation::text, '"', '')),
            hint = 'Tracking begins with eventlog.track_changes().';
    end if;
    select l.relation into log from eventlog.log l where l.log_id = new.log_id;
    if log is not null and not coalesce(
        eventlog._may_track(log, (select r.oid from pg_roles r where r.rolname = current_user)), false)
    then
        raise insufficient_privilege using
            message = format('permission denied to track tables into log "%s"', replace(log::text, '"', '')),
            hint = 'The log''s owner gives that right with eventlog.grant_tracker().';
    end if;
    return new;
end
$$;

-- Only the trigger of the catalogue uses it, and that is made here.
revoke all on function eventlog._guard_tracking() from public;

comment on function eventlog._guard_tracking() is
    'internal: trigger function that refuses a tracking which its inserter could not begin';
