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
# poll VARIANT [SUBSCRIPTION]
poll() {
    for ((round = 1; round <= rounds; round++)); do
        echo "call bench.measure_polls('$1', $polls, $round, '${2:-drain_1}');"
    done | sql
}
poll alone
# So many transactions run, the first of which is the longest of all, until "let_go".
running=$ROOT/target/cluster/$cluster/running
hold() {
    prepared -c "$1" -t 1 -D seconds=3600 -f "$ROOT/benches/pgbench/consumers/held.sql" >"$running" 2>&1 &
    holding=$!
    for ((try = 1; try <= 600; try++)); do
        [ "$(sql -At -c "select count(*) from pg_stat_activity where backend_xid is not null")" -lt "$1" ] || return 0
        sleep 0.1
    done
    die "the transactions that are to run do not" "$(cat "$running")"
}
let_go() {
    sql -At >/dev/null -c "select pg_terminate_backend(pid) from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()"
    wait "$holding" || true
}
hold 200
poll crowded
let_go
# And where the log is long.
sql -c "call bench.fill('bench.drain', $((million * 5)))"
sql >/dev/null -c "select eventlog.seek('drain_1', clock_timestamp())" -c "select * from eventlog.receive('drain_1')"
poll long

say "consumers: $batches batches far behind, and those of a late transaction"
# All of the log is to come, 5,000,000 events and what was drained: these batches are all more than 4,000,000 behind.
sql >/dev/null -c "select eventlog.seek('drain_1', '-infinity')" -c "call bench.measure_batches('behind', 'drain_1', $batches)"
# One transaction and others write by turns, and it ends when its reader has come past all others.
sql -c begin -c "call bench.write_events('bench.late', $events)" -c "prepare transaction 'late'" &
writing=$!
sql -c "call bench.write_beside($events)"
wait "$writing" || die "the late transaction failed"
sql -c "call bench.measure_batches('beside', 'late_1', $((events / 1000 + 1)))"
sql -c "commit prepared 'late'"
sql -c "call bench.measure_batches('late', 'late_1', $((events / 1000 + 1)))"
sql >/dev/null -c "select eventlog.seek('drain_1', clock_timestamp())" -c "select * from eventlog.receive('drain_1')"
left=$(sql -At -c "select count(*) from eventlog.receive('late_1')")
[ "$left" = 0 ] || die "events of the late transaction are left"

say "consumers: $rounds rounds of $((events / 4)) events written"
for ((round = 1; round <= rounds; round++)); do echo "call bench.measure_written($((events / 4)), $round);"; done | sql

# The same with a commit for each event: one client takes both ways in turns, at random from call to call.
say "consumers: $runs rounds of $((calls / 2)) events, each with a commit"
latencies=$ROOT/target/cluster/$cluster/latency
for ((round = 1; round <= runs; round++)); do
    printf "call bench.clear('bench.%s');\n" unread read_by_one | sql
    sql -c checkpoint
    result=$(prepared -t $((calls / 2)) -l --log-prefix="$latencies" \
        -f "$ROOT/benches/pgbench/consumers/written_unread.sql" \
        -f "$ROOT/benches/pgbench/consumers/written_read.sql") || die "pgbench failed" "$result"
    cat "$latencies".* |
        sql -v part='committed' -v round="$round" -v ways='{unread,read_by_one}' -f "$ROOT/benches/latencies.sql"
    rm "$latencies".*
done

# What polls leave in the table of shards, with autovacuum as Postgres comes: it has the rest of the cluster to
# itself afterwards, so nothing else is measured then.
sql -c "alter system set autovacuum = on" -c "select pg_reload_conf()" >/dev/null
polls_left() {
    local before after started ended
    before=$(sql -At -c "select written from bench.shard_rows()")
    started=$(date +%s.%N)
    sql -c "call bench.run_$2_polls($3)"
    ended=$(date +%s.%N)
    # What a session counted is there when it has ended.
    for ((try = 1; try <= 100; try++)); do
        after=$(sql -At -c "select written from bench.shard_rows()")
        [ "$2" = busy ] && [ "$((after - before))" -lt "$(($3 * 2))" ] || break
        sleep 0.1
    done
    sql -c "insert into bench.left select $1, '$4', $3, written - $before, dead, bytes, $ended - $started from bench.shard_rows()"
}
busy=$((drained / 20))
say "consumers: $busy polls that find something, and as many that do not"
sql -c "call bench.fill('bench.polled', $((busy * 2)))"
polls_left 1 busy "$busy" "each finds an event and settles it"
hold 1
polls_left 2 busy "$busy" "the same, beside a transaction that is open all the time"
polls_left 3 idle "$busy" "of nothing, beside that transaction"
poll held
poll swamped polled_1
let_go
polls_left 4 idle "$busy" "of nothing, when it has ended"
