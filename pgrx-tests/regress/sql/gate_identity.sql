-- xid, seq and origin say to consumers when an event became visible: nobody but the owner may make them up.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
create role regress_gate_writer;
grant insert on public.events, public.events_key to regress_gate_writer;
set role regress_gate_writer;
insert into public.events (type, payload, xid) values ('x', '{}', '1');
insert into public.events (type, payload, origin) values ('x', '{}', 7);
insert into public.events (type, payload, xid, origin) values ('x', '{}', pg_current_xact_id()::text::bigint, eventlog.cluster_origin());
insert into public.events (type, payload, seq) values ('x', '{}', 2);
reset role;
insert into public.events (type, payload, xid, origin) values ('old', '{}', '1', 7);
select type, origin = eventlog.cluster_origin() as ours from public.events order by seq;

-- Nulls are no way around it.
\set VERBOSITY terse
insert into public.events (type, payload, xid) values ('x', '{}', null);
insert into public.events (type, payload, id) values ('x', '{}', null);
insert into public.events (type, payload, seq) values ('x', '{}', null);
insert into public.events (type, payload, recorded_at) values ('x', '{}', null);
insert into public.events (type, payload, occurred_at) values ('x', '{}', null);
insert into public.events (type, payload, version) values ('x', '{}', null);
revoke all on public.events, public.events_key from regress_gate_writer;
drop role regress_gate_writer;
