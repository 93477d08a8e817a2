-- As the one who looks: what that role may not see of the catalogue it does not see here.
create or replace view eventlog.event_rules with (security_invoker = true) as
select
    l.relation as log,
    r.name,
    r.kind,
    r.type,
    r.predicate,
    r.message,
    r.entity_type,
    r.transitions,
    r.path,
    r.types,
    r.relation,
    r.column_name,
    r.tenant_column,
    r.made_by,
    r.made_at
from eventlog.event_rule r
join eventlog.log l on l.log_id operator(pg_catalog.=) r.log_id
order by l.relation::pg_catalog.text collate pg_catalog."C", r.name collate pg_catalog."C";

-- Rules are no secrets, as with taxonomies.
grant select on eventlog.event_rules to public;

comment on view eventlog.event_rules is 'what has to hold for the events of each log beside its taxonomy';
comment on column eventlog.event_rules.log is 'the log whose events it is asked of';
comment on column eventlog.event_rules.name is 'the name by which its log knows it';
comment on column eventlog.event_rules.kind is 'check: a predicate that is true of each event of a type; reference: a value that a table has; transition: which states may follow on which';
comment on column eventlog.event_rules.type is 'the event type that it is asked of';
comment on column eventlog.event_rules.predicate is 'an SQL/JSON path over the event';
comment on column eventlog.event_rules.message is 'what an event that breaks it is told';
comment on column eventlog.event_rules.entity_type is 'the kind of entity whose states it is about';
comment on column eventlog.event_rules.transitions is 'for each state those that may follow on it';
comment on column eventlog.event_rules.path is 'an SQL/JSON path that gives the state, which is the event''s type where it is null, or the value';
comment on column eventlog.event_rules.types is 'the event types that it is about; null for all';
comment on column eventlog.event_rules.relation is 'the table that has the value';
comment on column eventlog.event_rules.column_name is 'its column that has the value';
comment on column eventlog.event_rules.tenant_column is 'its column that has the event''s tenant; null where tenants share it';
comment on column eventlog.event_rules.made_by is 'the role that made it';
comment on column eventlog.event_rules.made_at is 'when it was made, or made anew';
