-- One log for two applications: the hub's taxonomy and the telemetry's, and the table that each of them knows.
set client_min_messages = warning;
create extension pg_eventlog;
select eventlog.create_log('event_log') as log \gset

\o /dev/null
\ir ../business-hub/setup.sql
\ir ../saas-telemetry/setup.sql
\ir ../saas-telemetry/queries.sql
\o

-- What any application has besides: its customers. The bigger ones come first.
create table company (id uuid primary key, name text not null, size float not null);
insert into company
select format('00000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid, name, 1 / sqrt(n)
from unnest(array['Acorn Outdoors', 'Birch & Daughters', 'Cobalt Cycles', 'Dune Travel', 'Ember Heating', 'Fjord Foods',
    'Granite Legal', 'Harbour Freight', 'Iris Optics', 'Juniper Clinics', 'Kestrel Maps', 'Lumen Lamps', 'Meadow Dairy',
    'Nimbus Hosting', 'Oak Street Books', 'Pebble Toys', 'Quarry Stone', 'Ripple Sports', 'Saffron Kitchens',
    'Tidal Energy']) with ordinality as name (name, n);


select rpad(domain, 16) || string_agg(type, ', ' order by type)
from eventlog.event_types
group by domain order by lower(domain) collate "C";
