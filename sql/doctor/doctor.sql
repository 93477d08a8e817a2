-- Whether what the extension promises is so in this database, or what would have to be done for it. As its caller, who
-- sees what the system catalogs show to everyone.
--
-- Each part is looked at by itself. What one meets and cannot get over, such as an object that was dropped since the
-- statement began, is a finding of its own and hides none of the others.
-- It refuses who owns nothing here.
create or replace function eventlog.doctor() returns table (severity text, object text, finding text, remedy text)
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
    set quote_all_identifiers = off
as $$
#variable_conflict use_column
declare
    examined eventlog._doctor_table[];
    part text;
    findings eventlog._doctor_finding[] := '{}';
    more eventlog._doctor_finding[];
begin
    perform eventlog._check_doctor();
    examined := array(select m from eventlog._doctor_tables() m);
    foreach part in array array['extension', 'logs', 'writes', 'partitions', 'guards', 'tracking', 'isolation', 'tenants',
        'policies', 'grants', 'roles', 'views', 'type_views', 'functions', 'settings', 'subscriptions', 'handlers', 'batches',
        'rules']
    loop
        begin
            execute format('select array(select f from eventlog.%I($1) f)', '_doctor_' || part) into more using examined;
            findings := findings || more;
        exception
            when others then
                findings := findings || row('warning', 'doctor', format('could not look at all %s: %s', part, sqlerrm),
                    'select * from eventlog.doctor()')::eventlog._doctor_finding;
        end;
    end loop;
    return query
    select f.severity, f.object, f.finding, f.remedy
    from unnest(findings) f
    order by array_position(array['error', 'warning', 'info'], f.severity), f.object collate "C", f.finding collate "C",
        f.remedy collate "C";
end
$$;

comment on function eventlog.doctor() is
    'what is not safe in this database, one row for each finding, with SQL that puts it right';
