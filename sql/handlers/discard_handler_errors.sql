create or replace function eventlog.discard_handler_errors(handler text, before timestamptz default 'infinity') returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_discard_handler_errors';

comment on function eventlog.discard_handler_errors(text, timestamptz) is
    'removes the recorded errors of a handler of your logs, and returns how many those were';
