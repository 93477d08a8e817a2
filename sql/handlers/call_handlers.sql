create or replace function eventlog.call_handlers() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_call_handlers';

comment on function eventlog.call_handlers() is 'trigger function of logs with handlers: calls those that want the event';
