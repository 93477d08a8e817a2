-- What is internal can be called by hand, with anything: it refuses in words, and ends.
select eventlog._event_rows();
select length(eventlog._object_name(repeat('x', 1000000), '_key')), length(eventlog._object_name(repeat('é', 70), '_key'));
select eventlog._object_name('events', repeat('x', 64));
select eventlog._object_name('', repeat('x', 1000000));
