-- It looks at nothing but its arguments.
create or replace function eventlog._undo_step(state jsonb, kind text, field text, payload jsonb, entity_id text, tenant_id text, reading jsonb)
    returns jsonb
    language c immutable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_undo';

comment on function eventlog._undo_step(jsonb, text, text, jsonb, text, text, jsonb) is
    'internal: one event''s part in eventlog._undo';
