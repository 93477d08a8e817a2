create or replace view eventlog.handlers with (security_invoker = true) as
select
    h.name,
    c.oid::pg_catalog.regclass as log,
    h.handler,
    h.types,
    h.pattern,
    h.pattern_kind,
    h.filters,
    h.mode,
    h.on_error,
    case when c.oid is null then 'the log is gone' else eventlog._handler_problem(h.handler, c.relowner) end as problem,
    h.made_by,
    h.made_at
from eventlog.handler h
left join eventlog.log l on l.log_id operator(pg_catalog.=) h.log_id
left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) l.relation::pg_catalog.oid;

-- Names and rules are no secrets, as with taxonomies.
grant select on eventlog.handlers to public;

comment on view eventlog.handlers is 'the functions that are called for events';
comment on column eventlog.handlers.name is 'the name by which it is called';
comment on column eventlog.handlers.log is 'the log whose events it is called for; null where that is gone';
comment on column eventlog.handlers.handler is 'name of the function, with its schema';
comment on column eventlog.handlers.types is 'the event types that it is called for; null for all';
comment on column eventlog.handlers.pattern is 'what an event type has to match; null for all';
comment on column eventlog.handlers.pattern_kind is 'how the pattern is read: exact, prefix or regex';
comment on column eventlog.handlers.filters is 'what has to hold for an event, all of it';
comment on column eventlog.handlers.mode is 'sync: in the transaction that writes the event; async: behind it';
comment on column eventlog.handlers.on_error is 'raise: an error refuses the event; record: it is kept, and the event written';
comment on column eventlog.handlers.problem is 'why it cannot be called; null where it can';
comment on column eventlog.handlers.made_by is 'the role that made it';
comment on column eventlog.handlers.made_at is 'when it was made, or made anew';
