-- Helpers that alter logs and tables do so for the function that checks and records it, and for nobody's call by hand:
-- not for the owner's, not for a stranger's, not for a superuser's.
\set VERBOSITY default
set client_min_messages = warning;
create role regress_hh_owner;
create role regress_hh_stranger;
grant create on schema public to regress_hh_owner;
set role regress_hh_owner;
select eventlog.create_log('public.events', tenant_type => 'text', partition_interval => '1 day');
select eventlog.create_log('public.plain', tenant_type => 'text');
create table public.things (id int primary key, tenant_id text not null, note text);
select eventlog.track_changes('public.things', log => 'public.events');
select eventlog.isolate_tenants('public.things', readers => '{regress_hh_stranger}');
create table public.ledger (id int primary key);
select eventlog.make_append_only('public.ledger');
reset role;

create table public.calls (place int generated always as identity, helper text, call text);
grant select on public.calls to public;
insert into public.calls (helper, call) values
    ('_add_capture', $$eventlog._add_capture('public.things', gen_random_uuid(), true, true)$$),
    ('_add_handlers', $$eventlog._add_handlers('public.events', gen_random_uuid())$$),
    ('_add_guards', $$eventlog._add_guards('public.things')$$),
    ('_apply_kind', $$eventlog._apply_kind('public.events', eventlog._claims_of('public.events'), 'reader', '{regress_hh_stranger}')$$),
    ('_apply_tenancy', $$eventlog._apply_tenancy('public.things', null, '{"column": "tenant_id"}', '{}', '{regress_hh_stranger}', '{}', '{}', false)$$),
    ('_build_type_view', $$eventlog._build_type_view('public', 'seen', 'paid', null, 'public.events')$$),
    ('_build_event_view', $$eventlog._build_event_view('public', 'seen', 'public.events', '{"t": "type"}')$$),
    ('_build_log', $$eventlog._build_log(gen_random_uuid(), 'public', 'built', 'text', null, false)$$),
    ('_change_role', $$eventlog._change_role('public.events', 'regress_hh_stranger', 'writer', true)$$),
    ('_change_role', $$eventlog._change_role('public.events', 'regress_hh_stranger', 'consumer', false)$$),
    ('_change_tracker', $$eventlog._change_tracker('public.events', 'regress_hh_stranger', true)$$),
    ('_change_tracker', $$eventlog._change_tracker('public.events', 'regress_hh_stranger', false)$$),
    ('_close_new', $$eventlog._close_new('public.events')$$),
    ('_cover_partitions', $$eventlog._cover_partitions('public.events', true)$$),
    ('_drop_capture', $$eventlog._drop_capture('public.things')$$),
    ('_drop_claims', $$eventlog._drop_claims(eventlog._gate_id('public.events'))$$),
    ('_drop_handlers', $$eventlog._drop_handlers('public.events')$$),
    ('_drop_guards', $$eventlog._drop_guards('public.ledger')$$),
    ('_drop_states', $$eventlog._drop_states(eventlog._gate_id('public.events'))$$),
    ('_drop_rejected', $$eventlog._drop_rejected(eventlog._gate_id('public.events'))$$),
    ('_equip_rejected', $$eventlog._equip_rejected('public.events', eventlog._gate_id('public.events'))$$),
    ('_equip_states', $$eventlog._equip_states('public.events', eventlog._gate_id('public.events'))$$),
    ('_fill_states', $$eventlog._fill_states('public.events', eventlog._gate_id('public.events'), 'r')$$),
    ('_leave_states', $$eventlog._leave_states('public.events', eventlog._gate_id('public.events'), 'r')$$),
    ('_equip_claims', $$eventlog._equip_claims('public.things', gen_random_uuid())$$),
    ('_equip_defaults', $$eventlog._equip_defaults('public.events')$$),
    ('_equip_log', $$eventlog._equip_log('public.events', gen_random_uuid(), 'text', null, true)$$),
    ('_equip_sequence', $$eventlog._equip_sequence('public.events')$$),
    ('_isolate_tenants', $$eventlog._isolate_tenants('public.events', true, 'tenant_id', '{regress_hh_stranger}', null, null, null, null, false)$$),
    ('_lock_tracked', $$eventlog._lock_tracked('public.things')$$),
    ('_make_partitions', $$eventlog._make_partitions('public.events', '1 day', 30)$$),
    ('_make_seq_index', $$eventlog._make_seq_index('public.events')$$),
    ('_put_policies', $$eventlog._put_policies('public.things', '[]', '{"column": "tenant_id"}', false)$$),
    ('_release_tenants', $$eventlog._release_tenants('public.things', false)$$),
    ('_repair_tenancy', $$eventlog._repair_tenancy('public.events')$$),
    ('_share_owner', $$eventlog._share_owner('public.things', 'public.calls')$$),
    ('_write_note', $$eventlog._write_note('public.events', 'forged')$$),
    -- These ask Postgres what a statement did, which it tells inside an event trigger alone.
    ('_capture_new_partitions', $$eventlog._capture_new_partitions()$$),
    ('_foreign_objects', $$eventlog._foreign_objects('eventlog'::regnamespace, true)$$),
    ('_guard_new_partitions', $$eventlog._guard_new_partitions()$$),
    ('_isolate_new_partitions', $$eventlog._isolate_new_partitions()$$),
    ('_tracked_misfit', $$eventlog._tracked_misfit()$$),
    -- These are closed besides: trigger functions, and one that the catalogue's owner runs.
    ('_guard_log_row', $$eventlog._guard_log_row()$$),
    ('_guard_isolated', $$eventlog._guard_isolated()$$),
    ('_guard_subscription', $$eventlog._guard_subscription()$$),
    ('_guard_tracking', $$eventlog._guard_tracking()$$),
    ('_keep_isolation', $$eventlog._keep_isolation('public.things')$$);

