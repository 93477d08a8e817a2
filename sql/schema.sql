-- Schema eventlog is made by "create extension" itself, since the control file names it. It belongs to whoever
-- installs the extension, who need not be a superuser, so each script names everything with its schema: what the
-- installer may have put beside it never comes into play.

comment on schema eventlog is
    'pg_eventlog: validated, append-only business event logs';

-- Everyone may name what is in here; what one may do with it is granted object by object.
grant usage on schema eventlog to public;
