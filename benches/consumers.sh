# shellcheck shell=bash
# Sourced by scripts/bench: what it costs to read a log, and to write one that is read.

# shellcheck disable=SC2154  # scripts/bench names these
drained=$((events * 2 / 1000 * 1000))
batches=$((drained / 1000))
config=$(private_pg_config "$PG")
if command -v apt-cache >/dev/null && apt-cache show "postgresql-$PG-pgq3" >/dev/null 2>&1; then
    install_packages "postgresql-$PG-pgq3"
    cp "/usr/lib/postgresql/$PG/lib/pgq_"*.so "$("$config" --pkglibdir)"
    cp "/usr/share/postgresql/$PG/extension/pgq"* "$("$config" --sharedir)/extension"
fi
say "consumers: $rounds rounds of $drained events in batches of 1,000"
sql -v drained="$drained" -f "$ROOT/benches/consumers.sql"

readers=(naive receive)
[ "$(sql -At -c "select count(*) from pg_extension where extname = 'pgq'")" = 0 ] || readers+=(pgq)

# Puts all readers back to the start.
rewind() {
    sql >/dev/null -c "update bench.cursor set seq = 0" -c "select eventlog.seek('drain_1', '-infinity')"
    case " ${readers[*]} " in *" pgq "*)
        sql >/dev/null -c "select pgq.unregister_consumer('bench', 'reader')" -c "
            select pgq.register_consumer_at('bench', 'reader', min(tick_id))
            from pgq.tick join pgq.queue on queue_id = tick_queue where queue_name = 'bench'"
        ;;
    esac
}

for ((round = 1; round <= rounds; round++)); do
    rewind
    for way in "${readers[@]}"; do
        result=$(prepared -c 1 -t "$batches" -D seq=0 -f "$ROOT/benches/pgbench/consumers/$way.sql") ||
            die "pgbench failed" "$result"
        rate=$(awk '/^tps = .*without initial/ { print $3 }' <<<"$result")
        sql -c "insert into bench.sample values ('drain', '$way', $round, 1 / $rate::float8 / 1000)"
    done
    # A drain that left something would look very good.
    left=$(sql -At -c "select count(*) from eventlog.receive('drain_1')" -c "
        select count(*) from bench.drain where seq > (select seq from bench.cursor where name = 'naive')")
    [ "$left" = $'0\n0' ] || die "events are left after a drain: ${left//$'\n'/, }"
    readers=("${readers[@]:1}" "${readers[0]}")
done

polls=$((calls / 12))
say "consumers: $rounds rounds of $polls polls of nothing"
poll() { for ((round = 1; round <= rounds; round++)); do echo "call bench.measure_polls('$1', $polls, $round);"; done | sql; }
poll alone
# Beside transactions that run: two hundred, and the longest of all is the first.
running=$ROOT/target/cluster/$cluster/running
prepared -c 200 -t 1 -D seconds=3600 -f "$ROOT/benches/pgbench/consumers/held.sql" >"$running" 2>&1 &
holding=$!
for ((try = 1; try <= 600; try++)); do
    [ "$(sql -At -c "select count(*) from pg_stat_activity where backend_xid is not null")" -lt 200 ] || break
    sleep 0.1
done
poll crowded
sql -At >/dev/null -c "select pg_terminate_backend(pid) from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()"
wait "$holding" || true
# And where the log is long.
sql -c "call bench.fill('bench.drain', $((million * 5)))"
sql >/dev/null -c "select eventlog.seek('drain_1', clock_timestamp())" -c "select * from eventlog.receive('drain_1')"
poll long

say "consumers: $rounds rounds of $((events / 4)) events written"
for ((round = 1; round <= rounds; round++)); do echo "call bench.measure_written($((events / 4)), $round);"; done | sql