create function public.try(call text, out answer text) language plpgsql as $$
declare
    hint text;
begin
    execute 'select count(*) from ' || call into answer;
    answer := 'went through: ' || answer;
exception when others then
    get stacked diagnostics hint = pg_exception_hint;
    answer := format('%s %s%s', sqlstate, sqlerrm, ' / ' || nullif(hint, ''));
end $$;
create view public.everything as
    select 'class' as kind, c.oid::text, c::text as it from pg_class c where c.relnamespace in ('public'::regnamespace, 'eventlog'::regnamespace)
    union all select 'trigger', t.oid::text, t::text from pg_trigger t
    union all select 'policy', p.oid::text, p::text from pg_policy p
    union all select 'attribute', a.attrelid || '.' || a.attnum, a::text from pg_attribute a
    union all select 'default', d.oid::text, d::text from pg_attrdef d
    union all select 'comment', c.objoid || '.' || c.objsubid, c::text from pg_description c
    union all select 'function', p.oid::text, p::text from pg_proc p where p.pronamespace = 'eventlog'::regnamespace
    union all select 'log', log_id::text, l::text from eventlog.log l
    union all select 'isolated', i.relation::text, i::text from eventlog.isolated_table i
    union all select 'tracked', t.tracking_id::text, t::text from eventlog.tracked_table t
    union all select 'admin_log', id::text, a::text from eventlog.admin_log a;
create table public.before (kind text, oid text, it text);
insert into public.before select * from everything;

set role regress_hh_owner;
select helper, try(call) from calls order by place;
set role regress_hh_stranger;
select count(*) filter (where try(call) like 'went through%') as went_through, count(*) from calls;
reset role;
select helper, try(call) from calls where try(call) !~ '^42501 function "eventlog\._[a-z_]+" is not to be called by hand' order by place;

-- Nothing came of any of it.
(select 'new', kind, it from (select * from everything except select * from public.before) n)
union all
(select 'gone', kind, it from (select * from public.before except select * from everything) g);

-- Each helper that could change something is among these, or here, with the reason why it may be called.
create table public.harmless (helper text, reason text);
insert into public.harmless values
    ('_begin_reading', 'counts in the memory of the session'),
    ('_check_trackable', 'only looks, past the snapshot of the statement'),
    ('_check_tracked_columns', 'only looks, past the snapshot of the statement'),
    ('_dead_letters', 'shows those of its caller'),
    ('_end_reading', 'counts in the memory of the session'),
    ('_event_rows', 'gives the rows of the log_events() that runs, to its insert'),
    ('_next_seq', 'only looks, past the snapshot of the statement'),
    ('_past_key', 'makes a value of its arguments'),
    ('_past_row', 'makes a row of its arguments'),
    ('_repair_as_owner', 'checks and records by itself: what repair_all() does to one object'),
    ('_require_act', 'refuses'),
    ('_spell_keys', 'makes texts of its arguments'),
    ('_subscriptions', 'shows those of its caller');
select proname as helper, 'volatile, and neither refused nor explained' as wrong
from pg_proc
where pronamespace = 'eventlog'::regnamespace and proname like '\_%' and provolatile = 'v' and prokind = 'f'
    and proname not in (select helper from calls union all select helper from harmless)
union all
select helper, 'refused or explained, and not there or not volatile'
from (select helper from calls union select helper from harmless) h
where not exists (
    select from pg_proc
    where pronamespace = 'eventlog'::regnamespace and proname = helper and provolatile = 'v')
order by 1;

-- An act ends where it fails, and with it what it lets helpers do.
set role regress_hh_owner;
select eventlog.grant_reader('public.events', 'regress_hh_owner');
select try($$eventlog._change_role('public.events', 'regress_hh_stranger', 'writer', true)$$);
begin;
savepoint s;
select eventlog.grant_reader('public.events', 'regress_hh_owner');
rollback to s;
select try($$eventlog._change_role('public.events', 'regress_hh_stranger', 'writer', true)$$);
rollback;

-- What follows a statement of DDL goes on as ever.
create table public.events_ahead partition of public.events for values from ('2100-01-01') to ('2100-01-02');
select tgname from pg_trigger where tgrelid = 'public.events_ahead'::regclass order by 1;
reset role;
drop view everything;
drop table before, calls, harmless;
drop owned by regress_hh_owner, regress_hh_stranger cascade;
drop role regress_hh_owner, regress_hh_stranger;
