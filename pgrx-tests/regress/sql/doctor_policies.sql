-- Policies: each finding, its remedy, and what is left after it.
create role regress_dp_owner;
create role regress_dp_app;
create role regress_dp_team;
create role regress_dp_auditor;
grant regress_dp_team to regress_dp_app;
grant create on schema public to regress_dp_owner;
create schema auth;
create function auth.uid() returns uuid language sql stable as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
grant usage on schema auth to public;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dp_owner;
select eventlog.create_log('public.events');
select eventlog.isolate_tenants('public.events', readers => '{regress_dp_app}');

-- calls for each row: of a policy of one's own on a log, and of one that asks us elsewhere
create policy audit on public.events for select to regress_dp_auditor
    using (tenant_id = eventlog.current_tenant()::uuid and type <> 'auth.uid() eventlog.current_tenant() it''s "'
        and actor_id <> coalesce(current_setting('a.b', true), auth.uid()::text));
create table public.notes (tenant text, author uuid, "auth.uid()" text);
create table public.members (tenant text, author text);
alter table public.notes enable row level security;
create policy "correlated" on public.notes using (exists (
    select from public.members m where m.tenant = notes.tenant and m.author = eventlog.current_actor() and "auth.uid()" = 'eventlog.current_actor()'));
create policy testexpr on public.notes using (eventlog.current_tenant() in (select m.tenant from public.members m));
-- once for each statement, or nobody's business of ours
create policy once on public.notes using (tenant = (select eventlog.current_tenant()));
create policy members on public.notes using (tenant = any (array(select m.tenant from public.members m where m.author = eventlog.current_actor())));
create policy nested on public.notes using (tenant in (
    select m.tenant from public.members m where exists (select from public.members n where n.tenant = m.tenant and n.author = eventlog.current_actor())));
create policy theirs on public.notes using (author = auth.uid());
create policy fixed on public.notes with check (tenant = eventlog.current_tenant());
:found;
:remedies \gexec
:found;
select polname, pg_get_expr(polqual, polrelid) from pg_policy where polname in ('audit', 'correlated', 'testexpr') order by 1;

-- policies that are combined with ours: for everyone, for a role above, for all commands; not those of other roles or
-- commands, and not restrictive ones
create policy "all open" on public.events to public using (true);
create policy team on public.events for select to regress_dp_team using (true);
create policy every on public.events to regress_dp_app using (true);
create policy writes on public.events for update to regress_dp_app using (true);
create policy auditor on public.events for select to regress_dp_auditor using (true);
create policy narrow on public.events as restrictive to regress_dp_app using (true);
:found;
:remedies \gexec
:found;
select polname from pg_policy where polrelid = 'public.events'::regclass order by 1;

-- what the tree of an expression says
reset role;
create function public.per_row(name) returns text language sql as $$
    select string_agg(f::regproc::text, ', ') from pg_policy p, eventlog._calls_per_row(p.polqual::text) f where polname = $1 $$;
select polname, public.per_row(polname) from pg_policy where polrelid = 'public.notes'::regclass order by 1;
select array(select eventlog._calls_per_row('')), array(select eventlog._calls_per_row('{}}}:funcid 1 {{')), eventlog._wrap_calls('"unended ''');
drop owned by regress_dp_owner, regress_dp_app, regress_dp_team, regress_dp_auditor cascade;
drop role regress_dp_owner, regress_dp_app, regress_dp_team, regress_dp_auditor;
