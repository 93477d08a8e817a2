-- The claims of a JSON Web Token, as PostgREST sets them, say who acts where no context does: here in a superuser's session.
\pset null '<null>'
create view public.now as
select eventlog.current_tenant() as tenant, eventlog.current_actor_type() as actor_type, eventlog.current_actor() as actor,
    eventlog.current_correlation() as correlation, eventlog.current_causation() as causation, eventlog.current_reason() as reason;
begin;
set local request.jwt.claims = '{"sub": "u-1", "role": "authenticated", "app_metadata": {"tenant_id": "t-1"},
    "user_metadata": {"tenant_id": "t-2"}, "correlation_id": "c", "tenant_id": "t-3", "actor_type": "admin"}';
table public.now;
-- A context counts alone, whatever it says.
savepoint s;
select eventlog.set_context('t-9');
table public.now;
select eventlog.set_context(actor_type => 'service', actor_id => 'billing');
table public.now;
select eventlog.set_context(reason => 'because');
table public.now;
select eventlog.set_context();
table public.now;
rollback to s;
table public.now;
set local role pg_monitor;
select eventlog.current_tenant(), eventlog.current_actor();
reset role;
set local request.jwt.claims = '{"sub": "u-2"}';
table public.now;
commit;
-- After the transaction the setting is empty, not absent.
select current_setting('request.jwt.claims') = '' as empty;
table public.now;

-- Numbers keep their digits. What is no text or whole number says nothing, and so does what is no JSON.
create function public.said(claims text) returns table (tenant text, actor_type text, actor text) language plpgsql as $$
begin
    perform set_config('request.jwt.claims', claims, true);
    return query select eventlog.current_tenant(), eventlog.current_actor_type(), eventlog.current_actor();
end $$;
select v.claims, s.*
from (values
    ('{"sub": 7, "app_metadata": {"tenant_id": 9007199254740993}}'),
    ('{"sub": -7, "app_metadata": {"tenant_id": 12345678901234567890123}}'),
    ('{"sub": 7.0, "app_metadata": {"tenant_id": 1e3}}'),
    ('{"sub": "", "app_metadata": {"tenant_id": ""}}'),
    ('{"sub": null, "app_metadata": {"tenant_id": null}}'),
    ('{"sub": true, "app_metadata": {"tenant_id": ["t-1"]}}'),
    ('{"sub": {"id": "u-1"}, "app_metadata": {"tenant_id": {"id": "t-1"}}}'),
    ('{"sub": "u-1", "app_metadata": "t-1"}'),
    ('{"sub": "u-1", "app_metadata": ["t-1"]}'),
    ('{"sub": "u-1", "user_metadata": {"tenant_id": "t-1"}}'),
    ('{"sub": "u-1", "app_metadata.tenant_id": "t-1"}'),
    ('{"SUB": "u-1", "App_metadata": {"tenant_id": "t-1"}}'),
    ('{"sub": "a\u0000b", "app_metadata": {"tenant_id": "\u0000"}}'),
    ('{"sub": "Ä", "app_metadata": {"tenant_id": "\u00c4"}}'),
    ('{"sub": "u-1", "sub": "u-2", "app_metadata": {"tenant_id": "t-1"}, "app_metadata": {}}'),
    ('{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}'),
    ('{"sub": "u-1"} {"sub": "u-2"}'),
    ('[{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}}]'),
    ('"u-1"'), ('null'), ('{}'), ('no JSON'), (' '), ('')
) v (claims), lateral public.said(v.claims) s;
select length(s.tenant), s.actor
from public.said(format('{"sub": "%s", "app_metadata": {"tenant_id": "%s"}}', repeat('x', 513), repeat('y', 512))) s;
select s.* from public.said(repeat('[', 1000000)) s;
select s.* from public.said('{"a": ' || repeat('[', 1000000) || repeat(']', 1000000) || ', "sub": "u-1"}') s;
select s.* from public.said(repeat('{"a":', 100000) || '1' || repeat('}', 100000)) s;

-- Where the tenant stands is a setting, of superusers alone.
show eventlog.tenant_claim;
set eventlog.tenant_claim = 'org_id';
select s.* from public.said('{"sub": "u-1", "org_id": "t-1", "app_metadata": {"tenant_id": "t-2"}}') s;
set eventlog.tenant_claim = 'https://example\.com/org.id';
select s.* from public.said('{"sub": "u-1", "https://example.com/org": {"id": 4}}') s;
set eventlog.tenant_claim = '';
select s.* from public.said('{"sub": "u-1", "": "t-1"}') s;
set eventlog.tenant_claim = 'user_metadata.tenant_id';
set eventlog.tenant_claim = 'a.user_metadata';
set eventlog.tenant_claim = 'a..b';
set eventlog.tenant_claim = '.';
set eventlog.tenant_claim = 'a\b';
show eventlog.tenant_claim;
reset eventlog.tenant_claim;

-- So is whose sessions count, besides superusers'.
show eventlog.jwt_logins;
set eventlog.jwt_logins = authenticator, api;
show eventlog.jwt_logins;
set eventlog.jwt_logins = 'authenticator, "Odd, Name"';
set eventlog.jwt_logins = 'a b';
set eventlog.jwt_logins = 'a,';
set eventlog.jwt_logins = '"a';
set eventlog.jwt_logins = '';
select s.* from public.said('{"sub": "u-1"}') s;
reset eventlog.jwt_logins;
create role regress_claims_guest;
set role regress_claims_guest;
set eventlog.tenant_claim = 'sub';
set eventlog.jwt_logins = 'regress_claims_guest';
reset eventlog.jwt_logins;
reset role;
drop role regress_claims_guest;

-- Events take tenant and actor from it, as they take them from a context.
select eventlog.create_log('public.events', tenant_type => 'bigint');
select eventlog.register_event_type('paid');
begin;
set local request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": 7}}';
select eventlog.log_event('paid') is not null;
insert into public.events (type, payload) values ('paid', '{}');
select count(*) from eventlog.log_events('[{"type": "paid"}]');
set local request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": "seven"}}';
savepoint s;
select eventlog.log_event('paid');
rollback to s;
set local request.jwt.claims = 'no JSON';
select eventlog.log_event('paid');
rollback to s;
commit;
begin;
set local request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": 7}}';
select eventlog.log_event('paid') is not null;
commit;
select tenant_id, actor_type, actor_id from public.events order by seq;
