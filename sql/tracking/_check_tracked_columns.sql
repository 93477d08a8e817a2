-- Refuses columns that are not there or cannot do what they are named for. tenant_type is the log's.
-- It looks at what everyone may look at.
create or replace function eventlog._check_tracked_columns(
    relation regclass,
    fields text[],
    ignore text[],
    tenant_column text,
    state_column text,
    deleted_column text,
    tenant_type regtype
) returns void
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    wanted record;
begin
    for wanted in
        select w.argument, w.name, a.attnum as number, a.attnotnull as not_null,
            -- v, from Postgres 18 on: computed whenever it is read, and stored nowhere.
            a.attgenerated = 'v' as is_virtual,
            a.atttypid as type,
            a.attnum = any (k.indkey) as in_key
        from (
            select 1 as place, 'fields' as argument, name from unnest(fields) as f (name)
            union all
            select 2, 'ignore', name from unnest(ignore) as i (name)
            union all
            values (3, 'tenant_column', tenant_column), (4, 'state_column', state_column),
                (5, 'deleted_column', deleted_column)
        ) w
        join pg_index k on k.indrelid = relation and k.indisprimary
        left join pg_attribute a
            on a.attrelid = relation and a.attname = w.name and a.attnum > 0 and not a.attisdropped
        where w.name is not null
        order by w.place, w.name collate "C"
    loop
        if wanted.number is null then
            raise invalid_parameter_value using
                message = format('%s names the column "%s", which "%s" does not have', wanted.argument, wanted.name, shown),
                hint = format('Its columns are: %s.', (
                    select string_agg(format('"%s"', a.attname), ', ' order by a.attnum)
                    from pg_attribute a
                    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped));
        elsif wanted.is_virtual and wanted.argument <> 'ignore' then
            raise invalid_parameter_value using
                message = format('%s names the column "%s" of "%s", which is generated whenever it is read',
                    wanted.argument, wanted.name, shown),
                hint = 'It says no more than the columns that it is made of; track those.';
        elsif wanted.argument in ('state_column', 'deleted_column') and wanted.in_key then
            raise invalid_parameter_value using
                message = format('%s names the column "%s", which is part of the primary key of "%s"',
                    wanted.argument, wanted.name, shown),
                hint = 'A row with another key is another entity.';
        end if;
        continue when wanted.argument not in ('tenant_column', 'deleted_column');

        if wanted.argument = 'deleted_column' then
            if wanted.not_null and wanted.type <> 'boolean'::regtype then
                raise invalid_parameter_value using
                    message = format('deleted_column names the column "%s" of "%s", which is never null',
                        wanted.name, shown),
                    hint = 'A row counts as deleted while that column is not null, or true where it is a boolean.';
            end if;
        elsif not eventlog._makes_tenants(wanted.type, tenant_type) then
            raise invalid_parameter_value using
                message = format('tenant_column names the column "%s" of type "%s", and tenants of the log are of type "%s"',
                    wanted.name, format_type(wanted.type, null), tenant_type),
                hint = 'Leave tenant_column out to take the tenant from eventlog.set_context(), or name another log.';
        end if;
    end loop;
end
$$;

comment on function eventlog._check_tracked_columns(regclass, text[], text[], text, text, text, regtype) is
    'internal: refuses columns that a tracking cannot use';
