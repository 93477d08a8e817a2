-- On the tables of subscriptions. The installer and the database's owner may insert rows there, so that their restores work.
-- Positions are believed by other readers of the log, and what waits is delivered; so rows about somebody else's log are
-- refused. Once for each statement: those who fail many events pay little for it.
create or replace function eventlog._guard_subscription() returns trigger
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    stranger text;
begin
    if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
        return null;
    end if;
    select s.name into stranger
    from new_rows n
    join eventlog.subscription s on s.subscription_id = n.subscription_id
    join eventlog.log l on l.log_id = s.log_id
    left join pg_class c on c.oid = l.relation
    where not coalesce(pg_has_role(c.relowner, 'USAGE'), false)
    limit 1;
    if stranger is not null then
        raise insufficient_privilege using
            message = format('subscription "%s" is of a log that belongs to somebody else', stranger),
            hint = 'Subscriptions are made with eventlog.subscribe().';
    end if;
    return null;
end
$$;

-- Only the triggers of the catalogue use it, and those are made here.
revoke all on function eventlog._guard_subscription() from public;

comment on function eventlog._guard_subscription() is
    'internal: trigger function that refuses rows about subscriptions of somebody else''s log';
