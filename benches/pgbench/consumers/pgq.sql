-- PgQ's batch, its events, and its end
select pgq.next_batch('bench', 'reader') as batch \gset
select * from pgq.get_batch_events(:batch) \aset
select pgq.finish_batch(:batch);
