-- For which events a handler is called: lists of types, patterns, filters; checked when it is made.
select eventlog.create_log('public.events', tenant_type => 'uuid', require_tenant => false, unregistered => 'allow');
create schema app;
create table app.heard (place serial, what text);
create function app.exact(event jsonb) returns void language sql as $$ insert into app.heard (what) values ('exact ' || (event ->> 'type')) $$;
create function app.prefix(event jsonb) returns void language sql as $$ insert into app.heard (what) values ('prefix ' || (event ->> 'type')) $$;
create function app.regex(event jsonb) returns void language sql as $$ insert into app.heard (what) values ('regex ' || (event ->> 'type')) $$;
create function app.filtered(event jsonb) returns void language sql as $$ insert into app.heard (what) values ('filtered ' || (event ->> 'payload')) $$;
select eventlog.on_event('1', 'app.exact', types => '{order.paid,order.sent}');
select eventlog.on_event('2', 'app.prefix', pattern => 'order.', pattern_kind => 'prefix');
select eventlog.on_event('3', 'app.regex', pattern => 'order\.(paid|open)', pattern_kind => 'regex');
select eventlog.on_event('4', 'app.filtered', filters => '[
    {"field": "$.payload.amount", "operator": "gt", "value": 100},
    {"field": "$.tenant_id", "operator": "equals", "value": "11111111-2222-4333-8444-555555555551"}]');
select eventlog.log_event(type, jsonb_build_object('amount', amount), tenant_id => tenant) is null as failed
from (values ('order.paid', 100, null::uuid), ('order.open', 100.01, '11111111-2222-4333-8444-555555555551'),
    ('order.open.again', 500, '11111111-2222-4333-8444-555555555552'), ('other', 101, '11111111-2222-4333-8444-555555555551')) e (type, amount, tenant);
select what from app.heard order by place;
select name, log, handler, types, pattern, pattern_kind, filters is not null as filtered, mode, on_error, problem from eventlog.handlers order by name;

-- Made anew under its name it is another one, also for this session.
truncate app.heard;
select eventlog.on_event('1', 'app.regex', types => '{other}');
select eventlog.off_event('2'), eventlog.off_event('3'), eventlog.off_event('4');
select eventlog.log_event('other') is null as failed, eventlog.log_event('order.paid') is null as failed;
select what from app.heard order by place;

-- What cannot be asked for.
select eventlog.on_event(null, 'app.exact');
select eventlog.on_event('', 'app.exact');
select eventlog.on_event('x', null);
select eventlog.on_event('x', 'exact');
select eventlog.on_event('x', 'app.exact(jsonb)');
select eventlog.on_event('x', 'app.missing');
select eventlog.on_event('x', 'nowhere.exact');
create function app.counts(event jsonb) returns int language sql as 'select 1';
create function app.many(event jsonb) returns setof void language sql as 'select';
create function app.text(event text) returns void language sql as 'select';
create procedure app.proc(event jsonb) language sql as 'select';
select eventlog.on_event('x', 'app.counts');
select eventlog.on_event('x', 'app.many');
select eventlog.on_event('x', 'app.text');
select eventlog.on_event('x', 'app.proc');
select eventlog.on_event('x', 'app.exact', types => '{}');
select eventlog.on_event('x', 'app.exact', pattern => 'a', pattern_kind => 'like');
select eventlog.on_event('x', 'app.exact', pattern => '(', pattern_kind => 'regex');
select eventlog.on_event('x', 'app.exact', filters => '[{"field": "$.payload.a", "operator": "near", "value": 1}]');
select eventlog.on_event('x', 'app.exact', mode => 'later');
select eventlog.on_event('x', 'app.exact', on_error => 'ignore');
select eventlog.on_event('x', 'app.exact', options => '{"keep": "1 day"}');
select eventlog.on_event('x', 'app.exact', options => '[]');
select eventlog.on_event('x', 'app.exact', log => 'app.heard');
select eventlog.off_event('x');
select eventlog.off_event(null);
select eventlog.create_log('public.other');
select eventlog.on_event('1', 'app.exact', log => 'public.other');
select name, handler from eventlog.handlers;
