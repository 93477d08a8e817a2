-- register_event_type puts a contract into the taxonomy and returns its version.
select eventlog.create_log('public.events', require_tenant => false);
\pset null '<null>'
select eventlog.register_event_type('task_completed', required => '{step_id}', optional => '{note}',
    description => 'a task was done', domain => 'tasks', max_payload_bytes => 500,
    entity_types => '{task}', actor_types => '{user,system}');
select type, default_version, versions, status, domain, description, required, optional, max_payload_bytes,
    entity_types, actor_types, registered_by
from eventlog.event_types;

-- The same contract again is the same version; what only describes it is brought up to date.
select eventlog.register_event_type('task_completed', required => '{step_id}', optional => '{note}',
    description => 'somebody finished a task', domain => 'work', max_payload_bytes => 500,
    entity_types => '{task}', actor_types => '{user,system}');
select versions, domain, description from eventlog.event_types;

-- Another contract is the next version, and old writers are not held to it.
select eventlog.register_event_type('task_completed', required => '{step_id,minutes}');
select default_version, versions, required from eventlog.event_types;
select eventlog.log_event('task_completed', '{"step_id": 1}', entity_type => 'task', actor_type => 'user') is not null;
select eventlog.log_event('task_completed', '{"step_id": 1}', version => 2);
select eventlog.log_event('task_completed', '{"step_id": 1, "minutes": 3}', version => 2) is not null;
select version, count(*) from public.events group by 1 order by 1;

-- Until told otherwise.
select eventlog.set_default_version('task_completed', 2);
select default_version, versions, required from eventlog.event_types;
select eventlog.log_event('task_completed', '{"step_id": 1}');

-- A version given by number is made, or made anew.
select eventlog.register_event_type('task_completed', required => '{a}', version => 7);
select eventlog.register_event_type('task_completed', required => '{b}', version => 7);
select default_version, versions from eventlog.event_types;
select required from eventlog.event_type where version = 7;
select eventlog.register_event_type('other', version => 3);
select type, default_version, versions from eventlog.event_types order by type;

-- The order of keys makes no other contract.
select eventlog.register_event_type('keys', required => '{a,b}', optional => '{c,d}');
select eventlog.register_event_type('keys', required => '{b,a}', optional => '{d,c}');
select versions from eventlog.event_types where type = 'keys';
