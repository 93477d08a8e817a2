create function eventlog._undo_step(state jsonb, kind text, field text, payload jsonb, tenant_id text, names jsonb)
    returns jsonb
    language c immutable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_undo';

-- It looks at nothing but its arguments.
revoke all on function eventlog._undo_step(jsonb, text, text, jsonb, text, jsonb) from public;
grant execute on function eventlog._undo_step(jsonb, text, text, jsonb, text, jsonb) to public;

comment on function eventlog._undo_step(jsonb, text, text, jsonb, text, jsonb) is
    'internal: one event''s part in eventlog._undo';
