-- It looks at nothing but its arguments.
create or replace function eventlog._tenant_text(value anyelement, tenant_type regtype) returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_tenant_text';

comment on function eventlog._tenant_text(anyelement, regtype) is
    'internal: the tenant that capture makes of a value, as text';
