-- At the beginning of each helper that alters a log or a table: refuses it to whoever calls it by hand. The function that
-- is there for it checks what is asked for and enters it into eventlog.admin_log.
create or replace function eventlog._require_act(helper text, instead text) returns void
    language c volatile strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_require_act';

comment on function eventlog._require_act(text, text) is
    'internal: refuses a helper that none of the extension''s own functions has called';
