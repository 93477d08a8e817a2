-- What somebody else's refuses, a constraint or a trigger of the owner's: the batch is tried in halves.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
alter table public.events add constraint small check ((payload ->> 'n')::numeric < 1000);
create function public.watch() returns trigger language plpgsql as $$
begin
    if new.payload ->> 'n' = '13' then
        raise exception 'unlucky';
    elsif new.payload ->> 'n' = '14' then
        raise exception using errcode = '40001', message = 'try again';
    end if;
    return new;
end
$$;
create trigger zz_watch before insert on public.events for each row execute function public.watch();
select outcome, count(*), array_agg(distinct violations) from eventlog.ingest_events((
    select json_agg(json_build_object('type', 't', 'payload', json_build_object('n', case i when 7 then '5000' when 40 then '13' when 41 then 'x' else '1' end)))
    from generate_series(1, 100) i))
group by outcome;
select count(*) from public.events;
select event ->> 'payload' as payload from public.events_rejected order by id;
-- An error that is no event's goes on, whole, and takes all along.
select * from eventlog.ingest_events('[{"type": "t", "payload": {"n": 1}}, {"type": "t", "payload": {"n": 14}}]');
-- One after the other has an end: it is an error then, the first that is left.
\set VERBOSITY terse
select * from eventlog.ingest_events((select json_agg(json_build_object('type', 't', 'payload', json_build_object('n', 1001))) from generate_series(1, 40) i));
\set VERBOSITY default
select count(*) from public.events;
select count(*) from public.events_rejected;
-- A trigger that swallows a row has refused it, too.
create or replace function public.watch() returns trigger language plpgsql as $$
begin
    return null;
end
$$;
select outcome, violations from eventlog.ingest_events('[{"type": "t", "payload": {"n": 1}}]');
drop trigger zz_watch on public.events;

-- A partitioned log.
select eventlog.create_log('public.parts', require_tenant => false, partition_interval => '1 month');
select eventlog.register_event_type('paid', required => '{amount}', log => 'parts');
select index, outcome, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1}}, {"type": "paid"}, {"type": "paid", "payload": {"amount": 2}, "idempotency_key": "k"},
    {"type": "paid", "payload": {"amount": 2}, "idempotency_key": "k"}]', log => 'parts');
select payload from public.parts order by seq;
-- Handlers see what was logged.
create table public.seen (type text);
create function public.see(event jsonb) returns void language sql as $$ insert into public.seen values (event ->> 'type') $$;
select eventlog.on_event('see', 'public.see', log => 'parts');
select outcome from eventlog.ingest_events('[{"type": "paid", "payload": {"amount": 1}}, {"type": "paid"}]', log => 'parts');
select * from public.seen;
