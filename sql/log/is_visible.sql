-- Postgres's own pg_visible_in_snapshot() for the type that the column has. Called by way of a symbol of ours: a function
-- of "language internal" is looked up by its name, one by one, for each statement.
-- It only compares.
create or replace function eventlog.is_visible(xid bigint, snapshot pg_snapshot) returns boolean
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_is_visible';

comment on function eventlog.is_visible(bigint, pg_snapshot) is
    'whether a transaction of this cluster had ended when the snapshot was taken';
