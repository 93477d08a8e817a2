-- What a handler gets: all columns of the log by their names, whatever the session's settings are.
select eventlog.create_log('public.events', tenant_type => 'bigint', unregistered => 'allow');
alter table public.events add column region text default 'eu', add column cost numeric default 1.50;
create schema app;
create table app.heard (event jsonb, who name, path text);
create function app.hear(event jsonb) returns void language sql as $$
    insert into app.heard values (event, current_user, current_setting('search_path'));
$$;
select eventlog.on_event('hear', 'app.hear');
set timezone = 'America/New_York';
set datestyle = 'German';
select eventlog.log_event('paid', '{"amount": 12345678901234567890.10}', 9007199254740993, 'invoice', 7, 'user', 'ann',
    occurred_at => '2026-02-03 04:05:06+00', context => '{"step": 1}') is not null as done;
select jsonb_pretty(event - 'id' - 'seq' - 'xid' - 'origin' - 'recorded_at') from app.heard;
select h.event ->> 'id' = e.id::text as id, (h.event ->> 'seq')::bigint = e.seq as seq, (h.event ->> 'xid')::bigint = e.xid as xid,
    (h.event ->> 'origin')::int = e.origin as origin, (h.event ->> 'recorded_at')::timestamptz = e.recorded_at as recorded_at,
    h.who, h.path
from app.heard h, public.events e;
select string_agg(key, ', ' order by key collate "C") from app.heard, jsonb_object_keys(event) key;
