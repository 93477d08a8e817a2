create or replace view eventlog.handler_error with (security_invoker = true) as
select e.log, e.handler, e.event_id, e.at, e.sqlstate, e.message, e.detail, e.hint, e.context
from eventlog._handler_errors() e;

-- Each sees those of the logs whose owner's rights it has.
grant select on eventlog.handler_error to public;

comment on view eventlog.handler_error is 'errors of handlers of your logs, where the event was written all the same';
comment on column eventlog.handler_error.log is 'the log that the event is in';
comment on column eventlog.handler_error.handler is 'name of the handler';
comment on column eventlog.handler_error.event_id is 'the event that it was called for';
comment on column eventlog.handler_error.at is 'when it failed';
comment on column eventlog.handler_error.sqlstate is 'SQLSTATE of the error';
comment on column eventlog.handler_error.message is 'what the error says';
comment on column eventlog.handler_error.detail is 'its DETAIL';
comment on column eventlog.handler_error.hint is 'its HINT';
comment on column eventlog.handler_error.context is 'where it came from';
