-- The script is over, and with it what begin.sql said.
alter default privileges in schema eventlog revoke execute on functions from public;
alter default privileges in schema eventlog revoke usage on types from public;
