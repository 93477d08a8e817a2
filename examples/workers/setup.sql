-- What the three workers work on: a log of payments, and the table that each of them fills.
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('order_paid', required => '{amount}');
select eventlog.subscribe('ledger', types => '{order_paid}', start_at => '-infinity', max_attempts => 3,
    options => '{"retry_base": "1 second"}', log => 'public.events');

-- No key: an event that came twice would stand here twice.
create table public.ledger (
    event_id uuid not null,
    order_id text not null,
    amount numeric not null check (amount > 0),
    entry bigint generated always as identity
);
