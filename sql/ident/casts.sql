-- To the type and never from it: with no way back, and no operators, it cannot make any call ambiguous.

create cast (pg_catalog.uuid as eventlog.ident) with function eventlog._ident(pg_catalog.uuid) as implicit;
create cast (bigint as eventlog.ident) with inout as implicit;
create cast (int as eventlog.ident) with inout as implicit;
-- psycopg sends small numbers as this.
create cast (smallint as eventlog.ident) with inout as implicit;
create cast (pg_catalog.text as eventlog.ident) without function as implicit;
create cast (pg_catalog.varchar as eventlog.ident) without function as implicit;

comment on cast (pg_catalog.uuid as eventlog.ident) is 'lets a uuid name something';
comment on cast (bigint as eventlog.ident) is 'lets a bigint name something';
comment on cast (int as eventlog.ident) is 'lets an int name something';
comment on cast (smallint as eventlog.ident) is 'lets a smallint name something';
comment on cast (pg_catalog.text as eventlog.ident) is 'lets a text name something';
comment on cast (pg_catalog.varchar as eventlog.ident) is 'lets a varchar name something';
