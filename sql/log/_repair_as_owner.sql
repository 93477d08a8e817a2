-- What repair_all does to one object: kind is log, tracked table or catalogue.
-- It asks for the rights of the database's owner, and acts with those of the object's.
create or replace function eventlog._repair_as_owner(relation regclass, kind text) returns setof text
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_repair_as_owner';

comment on function eventlog._repair_as_owner(regclass, text) is
    'internal: puts right a log or a tracked table as its owner, and returns what that changed';
