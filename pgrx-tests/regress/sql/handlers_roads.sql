-- Whichever way an event comes, its handlers are called: once, after the row is there, in the order of their names.
select eventlog.create_log('public.events', tenant_type => 'uuid', require_tenant => false, unregistered => 'allow');
create schema app;
create table app.heard (place serial, handler text, type text, stored boolean);
create function app.hear(event jsonb) returns void language plpgsql as $$
begin
    insert into app.heard (handler, type, stored) values ('hear', event ->> 'type',
        exists (select from public.events e where e.id = (event ->> 'id')::uuid));
end $$;
create function app.first(event jsonb) returns void language sql as $$
    insert into app.heard (handler, type, stored) values ('first', event ->> 'type',
        exists (select from public.events e where e.id = (event ->> 'id')::uuid));
$$;
select eventlog._plain_sequence('public.events') is not null as plain;
select eventlog.on_event('b', 'app.hear');
select eventlog.on_event('a', '"app"."first"', types => '{log_event}');
select eventlog._plain_sequence('public.events') is not null as plain;
create view heard as select type, string_agg(handler, ', ' order by place) as called, bool_and(stored) as stored, min(place) as at
from app.heard group by type;

select eventlog.log_event('log_event') is not null as done;
select count(*) from eventlog.log_events('[{"type": "log_events"}, {"type": "log_event"}]');
insert into public.events (type, payload) values ('insert', '{}');
copy public.events (type, payload) from stdin;
copy	{}
\.
select eventlog.create_event_view('public.renamed', 'public.events', '{"name": "type", "data": "payload"}');
insert into public.renamed (name, data) values ('view', '{}');
create table public.things (id int primary key, name text);
select eventlog.track_changes('public.things', 'thing');
insert into public.things values (1, 'one'), (2, 'two');
update public.things set name = 'uno' where id = 1;
delete from public.things where id = 2;
select type, called, stored from heard order by at;
select count(*) as events, (select count(*) from app.heard where handler = 'hear') as heard from public.events;

-- A key that has its event already writes none, and calls nobody.
truncate app.heard;
select eventlog.log_event('keyed', idempotency_key => 'k', tenant_id => '11111111-2222-4333-8444-555555555555') as first \gset
select eventlog.log_event('keyed', idempotency_key => 'k', tenant_id => '11111111-2222-4333-8444-555555555555') = :'first' as same;
select count(*) from eventlog.log_events('[{"type": "keyed", "idempotency_key": "k", "tenant_id": "11111111-2222-4333-8444-555555555555"}]');
select handler, type from app.heard;

-- What is rolled back was not heard.
truncate app.heard;
begin;
select eventlog.log_event('lost') is not null as done;
rollback;
select count(*) from app.heard;

-- What the owner brings in as history has had its handlers when it was news.
insert into public.events (type, payload, xid) values ('history', '{}', 3);
select count(*) from app.heard;

-- The last one that goes takes the trigger along.
select eventlog.off_event('a');
select tgname from pg_trigger where tgrelid = 'public.events'::regclass and tgname = 'eventlog_handlers';
select eventlog.off_event('b');
select tgname from pg_trigger where tgrelid = 'public.events'::regclass and tgname = 'eventlog_handlers';
select eventlog._plain_sequence('public.events') is not null as plain;
select eventlog.log_event('unheard') is not null as done;
select count(*) from app.heard;
select action, object, detail ->> 'handler' as handler from eventlog.admin_log where action in ('on_event', 'off_event') order by id;

-- On a partitioned log, on a partition that is named too, and on one that is new.
select eventlog.create_log('public.parted', partition_interval => '1 month', require_tenant => false, unregistered => 'allow');
select eventlog.on_event('p', 'app.hear', log => 'public.parted');
create or replace function app.hear(event jsonb) returns void language plpgsql as $$
begin
    insert into app.heard (handler, type) values ('hear', event ->> 'type');
end $$;
select eventlog.log_event('parted', log => 'public.parted') is not null as done;
insert into public.parted (type, payload) values ('parted insert', '{}');
select tableoid::regclass as part from public.parted limit 1 \gset
insert into :part (type, payload) values ('partition', '{}');
select handler, type from app.heard order by place;
