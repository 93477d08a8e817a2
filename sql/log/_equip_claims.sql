-- A log's claim table keeps the idempotency keys that were used: a unique key on the log itself would have to contain
-- the partition key, and would be no key at all. Makes it, or recognises the one that lost its guards. The log has its
-- gate already.
create function eventlog._equip_claims(relation regclass, log_id uuid) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    schema_name name;
    log_name name;
    claims_name text;
    claims regclass;
    -- Whose table may hold the keys: his who owns the log, or who made it before he gave it away.
    owners oid[];
    part record;
begin
    owners := array(
        select c.relowner from pg_class c where c.oid = relation
        union
        select r.oid from pg_roles r join eventlog.log l on l.created_by = r.rolname
        where l.log_id = _equip_claims.log_id);
    claims := eventlog._claims_of(relation);
    if claims is null then
        select n.nspname, c.relname into strict schema_name, log_name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = relation;
        claims_name := eventlog._object_name(log_name, '_key');
        -- After "drop extension ... cascade" no guard tells which table it was, and either may have been renamed since:
        -- the comment does.
        select d.objoid into claims
        from pg_description d
        join pg_class c on c.oid = d.objoid and c.relkind = 'r'
        where d.classoid = 'pg_class'::regclass and d.objsubid = 0
            and d.description like '%(log ' || log_id || ')'
            and c.relowner = any (owners)
        order by d.objoid
        limit 1;
        claims := coalesce(claims, to_regclass(format('%I.%I', schema_name, claims_name)));

        if claims is null then
            execute format(
                'create table %I.%I (
                    tenant_id %s,
                    key text not null,
                    hash bytea,
                    event_id uuid not null,
                    claimed_at timestamptz not null default clock_timestamp(),
                    constraint %I unique nulls not distinct (tenant_id, key)
                )',
                schema_name, claims_name,
                (select a.atttypid::regtype from pg_attribute a
                    where a.attrelid = relation and a.attname = 'tenant_id'),
                eventlog._object_name(claims_name, '_once'));
            claims := format('%I.%I', schema_name, claims_name)::regclass;
            perform eventlog._close_new(claims);
            execute format('comment on table %s is %L', claims,
                format('the idempotency keys that events of %I have used (log %s)', log_name, log_id));
            for part in
                values
                    ('tenant_id', 'the tenant whose key it is'),
                    ('key', 'the key, which names the effect'),
                    ('hash', 'hash of what log_event was given with it, to tell a repetition from a mistake; null after a plain insert'),
                    ('event_id', 'the event that it was first used for'),
                    ('claimed_at', 'when it was first used')
            loop
                execute format('comment on column %s.%I is %L', claims, part.column1, part.column2);
            end loop;
            execute format('comment on index %I.%I is %L', schema_name, eventlog._object_name(claims_name, '_once'),
                'a tenant uses a key once, and so does "no tenant"');
            return next format('claim table %s', claims);
        elsif array['claimed_at', 'event_id', 'hash', 'key', 'tenant_id'] <> array(
            select a.attname::text collate "C"
            from pg_attribute a
            where a.attrelid = claims and a.attnum > 0 and not a.attisdropped
            order by 1
        ) or not exists (
            -- Nobody else's table will do: he could read and change the keys.
            select from pg_class c
            where c.oid = claims and c.relkind = 'r' and c.relowner = any (owners)
        ) then
            raise duplicate_table using
                message = format('"%s" stands in the way of the idempotency keys of "%s"',
                    replace(claims::text, '"', ''), replace(relation::text, '"', '')),
                hint = 'Rename it; or, if these are the keys, give the table to the owner of the log.';
        end if;
    end if;
    -- A writer may insert here, and only what the log claims for an event of his.
    if not exists (
        select from pg_trigger t
        where t.tgrelid = claims and t.tgname = 'eventlog_claim' and t.tgfoid = 'eventlog.guard_claim()'::regprocedure
            and t.tgtype = 7 and t.tgenabled in ('O', 'A')
    ) then
        execute format('create or replace trigger eventlog_claim before insert on %s'
            ' for each row execute function eventlog.guard_claim()', claims);
        execute format('alter table %s enable trigger eventlog_claim', claims);
        execute format('comment on trigger eventlog_claim on %s is %L', claims,
            'lets a key be claimed only by an event that is being written');
        return next format('claim guard on %s', claims);
    end if;
    -- A log that was given to another owner takes its keys along.
    perform eventlog._share_owner(claims, relation);
    return query select eventlog._add_guards(claims, log_id::text);
end
$$;

-- It makes a table as its caller, who must own the log.
revoke all on function eventlog._equip_claims(regclass, uuid) from public;
grant execute on function eventlog._equip_claims(regclass, uuid) to public;

comment on function eventlog._equip_claims(regclass, uuid) is
    'internal: makes or guards the table of a log''s idempotency keys, and returns what was missing';
