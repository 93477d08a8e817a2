-- eventlog.ident takes a uuid, bigint, int, text or varchar without a cast, and nothing leads away from it.
select castsource::regtype, castcontext, castmethod
from pg_cast
where casttarget = 'eventlog.ident'::regtype
order by castsource::regtype::text;
select count(*) as casts_from from pg_cast where castsource = 'eventlog.ident'::regtype;
select count(*) as operators from pg_operator where 'eventlog.ident'::regtype in (oprleft, oprright);

create function public.show(given eventlog.ident) returns text language sql as $$ select given::text $$;
select public.show('11111111-1111-4111-8111-111111111111'::uuid);
select public.show(9223372036854775807::bigint);
select public.show(-7::int);
select public.show('text'::text);
select public.show('varchar'::varchar(20));
select public.show('literal');
select public.show('');
select public.show(null);

-- As an ordinary role too, whether the planner or the executor makes the cast.
create role regress_ident_guest;
set role regress_ident_guest;
select public.show(7), public.show(7::bigint), public.show('11111111-1111-4111-8111-111111111111'::uuid), public.show('t'::text);
select public.show(n) from generate_series(1, 2) n;
reset role;
drop role regress_ident_guest;

-- Anything else is the caller's to convert.
select public.show(1.5);
select public.show(true);
select public.show(now());
select public.show('{}'::jsonb);

-- It is no type for columns to be compared by.
select 'a'::eventlog.ident = 'a'::eventlog.ident;
select 'a'::eventlog.ident < 'b'::eventlog.ident;
