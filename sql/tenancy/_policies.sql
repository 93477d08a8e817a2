-- The policies of an isolated table, of a log and of the tables of its keys and of its rejected events: for which command, for whom, and what they
-- ask. Whoever wants their names alone leaves the expressions out.
-- It says what the manual says.
create or replace function eventlog._policies(
    tenant_is_mine text default null,
    may_write text default null,
    may_claim text default null
) returns table (role text, policy name, command text, kind text, sees text, writes text, about text)
    language sql immutable called on null input parallel safe
    rows 18
    set search_path = pg_catalog, pg_temp
as $$
    values
        ('table', 'eventlog_owner'::name, 'all', 'owner', 'true', 'true', 'lets the owner see and change all rows'),
        ('table', 'eventlog_read', 'select', 'reader', $1, null, 'lets a reader see the rows of the current tenant'),
        ('table', 'eventlog_write', 'insert', 'writer', null, $2, 'lets a writer add rows of the current tenant'),
        ('table', 'eventlog_update', 'update', 'writer', $1, $2, 'lets a writer change the rows of the current tenant'),
        ('table', 'eventlog_delete', 'delete', 'writer', $1, null, 'lets a writer remove the rows of the current tenant'),
        ('log', 'eventlog_owner', 'all', 'owner', 'true', 'true', 'lets the owner see and change all rows'),
        ('log', 'eventlog_read', 'select', 'reader', $1, null, 'lets a reader see the rows of the current tenant'),
        ('log', 'eventlog_write', 'insert', 'writer', null, $2,
            'lets a writer add events of the current tenant in the current actor''s name'),
        ('log', 'eventlog_service', 'insert', 'service', null, 'true',
            'lets a service add events of any tenant in any actor''s name'),
        ('log', 'eventlog_consumer', 'select', 'consumer', 'true', null, 'lets a consumer see the events of all tenants'),
        ('keys', 'eventlog_owner', 'all', 'owner', 'true', 'true', 'lets the owner see and change all rows'),
        ('keys', 'eventlog_read', 'select', 'writer', $1, null, 'lets a writer find the keys of the current tenant'),
        ('keys', 'eventlog_write', 'insert', 'writer', null, $3, 'lets a writer claim keys of the current tenant'),
        ('keys', 'eventlog_service_read', 'select', 'service', 'true', null, 'lets a service find the keys of all tenants'),
        ('keys', 'eventlog_service', 'insert', 'service', null, 'true', 'lets a service claim keys of any tenant'),
        ('rejected', 'eventlog_owner', 'all', 'owner', 'true', 'true', 'lets the owner see and change all rows'),
        ('rejected', 'eventlog_read', 'select', 'writer', $1, null,
            'holds a writer that may see rejected events to those of the current tenant'),
        ('rejected', 'eventlog_service_read', 'select', 'service', 'true', null,
            'lets a service see the rejected events of all tenants')
$$;

comment on function eventlog._policies(text, text, text) is
    'internal: the policies of isolated tables';
