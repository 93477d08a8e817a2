-- As the one who looks: what that role may not see of the catalogue it does not see here.
create or replace view eventlog.logs with (security_invoker = true) as
select
    l.relation as log,
    l.is_default,
    case
        when c.oid is null then 'table missing'
        when exists (
            select
            from eventlog._log_columns() w
            left join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) c.oid
                and a.attname operator(pg_catalog.=) w.name
                and not a.attisdropped
            where a.atttypid is distinct from coalesce(w.type, l.tenant_type)::pg_catalog.oid
        ) then 'column missing or changed'
        when eventlog._gate_id(l.relation) operator(pg_catalog.=) l.log_id is not true
            or exists (
                -- pg_partition_tree() would lock partitions, for whoever looks.
                with recursive tree (relid) as (
                    select l.relation::pg_catalog.oid
                    union
                    select i.inhrelid
                    from pg_catalog.pg_inherits i join tree on tree.relid operator(pg_catalog.=) i.inhparent
                )
                select
                from tree p
                join pg_catalog.pg_trigger t on t.tgrelid operator(pg_catalog.=) p.relid
                where t.tgname operator(pg_catalog.=) 'eventlog_gate'
                    and t.tgenabled operator(pg_catalog.<>) all (array['O', 'A']::pg_catalog."char"[])
            ) then 'gate missing or disabled'
        when not eventlog._guards_stand(l.relation) or not k.stand then 'guard missing or disabled'
        else 'ready'
    end as state,
    (
        select pg_catalog.count(*)
        from eventlog.event_type e
        where e.log_id operator(pg_catalog.=) l.log_id and e.is_default
    ) as event_types,
    l.unregistered,
    l.max_payload_bytes,
    l.tenant_type,
    l.require_tenant,
    l.partition_interval,
    l.log_id,
    l.created_at,
    l.created_by,
    l.redact,
    l.format
from eventlog.log l
left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) l.relation::pg_catalog.oid
-- The guards of keys carry the id of their log.
left join (
    select
        pg_catalog.split_part(pg_catalog.encode(t.tgargs, 'escape'), '\000', 1) as log_id,
        o.relowner,
        pg_catalog.bool_and(t.tgenabled operator(pg_catalog.=) 'A') as stand
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class o on o.oid operator(pg_catalog.=) t.tgrelid
    where t.tgfoid operator(pg_catalog.=) 'eventlog.forbid_change()'::pg_catalog.regprocedure
        and t.tgnargs operator(pg_catalog.>) 0
    group by 1, 2
) k on k.log_id operator(pg_catalog.=) l.log_id::pg_catalog.text and k.relowner operator(pg_catalog.=) c.relowner
order by l.relation::pg_catalog.text collate pg_catalog."C";

-- No more than the tables below it show.
grant select on eventlog.logs to public;

comment on view eventlog.logs is 'the logs of this database, their settings and their state';
comment on column eventlog.logs.log is 'the table that holds the events';
comment on column eventlog.logs.is_default is 'whether calls that name no log mean this one';
comment on column eventlog.logs.state is
    'ready; gate or guard missing or disabled: call eventlog.repair_log; column missing or changed: see eventlog.doctor; '
    'table missing: call eventlog.forget_log';
comment on column eventlog.logs.event_types is 'how many event types its taxonomy has';
comment on column eventlog.logs.unregistered is 'what happens to a type that the taxonomy does not know';
comment on column eventlog.logs.max_payload_bytes is 'size limit of a payload and of a context, as stored';
comment on column eventlog.logs.tenant_type is 'type of the column tenant_id';
comment on column eventlog.logs.require_tenant is 'whether each event must have a tenant';
comment on column eventlog.logs.partition_interval is 'how much time a partition holds; null for a plain table';
comment on column eventlog.logs.log_id is 'the log''s identity';
comment on column eventlog.logs.created_at is 'when the log was made';
comment on column eventlog.logs.created_by is 'the role that made the log';
comment on column eventlog.logs.format is
    'what its table consists of, by number; one that doctor() calls old is brought to the present one by eventlog.repair_log';
comment on column eventlog.logs.redact is
    'what is removed, masked or hashed of every event before it is stored, beside what its type says; null for nothing';
