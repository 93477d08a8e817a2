-- Over the events of one row after a time, in their order: what the row was then.
-- It looks at nothing but its arguments.
create aggregate eventlog._undo(kind text, field text, payload jsonb, entity_id text, tenant_id text, reading jsonb) (
    sfunc = eventlog._undo_step,
    stype = jsonb,
    parallel = safe
);

comment on aggregate eventlog._undo(text, text, jsonb, text, text, jsonb) is
    'internal: what a row was before these events';
