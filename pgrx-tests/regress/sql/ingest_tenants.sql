-- What an isolated log keeps of whom: the tenant is the sender's, never the event's, and nobody is written in another's name.
create role regress_ingest_app;
create role regress_ingest_service;
create role regress_ingest_guest;
grant usage on schema public to regress_ingest_app, regress_ingest_service, regress_ingest_guest;
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.grant_writer('events', 'regress_ingest_app');
select eventlog.grant_service('events', 'regress_ingest_service');
select eventlog.grant_context('regress_ingest_app');
select eventlog.grant_context('regress_ingest_service');
select polname, polcmd, pg_get_expr(polqual, polrelid) as sees, eventlog._policy_roles('events_rejected', polname) = array[current_user] as owner
from pg_policy where polrelid = 'public.events_rejected'::regclass order by 1;
\dp public.events_rejected

set role regress_ingest_app;
begin;
select eventlog.set_context('acme', 'user', 'ann');
select index, outcome, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1}},
    {"type": "paid", "payload": {"amount": 2}, "tenant_id": "other"},
    {"type": "paid", "payload": {}, "tenant_id": "other"},
    {"type": "paid", "payload": {"amount": 3}, "actor_id": "bob"},
    {"type": "paid", "payload": {"amount": 4}, "actor_type": "job"},
    {"type": "paid", "payload": {"amount": 5}, "tenant_id": "acme", "actor_type": "user", "actor_id": "ann", "idempotency_key": "k"},
    {"type": "paid", "payload": {"sum": 6}}
]', 'app');
commit;
-- Nobody but the owner and services sees them, unless the owner says so: then those of the own tenant.
select count(*) from public.events_rejected;
insert into public.events_rejected (id, bytes, violations) values (gen_random_uuid(), 1, '[]');
select * from eventlog.retry_rejected();
select eventlog.discard_rejected('{}', 'x');
-- Without a tenant nothing is written, and nothing is lost.
select outcome, violations from eventlog.ingest_events('[{"type": "paid", "payload": {"amount": 1}}]');
reset role;
grant select on public.events_rejected to regress_ingest_app;
set role regress_ingest_app;
begin;
select eventlog.set_context('acme');
select count(*) from public.events_rejected;
select eventlog.set_context('other');
select count(*) from public.events_rejected;
commit;
set role regress_ingest_guest;
select * from eventlog.ingest_events('[{"type": "paid"}]');
select * from eventlog.ingest_events('[]');
select * from eventlog.retry_rejected(log => 'events');
select eventlog.discard_rejected('{}', 'x', 'events');

-- A service writes for any tenant; what is rejected is the service's, of no tenant.
set role regress_ingest_service;
select index, outcome, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 7}, "tenant_id": "other", "actor_id": "x"},
    {"type": "paid", "payload": {"sum": 8}, "tenant_id": "other"}]', 'feed');
select source, tenant_id, sent_by, actor_type, actor_id, event, violations from public.events_rejected order by id;

-- What was not allowed is not tried with the rest, and by its name neither becomes somebody else's.
reset role;
select eventlog.register_event_type('paid', version => 1);
set role regress_ingest_service;
select index, outcome, violations from eventlog.retry_rejected();
select index, outcome, violations from eventlog.retry_rejected(array(select id from public.events_rejected where resolved_at is null));
reset role;
select tenant_id, actor_type, actor_id, payload from public.events order by seq;
-- A sender who is gone was held.
revoke all on public.events_rejected from regress_ingest_app;
select eventlog.revoke_writer('events', 'regress_ingest_app');
select eventlog.revoke_service('events', 'regress_ingest_service');
\dp public.events_rejected
select eventlog.revoke_context('regress_ingest_app');
select eventlog.revoke_context('regress_ingest_service');
revoke all on schema public from regress_ingest_app, regress_ingest_service, regress_ingest_guest;
drop role regress_ingest_app;
drop role regress_ingest_service;
drop role regress_ingest_guest;
select outcome, violations from eventlog.retry_rejected(array(select id from public.events_rejected where resolved_at is null));
select eventlog.release_tenants('events');
select count(*) from pg_policy where polrelid = 'public.events_rejected'::regclass;
