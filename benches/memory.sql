-- What the memory of a backend does while it writes many events: sampled in the same session after each statement.

create table bench.memory (
    variant text,
    events int,
    -- what Postgres has given out in memory contexts
    context_bytes bigint,
    -- what the process has in memory of its own, shared buffers left out; holds Rust's memory too
    process_bytes bigint
);

create function bench.process_bytes() returns bigint language sql as $$
    select (regexp_match(pg_read_file('/proc/self/status', 0, 10000, true), 'RssAnon:\s+(\d+)'))[1]::bigint * 1024
$$;

create procedure bench.sample_memory(variant text, events int) language plpgsql as $$
begin
    insert into bench.memory
    select variant, events, sum(total_bytes),
        bench.process_bytes()
    from pg_backend_memory_contexts;
end
$$;

create procedure bench.measure_memory(variant text, events int, at_once int) language plpgsql as $$
begin
    call bench.clear(bench.log_of(variant));
    commit;
    -- Once for nothing, so that what a sample itself loads does not count.
    call bench.sample_memory('warm-up', 0);
    for part in 1 .. events / at_once loop
        execute format('call bench.run_%s($1)', variant) using at_once;
        commit;
        call bench.sample_memory(variant, part * at_once);
        commit;
    end loop;
end
$$;
