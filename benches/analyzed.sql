-- What a write costs between two ANALYZEs of another table, in a session that has met a thousand tracked tables. What
-- ANALYZE itself costs is deducted: it is that of the same loop without the write. So that both commit something, the
-- loop that is compared with it inserts a row into that other table. For scripts/bench --instructions.
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;

create table bench.other (id int);
select eventlog.create_log('bench.tracked_changes', require_tenant => false) \g /dev/null
create table bench.tracked (id int primary key, value int);
select eventlog.track_changes('bench.tracked', log => 'bench.tracked_changes') \g /dev/null
insert into bench.tracked values (1, 0);

create procedure bench.track_many(tables int) language plpgsql as $$
begin
    for i in 1 .. tables loop
        execute format('create table bench.tracked_%s (id int primary key, value int)', i);
        perform eventlog.track_changes(format('bench.tracked_%s', i)::regclass, log => 'bench.tracked_changes');
        execute format('insert into bench.tracked_%s values (1, 0)', i);
        commit;
    end loop;
end
$$;
call bench.track_many(1000);

-- The session meets them all.
create procedure bench.meet_many() language plpgsql as $$
begin
    for i in 1 .. 1000 loop
        execute format('update bench.tracked_%s set value = value + 1', i);
        commit;
    end loop;
end
$$;

create procedure bench.run_analyzed(events int, what text) language plpgsql as $$
declare
    e record;
begin
    call bench.meet_many();
    for e in select * from bench.source limit events / 10 loop
        case split_part(what, ' ', 1)
            when 'analyzed' then analyze bench.other;
            else insert into bench.other values (1);
        end case;
        commit;
        case split_part(what, ' ', 2)
            when 'log_event' then
                perform eventlog.log_event(e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type,
                    e.actor_id, log => 'bench.log_event');
            when 'tracked' then
                update bench.tracked set value = value + 1;
            when 'plain' then
                insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
                values (e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type, e.actor_id);
            else null;
        end case;
        commit;
    end loop;
end
$$;
