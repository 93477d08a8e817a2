-- What has to hold for events beside the taxonomy: see eventlog.event_rules.
create table eventlog.event_rule (
    -- No foreign key to eventlog.log: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,
    name text not null,
    kind text not null
        constraint event_rule_kind_known
        check (kind operator(pg_catalog.=) any (array['check', 'reference', 'transition'])),
    type text,
    predicate text,
    message text,
    entity_type text,
    transitions jsonb,
    path text,
    types text[],
    relation regclass,
    column_name text,
    tenant_column text,
    made_by text not null,
    made_at timestamptz not null default pg_catalog.clock_timestamp(),
    constraint event_rule_pkey primary key (log_id, name),

    -- A rule that lacks a part would be passed over.
    constraint event_rule_whole
        check (case kind
            when 'check' then type is not null and predicate is not null
            when 'reference' then type is not null and path is not null and relation is not null
                and column_name is not null
            else entity_type is not null and transitions is not null
        end)
);

create trigger eventlog_guard_rule
    before insert on eventlog.event_rule
    for each row execute function eventlog._guard_log_row('rule "%s"', 'Rules are made with eventlog.add_check_rule().');
create trigger eventlog_invalidate
    after insert or update or delete on eventlog.event_rule
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.event_rule
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.event_rule
    enable always trigger eventlog_guard_rule,
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.event_rule', '');

comment on table eventlog.event_rule is 'the rules of logs beside their taxonomies';
comment on column eventlog.event_rule.log_id is 'the log whose events it is asked of';
comment on column eventlog.event_rule.name is 'the name by which its log knows it';
comment on column eventlog.event_rule.kind is 'check: a predicate that is true of each event of a type; reference: a value that a table has; transition: which states may follow on which';
comment on column eventlog.event_rule.type is 'the event type that it is asked of';
comment on column eventlog.event_rule.predicate is 'an SQL/JSON path over the event';
comment on column eventlog.event_rule.message is 'what an event that breaks it is told';
comment on column eventlog.event_rule.entity_type is 'the kind of entity whose states it is about';
comment on column eventlog.event_rule.transitions is 'for each state those that may follow on it';
comment on column eventlog.event_rule.path is 'an SQL/JSON path that gives the state, which is the event''s type where it is null, or the value';
comment on column eventlog.event_rule.types is 'the event types that it is about; null for all';
comment on column eventlog.event_rule.relation is 'the table that has the value';
comment on column eventlog.event_rule.column_name is 'its column that has the value';
comment on column eventlog.event_rule.tenant_column is 'its column that has the event''s tenant; null where tenants share it';
comment on column eventlog.event_rule.made_by is 'the role that made it';
comment on column eventlog.event_rule.made_at is 'when it was made, or made anew';
comment on constraint event_rule_pkey on eventlog.event_rule is 'a name means one rule of a log';
comment on index eventlog.event_rule_pkey is 'finds the rules of a log';
comment on constraint event_rule_kind_known on eventlog.event_rule is 'check, reference or transition';
comment on constraint event_rule_whole on eventlog.event_rule is 'a rule has all that its kind needs';
comment on trigger eventlog_guard_rule on eventlog.event_rule is 'refuses a rule that its inserter could not make';
comment on trigger eventlog_invalidate on eventlog.event_rule is 'tells every session that a rule changed';
comment on trigger eventlog_invalidate_truncate on eventlog.event_rule is 'tells every session that the rules are gone';
