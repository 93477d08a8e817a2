-- What the policies of a writer ask of each row: a function, and not an expression, so that it compares with the context
-- without an init plan, and says what is wrong. One for each type that a tenant may have, so that no row pays for a
-- cast; with the tenant alone for tables that name no actor.

-- A policy's function is called with the rights of whoever writes, and tells no more than the writer knows.
create or replace function eventlog.may_write(tenant_id uuid, actor_type text, actor_id text) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_uuid';

create or replace function eventlog.may_write(tenant_id bigint, actor_type text, actor_id text) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_bigint';

create or replace function eventlog.may_write(tenant_id text, actor_type text, actor_id text) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_text';

create or replace function eventlog.may_write(tenant_id uuid) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_uuid';

create or replace function eventlog.may_write(tenant_id bigint) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_bigint';

create or replace function eventlog.may_write(tenant_id text) returns boolean
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_may_write_text';

comment on function eventlog.may_write(uuid, text, text) is
    'true for an event of the current tenant in the current actor''s name, else an error that says what is not';
comment on function eventlog.may_write(bigint, text, text) is
    'true for an event of the current tenant in the current actor''s name, else an error that says what is not';
comment on function eventlog.may_write(text, text, text) is
    'true for an event of the current tenant in the current actor''s name, else an error that says what is not';
comment on function eventlog.may_write(uuid) is 'true for a row of the current tenant, else an error';
comment on function eventlog.may_write(bigint) is 'true for a row of the current tenant, else an error';
comment on function eventlog.may_write(text) is 'true for a row of the current tenant, else an error';
