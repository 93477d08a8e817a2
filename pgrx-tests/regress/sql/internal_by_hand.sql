-- What is internal can be called by hand, with anything: it refuses in words, and ends.
select eventlog._event_rows();
select length(eventlog._object_name(repeat('x', 1000000), '_key')), length(eventlog._object_name(repeat('é', 70), '_key'));
select eventlog._object_name('events', repeat('x', 64));
select eventlog._object_name('', repeat('x', 1000000));
select eventlog._partition_bounds('1 month', '-infinity', 3);
select eventlog._partition_bounds('1 hour', 'infinity', 0);
select eventlog._partition_bounds('1 month', '2026-01-01', 2147483647);
select eventlog._partition_bounds('1 month', '2026-01-01', -1);
select count(*), max(suffix) from eventlog._partition_bounds('1 month', '2026-01-01 00:00+00', 1000);
