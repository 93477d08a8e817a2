-- The extension itself: its event triggers and triggers fire, and its schema holds nothing of others.
-- It reads what everyone may read.
create or replace function eventlog._doctor_extension(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select w.severity, format('event trigger %s', w.name),
        format('is missing or disabled: %s (takes a superuser)', w.harm),
        concat_ws('; ',
            case when e.oid is null then format('create event trigger %I on %s execute function eventlog.%I()', w.name,
                w.event, w.function) end,
            format('alter event trigger %I enable always', w.name),
            case when e.oid is null then format('alter extension pg_eventlog add event trigger %I', w.name) end)
    from (values
        ('error', 'eventlog_follow_ddl', 'ddl_command_end', 'follow_ddl',
            'new partitions are neither guarded nor closed nor tracked, others can replace gates and put objects of theirs '
            'into schema eventlog, and the history of tracked tables is read under wrong names'),
        ('error', 'eventlog_follow_drop', 'sql_drop', 'follow_drop',
            'logs can be dropped by accident, and the tracking of dropped tables does not end')
    ) w (severity, name, event, function, harm)
    left join pg_event_trigger e on e.evtname = w.name
        and e.evtfoid = to_regprocedure(format('eventlog.%I()', w.function))
    where e.evtenabled is distinct from 'A';

    return query
    select case when t.tgfoid = 'eventlog.invalidate_cache()'::regprocedure then 'warning' else 'error' end,
        format('trigger %I on %s', t.tgname, t.tgrelid::regclass),
        'is disabled: ' || case when t.tgfoid = 'eventlog.invalidate_cache()'::regprocedure
            then 'sessions go on by what the catalogue said before'
            else 'the extension''s own records can be changed or forged' end || ' (takes a superuser)',
        format('alter table %s enable always trigger %I', t.tgrelid::regclass, t.tgname)
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'eventlog'::regnamespace and not t.tgisinternal and t.tgenabled <> 'A';

    return query
    select 'error', 'eventlog.admin_log',
        format('the trigger %s is missing: what was done to logs can be changed (takes a superuser)', w.name),
        format('create trigger %I before update or delete%s on eventlog.admin_log for each %s execute function '
            'eventlog.forbid_change(); alter table eventlog.admin_log enable always trigger %1$I',
            w.name, case w.level when 'statement' then ' or truncate' else '' end, w.level)
    from (values ('eventlog_append_only_row', 'row'), ('eventlog_append_only', 'statement')) w (name, level)
    where not exists (
        select from pg_trigger t where t.tgrelid = 'eventlog.admin_log'::regclass and t.tgname = w.name);

    return query
    select 'warning', format('%s %s', i.type, i.identity),
        'lies in the schema of the extension, where calls of it may be found instead (takes a superuser)',
        format('alter %s %s set schema public', i.type, i.identity)
    from (
        select 'pg_proc'::regclass as class, p.oid from pg_proc p where p.pronamespace = 'eventlog'::regnamespace
        union all
        select 'pg_operator'::regclass, o.oid from pg_operator o where o.oprnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_class'::regclass, c.oid from pg_class c
        where c.relnamespace = 'eventlog'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        union all
        select 'pg_type'::regclass, t.oid from pg_type t
        where t.typnamespace = 'eventlog'::regnamespace and t.typrelid = 0 and t.typcategory <> 'A' and t.typtype <> 'm'
        union all
        select 'pg_collation'::regclass, c.oid from pg_collation c where c.collnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_conversion'::regclass, c.oid from pg_conversion c where c.connamespace = 'eventlog'::regnamespace
        union all
        select 'pg_opclass'::regclass, c.oid from pg_opclass c where c.opcnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_opfamily'::regclass, f.oid from pg_opfamily f where f.opfnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_statistic_ext'::regclass, x.oid from pg_statistic_ext x where x.stxnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_ts_config'::regclass, t.oid from pg_ts_config t where t.cfgnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_ts_dict'::regclass, t.oid from pg_ts_dict t where t.dictnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_ts_parser'::regclass, t.oid from pg_ts_parser t where t.prsnamespace = 'eventlog'::regnamespace
        union all
        select 'pg_ts_template'::regclass, t.oid from pg_ts_template t where t.tmplnamespace = 'eventlog'::regnamespace
    ) o
    cross join lateral pg_identify_object(o.class, o.oid, 0) i
    -- Another extension's go with it.
    where not exists (
        select from pg_depend d
        where d.classid = o.class and d.objid = o.oid and d.deptype in ('e', 'i'))
    union all
    select 'warning', format('extension %I', e.extname),
        'lies in the schema of the extension, where calls of it may find that one''s objects instead (takes a superuser)',
        format('alter extension %I set schema public', e.extname)
    from pg_extension e
    where e.extname <> 'pg_eventlog'
        and (e.extnamespace = 'eventlog'::regnamespace or exists (
            select from pg_depend d
            join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
            where d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
                and p.pronamespace = 'eventlog'::regnamespace));

    -- What everyone could call and read when the extension was made: defaults, policies and triggers do so as whoever writes.
    return query
    select 'error', format('%s %s', case o.class when 'pg_proc'::regclass then 'function' else 'table' end, o.name),
        format('is closed to everyone (PUBLIC), who needs %s on it: what is written is refused, or not told of '
            '(takes a superuser)', o.privilege),
        format('grant %s on %s %s to public', lower(o.privilege),
            case o.class when 'pg_proc'::regclass then 'routine' else 'table' end, o.name)
    from (
        select 'pg_proc'::regclass, p.oid::regprocedure::text, n.privilege_type
        from pg_proc p
        join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
        left join pg_init_privs i on i.classoid = 'pg_proc'::regclass and i.objoid = p.oid
        cross join lateral aclexplode(coalesce(i.initprivs, acldefault('f', p.proowner))) n
        where p.pronamespace = 'eventlog'::regnamespace and n.grantee = 0
            and not exists (
                select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e
                where e.grantee = 0 and e.privilege_type = n.privilege_type)
        union all
        select 'pg_class'::regclass, c.oid::regclass::text, n.privilege_type
        from pg_init_privs i
        join pg_class c on c.oid = i.objoid and c.relnamespace = 'eventlog'::regnamespace
        cross join lateral aclexplode(i.initprivs) n
        where i.classoid = 'pg_class'::regclass and i.objsubid = 0 and n.grantee = 0
            and not exists (
                select from aclexplode(c.relacl) e where e.grantee = 0 and e.privilege_type = n.privilege_type)
    ) o (class, name, privilege)
    union all
    select 'error', 'schema eventlog',
        'is closed to everyone (PUBLIC), who needs USAGE on it: what is written is refused (takes a superuser)',
        'grant usage on schema eventlog to public'
    where not has_schema_privilege('public', 'eventlog', 'USAGE');
end
$$;

comment on function eventlog._doctor_extension(eventlog._doctor_table[]) is
    'internal: what doctor() finds about the extension itself';
