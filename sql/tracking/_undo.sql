-- Over the events of one row after a time, in their order: what the row was then.
create aggregate eventlog._undo(kind text, field text, payload jsonb, entity_id text, tenant_id text, reading jsonb) (
    sfunc = eventlog._undo_step,
    stype = jsonb,
    parallel = safe
);

-- It looks at nothing but its arguments.
revoke all on function eventlog._undo(text, text, jsonb, text, text, jsonb) from public;
grant execute on function eventlog._undo(text, text, jsonb, text, text, jsonb) to public;

comment on aggregate eventlog._undo(text, text, jsonb, text, text, jsonb) is
    'internal: what a row was before these events';
