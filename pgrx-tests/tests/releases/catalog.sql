-- All that the catalog says about the extension's objects, a line for each fact, by names and never by numbers: two
-- databases with the same extension give the same lines.
with recursive member (class, object) as (
    select 'pg_extension'::regclass::oid, e.oid from pg_extension e where e.extname = 'pg_eventlog'
    union
    select d.classid, d.objid
    from member m
    join pg_depend d on d.refclassid = m.class and d.refobjid = m.object and d.deptype in ('e', 'i', 'a')
    -- What belongs to logs and tracked tables is their owners'.
    where d.deptype = 'e' or m.class <> 'pg_extension'::regclass
), own (class, object) as (
    select * from member
    union
    select 'pg_namespace'::regclass, 'eventlog'::regnamespace::oid
    union
    select 'pg_trigger'::regclass, t.oid
    from pg_trigger t join member m on m.class = 'pg_class'::regclass and m.object = t.tgrelid
    where not t.tgisinternal
), relation as (
    select c.* from pg_class c join own o on o.class = 'pg_class'::regclass and o.object = c.oid
    where c.relkind not in ('t', 'i') or c.relnamespace = 'eventlog'::regnamespace
), described (line) as (
    select format('%s %s', i.type, i.identity)
    from own o cross join lateral pg_identify_object(o.class, o.object, 0) i
    where i.schema is distinct from 'pg_toast'
    union all
    select format('function %s is %s, of %s', p.oid::regprocedure, case when p.prokind = 'a' then 'an aggregate ' || (
            select format('(%s, %s, %s, %s)', a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval)
            from pg_aggregate a where a.aggfnoid = p.oid) else pg_get_functiondef(p.oid) end, p.proowner::regrole)
    from pg_proc p join own o on o.class = 'pg_proc'::regclass and o.object = p.oid
    union all
    select format('relation %s: %s, of %s, options %s, row security %s %s, persistence %s, identity %s', c.oid::regclass,
        c.relkind, c.relowner::regrole, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.relreplident)
    from relation c
    union all
    select format('column %s.%I is %s, not null %s, default %s, collation %s, storage %s, place %s', c.oid::regclass, a.attname,
        format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation,
        a.attstorage, row_number() over (partition by c.oid order by a.attnum))
    from relation c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    union all
    select format('view %s is %s', c.oid::regclass, pg_get_viewdef(c.oid)) from relation c where c.relkind = 'v'
    union all
    select format('constraint %I of %s: %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid))
    from pg_constraint k join relation c on c.oid = k.conrelid
    union all
    select pg_get_indexdef(i.indexrelid) from pg_index i join relation c on c.oid = i.indrelid
    union all
    select format('%s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
    from pg_trigger t join relation c on c.oid = t.tgrelid where not t.tgisinternal
    union all
    select format('event trigger %I on %s, tags %s, calls %s, enabled %s, of %s', e.evtname, e.evtevent, e.evttags, e.evtfoid::regproc,
        e.evtenabled, e.evtowner::regrole)
    from pg_event_trigger e where e.evtname like 'eventlog%'
    union all
    select format('type %s: %s %s %s %s, of %s', t.oid::regtype, t.typlen, t.typcategory, t.typinput, t.typstorage, t.typowner::regrole)
    from pg_type t join own o on o.class = 'pg_type'::regclass and o.object = t.oid and t.typtype = 'b' and t.typelem = 0
    union all
    select format('comment on %s %s: %s', i.type, i.identity, d.description)
    from pg_description d
    join own o on o.class = d.classoid and o.object = d.objoid
    cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) i
    union all
    select format('comment on constraint %I of %s: %s', k.conname, k.conrelid::regclass, d.description)
    from pg_constraint k join relation c on c.oid = k.conrelid
    join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
    union all
    select format('%s may %s%s on %s, from %s', case g.grantee when 0 then 'PUBLIC' else g.grantee::regrole::text end,
        g.privilege_type, case when g.is_grantable then ' and grant it' else '' end, a.name, g.grantor::regrole)
    from (
        select p.oid::regprocedure::text, coalesce(p.proacl, acldefault('f', p.proowner))
        from pg_proc p join own o on o.class = 'pg_proc'::regclass and o.object = p.oid
        union all
        select c.oid::regclass::text, coalesce(c.relacl, acldefault('r', c.relowner)) from relation c where c.relkind <> 'i'
        union all
        select format('%s.%I', c.oid::regclass, t.attname), t.attacl
        from relation c join pg_attribute t on t.attrelid = c.oid and t.attacl is not null
        union all
        select t.oid::regtype::text, coalesce(t.typacl, acldefault('T', t.typowner))
        from pg_type t join own o on o.class = 'pg_type'::regclass and o.object = t.oid
        union all
        select n.nspname, coalesce(n.nspacl, acldefault('n', n.nspowner)) from pg_namespace n where n.nspname = 'eventlog'
    ) a (name, acl)
    cross join lateral aclexplode(a.acl) g
    union all
    -- What a dump takes for granted.
    select format('as made: %s may %s on %s %s', case g.grantee when 0 then 'PUBLIC' else g.grantee::regrole::text end,
        g.privilege_type, i.type, i.identity)
    from pg_init_privs p
    join own o on o.class = p.classoid and o.object = p.objoid
    cross join lateral pg_identify_object(p.classoid, p.objoid, p.objsubid) i
    cross join lateral aclexplode(p.initprivs) g
    union all
    select format('%s %s depends (%s) on %s %s', i.type, i.identity, d.deptype, r.type, r.identity)
    from own o
    join pg_depend d on d.classid = o.class and d.objid = o.object
    cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
    cross join lateral pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) r
    where i.schema is distinct from 'pg_toast'
    union all
    select format('rows of %s are dumped where %L', c.relation::regclass, c.condition)
    from pg_extension e cross join lateral unnest(e.extconfig, e.extcondition) c (relation, condition)
    where e.extname = 'pg_eventlog'
)
-- Tables of long values are named by numbers, and so are the triggers of foreign keys.
select n.line
from described d cross join lateral regexp_replace(d.line, '(RI_ConstraintTrigger_[ac])_[0-9]+', '\1', 'g') n (line)
where n.line !~ 'pg_toast'
group by n.line
order by n.line collate "C"
