-- What is kept, compared and told does not depend on quote_all_identifiers: the same is done under both, in two schemas.
set eventlog.allow_drop = on;
create role regress_quote_app;
create schema plain;
create schema quoted;
grant usage on schema plain, quoted to regress_quote_app;
create table public.told (said text, place text, what text);
create function public.tell(place text, said text, query text) returns void language plpgsql as $$
declare
    line text;
begin
    for line in execute format('select (r.*)::text from (%s) r', query) loop
        insert into public.told values (said, place, line);
    end loop;
exception when others then
    insert into public.told values (said, place, sqlstate || ' ' || sqlerrm);
end $$;
create function public.fill(place text) returns void language plpgsql as $$
begin
    perform set_config('search_path', place || ', public', true);
    create table member (user_id text, tenant_id text);
    create table orders (id int primary key, tenant_id text, kind regtype, of_table regclass, amount numeric(8, 2));
    create table parted (id int, tenant_id text, primary key (id)) partition by range (id);
    create table ledger (n int) partition by range (n);
    perform public.tell(place, 'made', format('select eventlog.create_log(%L, tenant_type => ''text'', unregistered => ''allow'', max_payload_bytes => 9999) is null', place || '.events'));
    perform public.tell(place, 'made', format('select eventlog.create_log(%L, tenant_type => ''text'', partition_interval => ''1 month'') is null', place || '.months'));
    perform eventlog.register_event_type('paid', required => '{amount}', log => 'months');
    perform eventlog.register_event_type('noted', log => 'events');
    perform public.tell(place, 'viewed', format('select eventlog.create_event_view(%L, ''events'', ''{"type": "type", "data": "payload", "who": "actor_id::bigint"}'') is null', place || '.shown'));
    perform public.tell(place, 'isolated', 'select eventlog.isolate_tenants(''events'', membership => ''member(user_id, tenant_id)'') is null');
    perform eventlog.isolate_tenants('orders', readers => '{regress_quote_app}', writers => '{regress_quote_app}');
    perform eventlog.grant_writer('months', 'regress_quote_app'), eventlog.grant_service('events', 'regress_quote_app');
    perform public.tell(place, 'guarded', 'select eventlog.make_append_only(''ledger'')');
    perform public.tell(place, 'tracked', 'select eventlog.track_changes(''orders'', tenant_column => ''tenant_id'', log => ''events'') is null');
    perform public.tell(place, 'tracked', 'select eventlog.track_changes(''parted'', tenant_column => ''tenant_id'', log => ''months'') is null');
    create table part partition of parted for values from (0) to (10);
    create table page partition of ledger for values from (0) to (10);
    create table old partition of months for values from ('1990-01-01') to ('1991-01-01');
    insert into orders values (1, 'a', 'text', 'member', 1.5), (2, 'a', 'int', 'orders', 2);
    update orders set amount = 7, of_table = 'ledger', kind = 'numeric(5,2)' where id = 1;
    alter table orders rename amount to total;
    alter table orders add extra text;
    update orders set extra = 'e', total = 8 where id = 1;
    insert into part values (1, 'a');
    alter table parted detach partition part;
    perform public.tell(place, 'past', 'select id, kind::oid, of_table = ''orders''::regclass, total, extra from eventlog.table_as_of(null::orders, clock_timestamp()) order by id');
    perform public.tell(place, 'history', 'select type, changes, state from eventlog.entity_history(''orders'', 1, log => ''events'') order by seq');
    perform public.tell(place, 'refused', 'select eventlog.create_log(''events'')');
    perform public.tell(place, 'refused', 'select eventlog.repair_log(''member'')');
    perform public.tell(place, 'refused', 'select eventlog.track_changes(''months'')');
    perform public.tell(place, 'refused', 'select eventlog.isolate_tenants(''part'', readers => ''{nobody}'')');
    perform public.tell(place, 'refused', 'select eventlog.release_append_only(''page'')');
    perform public.tell(place, 'refused', 'delete from events');
    -- what is lacking, and what puts it back
    alter table events alter seq drop default;
    drop trigger eventlog_gate on months;
    alter table old disable trigger user;
    drop policy eventlog_owner on events_key;
    alter sequence months_seq_seq owned by none;
    perform public.tell(place, 'doctor', format('select * from eventlog.doctor() d where d::text like %L', '%' || place || '%'));
    perform public.tell(place, 'repaired', 'select eventlog.repair_log(''events'')');
    perform public.tell(place, 'repaired', 'select eventlog.repair_log(''months'')');
    perform public.tell(place, 'repaired again', 'select eventlog.repair_log(''events'')');
    perform public.tell(place, 'plain', 'select eventlog._plain_sequence(''months'') is null, eventlog._plain_sequence(''events'') is null');
    perform public.tell(place, 'payload', 'select type, payload, context, entity_type, entity_id from events order by seq');
    perform public.tell(place, 'taxonomy', 'select eventlog.export_taxonomy(''months'')');
