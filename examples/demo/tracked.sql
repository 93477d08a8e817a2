-- A table whose every change is an event, and the table as it was. Variable: past, the heading of the second part.
create table account (company uuid primary key, name text not null, plan text not null, seats int not null);
insert into account
select id, name, 'trial', 5 from company order by size desc limit 3;
select eventlog.track_changes('account', tenant_column => 'company', state_column => 'plan') \g /dev/null
select clock_timestamp() as before \gset

begin;
select eventlog.set_context(actor_type => 'user', actor_id => 'ada', reason => 'signed the contract') \g /dev/null
update account set plan = 'team', seats = 40 where name like 'Acorn%';
commit;
update account set seats = seats + 1;
delete from account where name like 'Birch%';

select rpad(type, 23) || rpad(coalesce(actor_id, '-'), 5) || left((payload - 'reason')::text, 60) || coalesce('  ' || (payload ->> 'reason'), '')
from event_log where entity_type = 'account' order by seq;

\echo :past
select rpad(was.name, 20) || rpad(was.plan, 7) || lpad(was.seats::text, 3) || '    now: '
    || coalesce(rpad(now.plan, 7) || lpad(now.seats::text, 3), 'gone')
from eventlog.table_as_of(null::account, :'before') was
left join account now using (company)
order by was.name;

create function pg_temp.check_past(before timestamptz) returns void language plpgsql as $$
begin
    assert (select array_agg(type order by seq) from event_log where entity_type = 'account')
        = array['account.updated', 'account.state_changed', 'account.updated', 'account.updated', 'account.updated', 'account.deleted'],
        'each change is told, in its order';
    assert (select bool_and(plan = 'trial' and seats = 5) and count(*) = 3 from eventlog.table_as_of(null::account, before)),
        'the table is what it was';
end
$$;
\o /dev/null
select pg_temp.check_past(:'before');
