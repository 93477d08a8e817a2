-- Fires at the end of every CREATE TABLE, ALTER TABLE and CREATE SCHEMA of the database, so it looks at the statement
-- first (a CREATE TABLE with a partition bound, an ALTER TABLE ... ATTACH PARTITION, a CREATE SCHEMA that contains
-- the former) and leaves at once in all other cases. pg_restore, which attaches partitions before it makes triggers
-- and names the tables that it alters for other reasons, is thereby left alone as well.
-- Otherwise it calls _guard_new_partitions for each table that the statement touched, in the schema where this very
-- function is now: a superuser may be the one who attaches, and must not be led into a function of another's making
-- by a schema that its owner renamed.
create function eventlog.guard_partitions() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_guard_partitions';

-- Only the event trigger eventlog_guard_partitions uses it.
revoke all on function eventlog.guard_partitions() from public;

comment on function eventlog.guard_partitions() is
    'event trigger function that guards partitions which are added to an append-only table';
