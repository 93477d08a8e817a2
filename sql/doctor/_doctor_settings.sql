-- Who is believed what the claims of a token say, and where the tenant stands in them.
-- It reads what everyone may read.
create or replace function eventlog._doctor_settings(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();
    -- Settings of a library are there once it is loaded.
    perform eventlog.current_tenant();

    return query
    with settings as (
        -- as they are stored, for this database or all of them
        select split_part(s.entry, '=', 1) as name,
            substr(s.entry, strpos(s.entry, '=') + 1) as value,
            format('alter %s ', case
                when d.setrole = 0 and d.setdatabase = 0 then 'role all'
                when d.setrole = 0 then format('database %I', current_database())
                else format('role %I', pg_get_userbyid(d.setrole))
                    || case when d.setdatabase = 0 then '' else format(' in database %I', current_database()) end
            end) as change
        from pg_db_role_setting d
        cross join lateral unnest(d.setconfig) s (entry)
        where d.setdatabase in (0, (select b.oid from pg_database b where b.datname = current_database()))
            and s.entry ~ '^eventlog\.(jwt_logins|tenant_claim)='
        union all
        -- and what comes from elsewhere
        select s.name, s.setting, case when s.source = 'session' then '' else 'alter system ' end
        from pg_settings s
        where s.name in ('eventlog.jwt_logins', 'eventlog.tenant_claim')
            and s.source not in ('default', 'database', 'user', 'database user', 'global')
    ),
    logins as (
        select s.name, s.value, s.change, coalesce(replace(part.names[1], '""', '"'), part.names[2]) as login, part.place
        from settings s
        cross join lateral regexp_matches(s.value, '"((?:[^"]|"")*)"|([^",\s]+)', 'g')
            with ordinality as part (names, place)
        where s.name = 'eventlog.jwt_logins'
    ),
    odd as (
        select l.*, r.oid as role, r.rolsuper
        from logins l left join pg_roles r on r.rolname = l.login
        where r.oid is null or r.rolsuper
    )
    select case when o.role is null then 'warning' else 'info' end, 'setting eventlog.jwt_logins',
        case when o.role is null then format('names "%s", and there is no such role: one that is made later will be '
                'believed for whom it acts (takes a superuser)', o.login)
            else format('names "%s", a superuser, who is believed anyway (takes a superuser)', o.login) end,
        format('%sset eventlog.jwt_logins = %L', o.change, coalesce((
            select string_agg(quote_ident(l.login), ', ' order by l.place)
            from logins l
            where l.change = o.change and l.value = o.value
                and not exists (select from odd x where x.login = l.login)), ''))
    from odd o
    union all
    select 'warning', 'setting eventlog.tenant_claim',
        format('takes the tenant from "%s", %s (takes a superuser)', s.value, case
            when s.value ~ 'user_meta_?data' then 'which users write themselves: sessions refuse it and go by the default'
            else 'which is no tenant: it is the same for many users, or another one at each login' end),
        format('%sreset eventlog.tenant_claim', s.change)
    from settings s
    where s.name = 'eventlog.tenant_claim'
        and (s.value ~ '(^|\.)(user_metadata|raw_user_meta_data)(\.|$)'
            or s.value in ('role', 'aud', 'iss', 'exp', 'iat', 'nbf', 'jti', 'session_id', 'aal', 'is_anonymous'));
end
$$;

comment on function eventlog._doctor_settings(eventlog._doctor_table[]) is
    'internal: what doctor() finds about settings';
