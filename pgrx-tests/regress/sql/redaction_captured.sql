-- Of captured events columns are left out as a whole, before they wait for anything; what reads back knows that it does not know.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table customers (id int primary key, team text, status text, gone boolean, name text, email text, card text, profile jsonb);
select eventlog.track_changes('customers', entity_type => 'customer', tenant_column => 'team', state_column => 'status', deleted_column => 'gone');
select eventlog.set_redaction('{"remove": ["**.email", "**.ssn", "/name"], "mask": ["**.card"], "hash": []}');
select clock_timestamp() as before \gset
insert into customers values (1, 't', 'new', false, 'Ann', 'a@example.com', '4111', '{"ssn": 1}'), (2, 't', 'new', false, 'Bob', null, null, '{"a": 1}');
select clock_timestamp() as inserted \gset
update customers set name = 'Anna', email = 'anna@example.com', status = 'old' where id = 1;
update customers set email = 'bob@example.com' where id = 2;
update customers set gone = true where id = 2;
update customers set gone = false where id = 2;
begin;
select eventlog.set_context(reason => 'because', context => '{"email": "c@example.com", "field": null}'::jsonb - 'field');
delete from customers where id = 1;
commit;
select type, payload, context from events order by seq;
select count(*) from events where events::text ~ 'example.com|4111|ssn';
-- Unknown is null.
select * from eventlog.table_as_of(null::customers, :'inserted') order by id;
select * from eventlog.table_as_of(null::customers, :'before') order by id;
select type, state from eventlog.entity_history('customer', '2');
-- Statements that overlap let events wait; these are redacted by then.
create function touch() returns trigger language plpgsql as $$ begin update customers set email = 'again@example.com' where id = new.id and email <> 'again@example.com'; return null; end $$;
create trigger touch after update on customers for each row execute function touch();
update customers set email = 'first@example.com', name = 'Bobby' where id = 2;
select type, payload, context from events order by seq desc limit 2;
select count(*) from events where events::text ~ 'example.com|4111|ssn';
drop trigger touch on customers;

-- A type's own rules, which name columns or parts of them.
select eventlog.set_redaction('{}');
select eventlog.register_event_type('customer.updated', redact => '{"remove": ["/changes/profile/new/secret", "/changes/card"]}');
update customers set profile = '{"secret": 1}', card = '1' where id = 2;
update customers set profile = '{"other": 1}', name = 'R' where id = 2;
select payload, context from events order by seq desc limit 2;
select eventlog.register_event_type('customer.updated', redact => '{"mask": ["/changes/card"]}');
select eventlog.register_event_type('customer.updated', redact => '{"remove": ["/changes/status"]}');
select eventlog.register_event_type('customer.deleted', redact => '{"remove": ["/final_values/id"]}');

-- Never the key, the tenant, the state or the mark of deletion.
select eventlog.set_redaction('{"remove": ["**.id"]}');
select eventlog.set_redaction('{"mask": ["**.team"]}');
select eventlog.set_redaction('{"remove": ["/changes/status"]}');
select eventlog.set_redaction('{"remove": ["**.gone"]}');
select eventlog.untrack_changes('customers');
select eventlog.set_redaction('{"remove": ["**.id"]}');
select eventlog.track_changes('customers', entity_type => 'customer');
-- What is old or new is no key of anybody's.
select eventlog.set_redaction('{"remove": ["**.old", "**.new", "**.changes", "**.state", "/state/new", "**.field"]}');
select eventlog.track_changes('customers', entity_type => 'customer', state_column => 'status');
update eventlog.log set redact = '{"encrypt": ["/card"]}';
update customers set name = 'z' where id = 2;
update eventlog.log set redact = '{"remove": ["**.old", "**.new", "/state/new"]}';
update customers set status = 'x', name = 'y' where id = 2;
select payload, context from events order by seq desc limit 2;
