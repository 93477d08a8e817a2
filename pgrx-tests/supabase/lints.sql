-- What Supabase's linter (supabase/splinter) would say, as far as SQL can tell, in SQL of our own after the descriptions of its
-- rules. It leaves out what belongs to an extension; this does not. The exposed schemas are public and those that the
-- setting pgrst.db_schemas names.
with exposed (schema) as (
    select 'public'
    union
    select trim(s) from unnest(string_to_array(coalesce(current_setting('pgrst.db_schemas', true), ''), ',')) s
),
relation as (
    select c.*, n.nspname as schema, c.oid::regclass::text as name,
        has_table_privilege('anon', c.oid, 'select') or has_any_column_privilege('anon', c.oid, 'select') as for_anon,
        has_table_privilege('authenticated', c.oid, 'select')
            or has_any_column_privilege('authenticated', c.oid, 'select') as for_users,
        exists (select from exposed e where e.schema = n.nspname) as is_exposed
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'auth', 'extensions')
),
policy as (
    select p.*, r.name as relation, r.relrowsecurity, format('%s on %s', p.polname, r.name) as name,
        coalesce(pg_get_expr(p.polqual, p.polrelid), '') as qual,
        coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') as with_check,
        case p.polcmd when '*' then array['r', 'a', 'w', 'd'] else array[p.polcmd::text] end as commands
    from pg_policy p
    join relation r on r.oid = p.polrelid
),
routine as (
    select p.*, n.nspname as schema, p.oid::regprocedure::text as name, l.lanname
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    join pg_language l on l.oid = p.prolang
    where n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'extensions')
)
select '0001 unindexed_foreign_keys' as rule, format('%s of %s', k.conname, r.name) as object
from pg_constraint k
join relation r on r.oid = k.conrelid
where k.contype = 'f' and not exists (
    select from pg_index i
    where i.indrelid = k.conrelid and i.indisvalid
        -- an int2vector counts from zero
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
)
union all
select '0003 auth_rls_initplan', p.name
from policy p
where p.relrowsecurity
    -- What stands in a select of its own runs once for each statement.
    and regexp_replace(p.qual || ' ' || p.with_check, 'SELECT \(?(auth|eventlog)\.\w+\(\)', '', 'gi')
        ~* '((auth|eventlog)\.(uid|jwt|role|email|current_\w+)\(\)|\mcurrent_setting\()'
union all
select '0004 no_primary_key', r.name
from relation r
where r.relkind = 'r' and not exists (select from pg_index i where i.indrelid = r.oid and i.indisprimary)
union all
select '0006 multiple_permissive_policies', format('%s for %s of %s', p.relation, c.command, r.rolname)
from policy p
cross join unnest(p.commands) c (command)
join pg_roles r on r.oid = any (p.polroles) or 0::oid = any (p.polroles)
where p.polpermissive and not r.rolbypassrls and not r.rolsuper and r.rolname !~ '^pg_'
group by p.relation, c.command, r.rolname
having count(*) > 1
union all
select '0007 policy_exists_rls_disabled', p.name from policy p where not p.relrowsecurity
union all
select '0008 rls_enabled_no_policy', r.name
from relation r
where r.relkind in ('r', 'p') and r.relrowsecurity and not exists (select from pg_policy p where p.polrelid = r.oid)
union all
select '0009 duplicate_index', format('%s and %s', min(i.indexrelid::regclass::text), max(i.indexrelid::regclass::text))
from pg_index i
join relation r on r.oid = i.indrelid
group by i.indrelid, regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX .* ON ', '')
having count(*) > 1
union all
select '0010 security_definer_view', r.name
from relation r
where r.relkind = 'v' and (r.for_anon or r.for_users)
    and not coalesce(r.reloptions && '{security_invoker=true,security_invoker=on,security_invoker=1,security_invoker=yes}', false)
union all
-- A native function looks up nothing by itself, and a body in standard SQL was bound when it was made.
select '0011 function_search_path_mutable', f.name
from routine f
where f.lanname in ('sql', 'plpgsql') and f.prosqlbody is null
    and not exists (select from unnest(f.proconfig) s where s like 'search\_path=%')
union all
select '0013 rls_disabled_in_public', r.name
from relation r
where r.is_exposed and r.relkind in ('r', 'p') and not r.relrowsecurity and (r.for_anon or r.for_users)
union all
select '0014 extension_in_public', e.extname
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where n.nspname = 'public'
union all
select '0015 rls_references_user_metadata', p.name
from policy p
where p.qual || p.with_check ~ '(raw_)?user_meta_?data'
union all
select '0016 materialized_view_in_api', r.name
from relation r where r.relkind = 'm' and r.is_exposed and (r.for_anon or r.for_users)
union all
select '0017 foreign_table_in_api', r.name
from relation r where r.relkind = 'f' and r.is_exposed and (r.for_anon or r.for_users)
union all
select '0018 unsupported_reg_types', format('%s.%s', r.name, a.attname)
from pg_attribute a
join relation r on r.oid = a.attrelid and r.relkind in ('r', 'p', 'm')
where a.atttypid = any ('{regcollation,regconfig,regdictionary,regnamespace,regoper,regoperator,regproc,regprocedure}'::regtype[])
union all
select '0024 rls_policy_always_true', p.name
from policy p
where p.relrowsecurity and p.polpermissive and p.polcmd <> 'r'
    and p.polroles && array['anon'::regrole::oid, 'authenticated'::regrole::oid, 0::oid]
    and (p.qual in ('true', '(1 = 1)') or p.with_check in ('true', '(1 = 1)'))
union all
select '0028 anon_security_definer_function_executable', f.name
from routine f where f.prosecdef and has_function_privilege('anon', f.oid, 'execute')
union all
select '0029 authenticated_security_definer_function_executable', f.name
from routine f where f.prosecdef and has_function_privilege('authenticated', f.oid, 'execute')
union all
select '0030 rls_policy_null_auth_disjunct', p.name
from policy p
where p.qual ~* '^\(*\(select [^)]*\)[^)]*\) is null\)* or ' or p.qual ~* '\)\)? is null\) or '
order by 1, 2
