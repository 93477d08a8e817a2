-- Postgres's own pg_visible_in_snapshot() for the type that the column has: xid8 and bigint are both eight bytes that are
-- passed alike.
create function eventlog.is_visible(xid bigint, snapshot pg_snapshot) returns boolean
    language internal immutable strict parallel safe
    as 'pg_visible_in_snapshot';

-- It only compares.
revoke all on function eventlog.is_visible(bigint, pg_snapshot) from public;
grant execute on function eventlog.is_visible(bigint, pg_snapshot) to public;

comment on function eventlog.is_visible(bigint, pg_snapshot) is
    'whether a transaction of this cluster had ended when the snapshot was taken';
