-- The readers, writers, services or consumers of a log: those that its policy is for, or, where somebody dropped that,
-- those that it was for. With granted, also those that hold
-- the privilege and were never asked for which tenant they read or write: they go on doing so, for one tenant.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._log_roles(log regclass, kind text, granted boolean default false) returns name[]
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select u.name
        from unnest(coalesce(
            eventlog._policy_roles($1, (select p.policy from eventlog._policies() p where p.role = 'log' and p.kind = $2)),
            eventlog._kept_roles($1, $2))) u (name)
        union
        select u.name
        from unnest(eventlog._grantees($1, case $2 when 'reader' then 'SELECT' else 'INSERT' end)) u (name)
        where $3 and u.name <> all (coalesce(
            eventlog._policy_roles($1, (select p.policy from eventlog._policies() p
                where p.role = 'log' and p.kind = case $2 when 'reader' then 'consumer' else 'service' end)),
            eventlog._kept_roles($1, case $2 when 'reader' then 'consumer' else 'service' end), '{}'))
        order by 1
    )
$$;

comment on function eventlog._log_roles(regclass, text, boolean) is
    'internal: the roles that are readers, writers, services or consumers of a log';
