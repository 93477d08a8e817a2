-- A log's claim table keeps the idempotency keys that were used: a unique key on the log itself would have to contain
-- the partition key, and would be no key at all. Makes it, or recognises the one that lost its guards. The log has its
-- gate already.
-- It makes a table as its caller, who must own the log.
create or replace function eventlog._equip_claims(relation regclass, log_id uuid) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    schema_name name;
    log_name name;
    owner oid;
    tenant_type regtype;
    claims_name text;
    once_name text;
    claims regclass;
    named record;
    part record;
begin
    perform eventlog._require_act('_equip_claims', 'repair_log');
    select n.nspname, c.relname, c.relowner, a.atttypid into strict schema_name, log_name, owner, tenant_type
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.oid = relation;
    claims := eventlog._claims_of(relation);
    if claims is null then
        -- After "drop extension ... cascade" no guard tells which table it was: the comment does. Never the name, which
        -- another log may have had. A table of somebody else is not taken; but where it is the role that made the log,
        -- and gave it away, new keys would let the same event be written again.
        select candidate.oid::regclass as member, c.relowner = owner as owned, fits into named
        from (
            select guarded.relation::oid as oid, 1 as place
            from eventlog._claims_named(log_id) guarded (relation)
            union all
            select d.objoid, 2
            from pg_description d
            where d.classoid = 'pg_class'::regclass and d.objsubid = 0
                and d.description like '%(log ' || log_id || ')'
        ) candidate
        join pg_class c on c.oid = candidate.oid and c.relkind = 'r'
        cross join coalesce(eventlog._claims_tenant(c.oid) = tenant_type, false) as fits
        where c.relowner = owner
            or fits and pg_get_userbyid(c.relowner) = (
                select l.created_by from eventlog.log l where l.log_id = _equip_claims.log_id)
        order by c.relowner = owner and fits desc, candidate.place, candidate.oid
        limit 1;
        if named.owned and named.fits then
            claims := named.member;
        elsif found then
            raise duplicate_table using
                message = format('"%s" stands in the way of the idempotency keys of "%s"',
                    replace(named.member::text, '"', ''), replace(relation::text, '"', '')),
                detail = case when named.owned then 'It names the log, and has not the columns of its keys.'
                    else 'It names the log, and belongs to the role that made it.' end,
                hint = case when named.owned
                    then 'If these are the keys, give them their columns back, tenant_id of the log''s type; otherwise drop its guard and its comment.'
                    else 'If these are the keys, give the table to the owner of the log; otherwise drop its guard and its comment.' end;
        end if;

        if claims is null then
            claims_name := eventlog._free_name(schema_name, log_name, '_key');
            once_name := eventlog._free_name(schema_name, claims_name, '_once');
            execute format(
                'create table %I.%I (
                    tenant_id %s,
                    key text not null,
                    hash bytea,
                    event_id uuid not null,
                    claimed_at timestamptz not null default clock_timestamp(),
                    constraint %I unique nulls not distinct (tenant_id, key)
                )',
                schema_name, claims_name, tenant_type, once_name);
            claims := format('%I.%I', schema_name, claims_name)::regclass;
            perform eventlog._close_new(claims);
            execute format('comment on index %I.%I is %L', schema_name, once_name,
                'a tenant uses a key once, and so does "no tenant"');
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
            return next format('claim table %s', claims);
        end if;
    end if;
    -- A writer may insert here, and only what the log claims for an event that it is writing.
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
    perform eventlog._share_owner(claims, relation);
    return query select eventlog._add_guards(claims, log_id::text);
end
$$;

comment on function eventlog._equip_claims(regclass, uuid) is
    'internal: makes or guards the table of a log''s idempotency keys, and returns what was missing';