end $$;

select public.fill('plain');
set quote_all_identifiers = on;
select public.fill('quoted');
reset quote_all_identifiers;
insert into public.told
select 'comment', place, concat_ws(' ', pg_describe_object(classoid, objoid, objsubid), description)
from pg_description, unnest('{plain,quoted}'::text[]) place where pg_describe_object(classoid, objoid, objsubid) like '%' || place || '.%';
insert into public.told
select 'expression', place, e
from unnest('{plain,quoted}'::text[]) place, lateral (
    select concat_ws(' ', d.adrelid::regclass, d.adnum, pg_get_expr(d.adbin, d.adrelid)) from pg_attrdef d
    union all
    select concat_ws(' ', p.polrelid::regclass, p.polname, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) from pg_policy p
    union all
    select pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
    union all
    select c.oid::regclass::text from pg_class c
) as v (e)
where e like '%' || place || '.%';
insert into public.told
select 'tracking', (regexp_match(t.relation::text, 'plain|quoted'))[1], to_jsonb(t) - 'tracking_id' - 'log_id' from eventlog.tracked_table t;
insert into public.told
select 'log', (regexp_match(l.relation::text, 'plain|quoted'))[1], to_jsonb(l) - 'log_id' - 'is_default' from eventlog.log l;
insert into public.told
select 'admin_log', (regexp_match(object, 'plain|quoted'))[1], concat_ws(' ', action, object, detail - 'default') from eventlog.admin_log where object ~ 'plain|quoted';

create view public.compared as
select said, place,
    -- What differs because the schemas, ids and moments do; and names that the report itself was made to quote.
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(what, '\m(plain|quoted)\M', 'SCHEMA', 'g'),
        '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'ID', 'g'),
        '\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+\d\d(:\d\d)?)?', 'TIME', 'g'),
        '_p\d{8}', '_pDAY', 'g'), '\m\d{5,}\M', 'OID', 'g'), '"is_default":(true|false)', '') as what
from public.told;
select said, what as only_plain from public.compared where place = 'plain'
except all select said, what from public.compared where place = 'quoted' order by 1, 2;
select said, what as only_quoted from public.compared where place = 'quoted'
except all select said, what from public.compared where place = 'plain' order by 1, 2;
select said, count(*) > 0 as compared from public.compared group by 1 order by 1;

-- Recovery reads what was kept.
set quote_all_identifiers = on;
select eventlog.create_log('public.by_uuid') is not null as made;
set client_min_messages = error;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select count(*) > 10 as repaired from eventlog.repair_log('public.by_uuid');
select count(*) > 10 as repaired from eventlog.repair_log('quoted.events');
select count(*) from eventlog.repair_log('quoted.events');
reset client_min_messages;
reset quote_all_identifiers;
select log, state, tenant_type, event_types from eventlog.logs;

drop owned by regress_quote_app;
drop role regress_quote_app;
