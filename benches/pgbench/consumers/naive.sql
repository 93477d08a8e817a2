-- what many write for themselves: all after the last one, and where that was. It loses what commits late.
select * from bench.drain where seq > :seq order by seq limit 1000 \aset
update bench.cursor set seq = :seq where name = 'naive';
