-- a batch, and its ack
select * from eventlog.receive('drain_1', 1000) \aset
select eventlog.ack('drain_1', :receipt);
