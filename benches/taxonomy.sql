-- What a large taxonomy costs: 300 types, each with a schema of ten properties that is like no other's. Wants the
-- variable "schema", of those properties.
create table bench.large (what text, round int, seconds float8, bytes bigint);

create view bench.large_taxonomy as
select jsonb_build_object('types', jsonb_agg(jsonb_build_object(
    'type', 'bench.large_' || lpad(i::text, 3, '0'),
    'schema', jsonb_set(:'schema', '{properties,step_id,minimum}', to_jsonb(-i))))) as document
from generate_series(1, 300) as i;

create procedure bench.import_large(round int) language plpgsql as $$
declare
    log regclass := eventlog.create_log('bench.large_' || round);
    taxonomy jsonb := (select document from bench.large_taxonomy);
    began timestamptz;
begin
    commit;
    for again in 0..1 loop
        began := clock_timestamp();
        perform from eventlog.import_taxonomy(taxonomy, log);
        insert into bench.large
        values (case again when 0 then 'import' else 'again' end, round, extract(epoch from clock_timestamp() - began));
        commit;
    end loop;
end
$$;

-- In a session that has validated nothing yet.
create procedure bench.first_validation(round int) language plpgsql as $$
declare
    payload jsonb := '{"step_id": 1, "title": "a", "status": "open"}';
    log regclass := 'bench.large_1';
    began timestamptz;
    before bigint;
begin
    before := bench.process_bytes();
    began := clock_timestamp();
    assert not exists (select from eventlog.validate_event('bench.large_001', payload, log => log));
    insert into bench.large values ('first', round, extract(epoch from clock_timestamp() - began));
    began := clock_timestamp();
    for i in 2 .. 300 loop
        perform from eventlog.validate_event('bench.large_' || lpad(i::text, 3, '0'), payload, log => log);
    end loop;
    insert into bench.large
    values ('others', round, extract(epoch from clock_timestamp() - began), bench.process_bytes() - before);
end
$$;
