-- Lets a role have its tables tracked into a log, or takes that from it; returns a phrase for what it changed. Who has the
-- right stands in a policy of the log, eventlog_tracker: it is made by the log's owner alone, is dumped and restored with
-- the log, and follows a role through its renames and keeps it from being dropped. The policy restricts nothing: it
-- lets every row pass, for a command that the guards refuse.
-- It alters the log as its caller, who must own it.
create or replace function eventlog._change_tracker(log regclass, role_name name, granting boolean) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    before name[] := coalesce(eventlog._policy_roles(log, 'eventlog_tracker'), '{}');
    after name[];
    listed text;
begin
    perform eventlog._require_act('_change_tracker', case when granting then 'grant_tracker' else 'revoke_tracker' end);
    if not exists (select from pg_roles r where r.rolname = role_name) then
        raise undefined_object using message = format('role "%s" does not exist', role_name);
    end if;
    after := case when granting then before || role_name else array_remove(before, role_name) end;
    if granting and role_name = any (before) or after = before then
        return;
    end if;
    select string_agg(quote_ident(r.name), ', ' order by r.name) into listed from unnest(after) r (name);
    if listed is null then
        execute format('drop policy eventlog_tracker on %s', log);
    elsif before = '{}' then
        execute format('create policy eventlog_tracker on %s as restrictive for delete to %s using (true)', log, listed);
        execute format('comment on policy eventlog_tracker on %s is %L', log,
            'its roles may have their tables tracked into this log; eventlog.grant_tracker keeps them here, and no row is held back');
    else
        execute format('alter policy eventlog_tracker on %s to %s', log, listed);
    end if;
    return next format('%s%s for %s', case when granting then '' else 'no ' end, 'tracking', role_name);
end
$$;

comment on function eventlog._change_tracker(regclass, name, boolean) is
    'internal: lets a role have tables tracked into a log, or undoes it, and returns what that changed';
