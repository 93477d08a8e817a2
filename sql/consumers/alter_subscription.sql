create or replace function eventlog.alter_subscription(
    name text,
    changes jsonb
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_alter_subscription';

comment on function eventlog.alter_subscription(text, jsonb) is
    'changes what a subscription asks for, and how it is delivered';
