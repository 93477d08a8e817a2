-- The policies of a log, of its keys and of a table are those that one list has, and no others.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
create table campaigns (id int primary key, tenant_id text not null);
create role regress_policies_reader;
create role regress_policies_writer;
create role regress_policies_service;
create role regress_policies_consumer;
grant usage on schema public to regress_policies_reader, regress_policies_writer, regress_policies_service, regress_policies_consumer;
select eventlog.grant_reader('events', 'regress_policies_reader');
select eventlog.grant_writer('events', 'regress_policies_writer');
select eventlog.grant_service('events', 'regress_policies_service');
select eventlog.grant_consumer('events', 'regress_policies_consumer');
select eventlog.isolate_tenants('campaigns', 'tenant_id', readers => '{regress_policies_reader}', writers => '{regress_policies_writer}');

create temporary view present as
    select r.role, p.polname as policy,
        case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end as command,
        coalesce(substring(pg_get_userbyid(p.polroles[1])::text from 'regress_policies_(.*)'), 'owner') as kind,
        p.polqual is not null as sees, p.polwithcheck is not null as writes
    from pg_policy p
    join (values ('campaigns'::regclass, 'table'), ('events', 'log'), ('events_key', 'keys'),
        ('events_rejected', 'rejected')) r (relation, role) on r.relation = p.polrelid;
create temporary view listed as
    select p.role, p.policy, p.command, p.kind, p.sees is not null as sees, p.writes is not null as writes
    from eventlog._policies('mine', 'mine', 'mine') p;
select * from present order by role collate "C", policy;
select * from (table present except table listed) as more;
select * from (table listed except table present) as fewer;

select eventlog.release_tenants('campaigns');
select eventlog.release_tenants('events');
select count(*) from pg_policy where polrelid in ('campaigns'::regclass, 'events'::regclass, 'events_key'::regclass, 'events_rejected'::regclass);
drop owned by regress_policies_reader, regress_policies_writer, regress_policies_service, regress_policies_consumer;
drop role regress_policies_reader, regress_policies_writer, regress_policies_service, regress_policies_consumer;
