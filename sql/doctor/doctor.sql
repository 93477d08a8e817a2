-- Whether what the extension promises is so in this database, or what would have to be done for it. As its caller, who
-- sees what the system catalogs show to everyone.
create function eventlog.doctor() returns table (severity text, object text, finding text, remedy text)
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select f.severity, f.object, f.finding, f.remedy
    from (
        select * from eventlog._doctor_extension()
        union all
        select * from eventlog._doctor_logs()
        union all
        select * from eventlog._doctor_guards()
        union all
        select * from eventlog._doctor_tracking()
        union all
        select * from eventlog._doctor_isolation()
        union all
        select * from eventlog._doctor_policies()
        union all
        select * from eventlog._doctor_grants()
        union all
        select * from eventlog._doctor_roles()
        union all
        select * from eventlog._doctor_views()
        union all
        select * from eventlog._doctor_functions()
        union all
        select * from eventlog._doctor_settings()
    ) f
    order by array_position(array['error', 'warning', 'info'], f.severity), f.object collate "C", f.finding collate "C",
        f.remedy collate "C"
$$;

-- It refuses who owns nothing here.
revoke all on function eventlog.doctor() from public;
grant execute on function eventlog.doctor() to public;

comment on function eventlog.doctor() is
    'what is not safe in this database, one row for each finding, with SQL that puts it right';
