-- What doctor() finds is for those who can do something about it. The system catalogs are open to every role that can
-- send SQL, but a web client that may only call functions is not to be told where to push.
-- It answers about its caller alone.
create or replace function eventlog._check_doctor() returns void
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from pg_roles r where r.rolname = current_user and r.rolsuper)
        and not pg_has_role('pg_database_owner', 'USAGE')
        and not pg_has_role('pg_monitor', 'USAGE')
        and not exists (
            select from pg_extension e where e.extname = 'pg_eventlog' and pg_has_role(e.extowner, 'USAGE'))
        and not exists (
            select from eventlog.log l join pg_class c on c.oid = l.relation where pg_has_role(c.relowner, 'USAGE'))
        and not exists (
            select from eventlog.tracked_table t join pg_class c on c.oid = t.relation
            where pg_has_role(c.relowner, 'USAGE'))
        and not exists (
            select from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where t.tgfoid = 'eventlog.forbid_change()'::regprocedure and pg_has_role(c.relowner, 'USAGE'))
        and not exists (
            select from pg_policy p join pg_class c on c.oid = p.polrelid
            where p.polname like 'eventlog%' and pg_has_role(c.relowner, 'USAGE'))
    then
        raise insufficient_privilege using
            message = 'permission denied to examine this database',
            hint = 'It is for owners of logs and of protected tables, the database''s owner, members of pg_monitor and '
                'superusers.';
    end if;
end
$$;

comment on function eventlog._check_doctor() is
    'internal: refuses who has nothing to do with the safety of this database';
