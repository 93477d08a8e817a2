-- Whether values of a type can name tenants of another one, by what they are and not by what they happen to say.
-- It looks at types, which everyone may look at.
create or replace function eventlog._makes_tenants(type regtype, tenant_type regtype) returns boolean
    language c stable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_makes_tenants';

comment on function eventlog._makes_tenants(regtype, regtype) is
    'internal: whether a column of a type can say whose its rows are';
