-- The roles of a Supabase project, which all databases of a cluster share. Its "postgres" is no superuser; here that name is
-- taken, so the owner of the project is another one.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create role project_owner login createdb createrole replication bypassrls;
