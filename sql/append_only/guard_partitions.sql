-- Fires at the end of every CREATE TABLE, ALTER TABLE and CREATE SCHEMA of the database, so it looks at the statement
-- first (a CREATE TABLE with a partition bound, an ALTER TABLE ... ATTACH PARTITION, a CREATE SCHEMA that contains
-- the former) and leaves at once in all other cases. That leaves pg_restore alone too: it attaches partitions before
-- it makes triggers, and then makes the partitions' own guards itself.
-- Otherwise it calls _guard_new_partitions() in the schema where this very function is now: a superuser may be the
-- one who attaches, and a schema that its owner renamed must not lead it into a function of another's making.
create function eventlog.guard_partitions() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_guard_partitions';

-- Only the event trigger eventlog_guard_partitions uses it.
revoke all on function eventlog.guard_partitions() from public;

comment on function eventlog.guard_partitions() is
    'event trigger function that guards partitions which are added to an append-only table';
