-- One procedure for each way to write events, all of them with the same parameters.

-- Many rows in one statement.

create procedure bench.make_run_of_rows(name text) language plpgsql as $make$
begin
    execute format(
        'create procedure bench.run_%1$s(events int) language plpgsql as $p$
        begin
            insert into bench.%1$s (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
            select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id
            from bench.source limit events;
        end
        $p$', name);
end
$make$;
call bench.make_run_of_rows('plain');
call bench.make_run_of_rows('builtin_defaults');
call bench.make_run_of_rows('gate');
call bench.make_run_of_rows('plpgsql_trigger');

-- One call for each row, all in one statement.

create procedure bench.run_log_event(events int) language plpgsql as $$
begin
    perform count(eventlog.log_event(type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id))
    from (select * from bench.source limit events) s;
end
$$;

create procedure bench.run_plpgsql_function(events int) language plpgsql as $$
begin
    perform count(bench.plpgsql_log_event(type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id))
    from (select * from bench.source limit events) s;
end
$$;

create procedure bench.run_plpgsql_full(events int) language plpgsql as $$
begin
    perform count(bench.plpgsql_full_log_event(type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id))
    from (select * from bench.source limit events) s;
end
$$;

-- One statement for each event, all in one transaction.

create procedure bench.run_each_plain(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        values (e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type, e.actor_id);
    end loop;
end
$$;

create procedure bench.run_each_gate(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        insert into bench.gate (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        values (e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type, e.actor_id);
    end loop;
end
$$;

create procedure bench.run_each_log_event(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        perform eventlog.log_event(e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type,
            e.actor_id);
    end loop;
end
$$;

create procedure bench.run_each_plpgsql_function(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        perform bench.plpgsql_log_event(e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type,
            e.actor_id);
    end loop;
end
$$;

-- The same as a writer under the policies of isolate_tenants, who is one tenant and one actor.

create procedure bench.run_writer_plain(events int) language plpgsql as $$
declare
    e record;
begin
    -- It warns where there is no transaction block; the call is one.
    perform set_config('client_min_messages', 'error', true);
    perform set_config('role', 'bench_event_writer', true);
    perform eventlog.set_context('00000000-0000-7000-8000-000000000008', 'user', 'user-7');
    for e in select * from bench.source limit events loop
        insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        values (e.type, e.payload, '00000000-0000-7000-8000-000000000008', e.entity_type, e.entity_id, 'user', 'user-7');
    end loop;
    perform set_config('role', 'none', true);
end
$$;

create procedure bench.run_writer_log_event(events int) language plpgsql as $$
declare
    e record;
begin
    -- It warns where there is no transaction block; the call is one.
    perform set_config('client_min_messages', 'error', true);
    perform set_config('role', 'bench_event_writer', true);
    perform eventlog.set_context('00000000-0000-7000-8000-000000000008', 'user', 'user-7');
    for e in select * from bench.source limit events loop
        perform eventlog.log_event(e.type, e.payload, '00000000-0000-7000-8000-000000000008', e.entity_type, e.entity_id,
            'user', 'user-7');
    end loop;
    perform set_config('role', 'none', true);
end
$$;

-- One transaction for each event.

create procedure bench.run_alone_plain(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        values (e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type, e.actor_id);
        commit;
    end loop;
end
$$;

create procedure bench.run_alone_gate(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        insert into bench.gate (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        values (e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type, e.actor_id);
        commit;
    end loop;
end
$$;

create procedure bench.run_alone_log_event(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        perform eventlog.log_event(e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type,
            e.actor_id);
        commit;
    end loop;
end
$$;

create procedure bench.run_alone_plpgsql_function(events int) language plpgsql as $$
declare
    e record;
begin
    for e in select * from bench.source limit events loop
        perform bench.plpgsql_log_event(e.type, e.payload, e.tenant_id, e.entity_type, e.entity_id, e.actor_type,
            e.actor_id);
        commit;
    end loop;
end
$$;

-- Batches of 1,000, one statement each. The arrays are parameters, as if a client had just sent them: bench.batches
-- takes them from their table before the clock starts.

create function bench.batches(events int) returns jsonb[] language sql as $$
    select array_agg(b.events order by b.batch) from bench.batch b where b.batch < $1 / 1000
$$;

-- What the loop and its parameters cost by themselves.
create procedure bench.run_batch_nothing(events int, batches jsonb[]) language plpgsql as $$
begin
    for batch in 1 .. events / 1000 loop
        perform batches[batch] is null;
    end loop;
end
$$;

create procedure bench.run_batch_plain(events int, batches jsonb[]) language plpgsql as $$
begin
    for batch in 0 .. events / 1000 - 1 loop
        insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id
        from bench.source
        where n > batch * 1000 and n <= batch * 1000 + 1000;
    end loop;
end
$$;

create procedure bench.run_batch_log_events(events int, batches jsonb[]) language plpgsql as $$
begin
    for batch in 1 .. events / 1000 loop
        perform count(*) from eventlog.log_events(batches[batch], 'bench.log_events');
    end loop;
end
$$;

-- The same as applications send it: as text, which the one takes for jsonb and the other for json.
create procedure bench.run_text_log_events(events int, batches text[]) language plpgsql as $$
begin
    for batch in 1 .. events / 1000 loop
        perform count(*) from eventlog.log_events(batches[batch]::jsonb, 'bench.log_events');
    end loop;
end
$$;

create procedure bench.run_text_ingest_events(events int, batches text[]) language plpgsql as $$
begin
    for batch in 1 .. events / 1000 loop
        perform count(*) from eventlog.ingest_events(batches[batch]::json, log => 'bench.ingest_events');
    end loop;
end
$$;

-- How one would take such an array apart without the extension.
create procedure bench.run_batch_recordset(events int, batches jsonb[]) language plpgsql as $$
begin
    for batch in 1 .. events / 1000 loop
        insert into bench.plain (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
        select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id
        from jsonb_to_recordset(batches[batch]) as e (type text, payload jsonb, tenant_id uuid, entity_type text,
            entity_id text, actor_type text, actor_id text);
    end loop;
end
$$;
