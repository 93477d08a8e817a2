-- What a JSON Schema costs: the same rows into the same kind of log, with required keys alone, and with a schema of ten
-- properties besides, seven of which a payload has. Wants the variable "schema".
select bench.make_log('schema_none', true), bench.make_log('schema_ten', true) \g /dev/null
select eventlog.register_event_type(type, version => 1, required => '{step_id,title,status}',
    optional => '{duration_ms,retry,assignee,note}', schema => :'schema', log => 'bench.schema_ten')
from (select distinct type from bench.source) as t \g /dev/null
call bench.make_run_of_rows('schema_none');
call bench.make_run_of_rows('schema_ten');
