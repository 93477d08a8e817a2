# shellcheck shell=bash
# Sourced by scripts/bench --instructions: counts the instructions of one event.
#
# A single-user backend runs under callgrind, once with 1,000 and once with 11,000 events; the difference of the two,
# divided by 10,000, is what one event costs when everything is warm. Only what PortalRun does is counted: not
# the parser, and not the end of the backend, which writes the table to disk. With VARIANTS="plain gate" in the
# environment it is only these; callgrind_annotate shows where the instructions in a profile go.
#
# shellcheck disable=SC2016  # backquotes are Markdown here

command -v valgrind >/dev/null || install_packages valgrind

variants=(plain gate log_event plpgsql_trigger plpgsql_function builtin_defaults
    each_plain each_gate each_log_event each_plpgsql_function
    writer_plain writer_log_event
    alone_plain alone_gate alone_log_event alone_plpgsql_function
    batch_nothing batch_plain batch_log_events batch_recordset
    inserted_nothing inserted_plain inserted_log_event inserted_tracked
    analyzed_nothing analyzed_plain analyzed_log_event analyzed_tracked)
[ -z "${VARIANTS:-}" ] || read -ra variants <<<"$VARIANTS"

case " ${variants[*]} " in *" analyzed_"*) sql -f "$ROOT/benches/analyzed.sql" ;; esac
bin=$(private_bin "$PG")
# shellcheck disable=SC2154  # scripts/bench names the cluster
data=$ROOT/target/cluster/$cluster/data
out=$ROOT/target/bench
rm -rf "$out"
mkdir -p "$out"
"$ROOT/scripts/as-postgres" "$bin/pg_ctl" stop -s -w -m fast -D "$data"

# Prints the instructions of one run of variant $1 with $2 events, on a copy of the cluster of its own.
count() {
    local call="$1($2)" profile=$out/$1.$2.callgrind
    case "$1" in
    batch_*) call="$1($2, bench.batches($2))" ;;
    # A tenth of the loops, since each costs ten times as much.
    analyzed_* | inserted_*) call="analyzed($2, '${1/_/ }')" ;;
    esac
    rm -rf "$data.run"
    cp -a "$data" "$data.run"
    echo "call bench.run_$call" | "$ROOT/scripts/as-postgres" setarch -R valgrind --tool=callgrind \
        --callgrind-out-file="$profile" --toggle-collect=PortalRun \
        "$bin/postgres" --single -D "$data.run" -c shared_buffers=512MB -c log_checkpoints=off postgres \
        >"$out/$1.$2.log" 2>&1
    rm -rf "$data.run"
    ! grep -E 'ERROR|FATAL|PANIC' "$out/$1.$2.log" >&2 || die "variant $1 failed"
    awk '/^(summary|totals):/ { n = $2 } END { print n }' "$profile"
}

declare -A per_event
for variant in "${variants[@]}"; do
    few=$(count "$variant" 1000)
    many=$(count "$variant" 11000)
    per_event[$variant]=$(((many - few) / 10000))
    say "$variant: ${per_event[$variant]} instructions per event"
done

# ratio LABEL VARIANT BASE [DEDUCTED [DEDUCTED]]: one row; what is deducted from each of the two is a variant whose cost
# is no part of it.
ratio() {
    local mine=${per_event[$2]:-} base=${per_event[$3]:-} deducted=0 less=0
    [ -n "$mine" ] && [ -n "$base" ] || return 0
    [ -z "${4:-}" ] || deducted=${per_event[$4]:-0}
    [ -z "${5:-}" ] || less=${per_event[$5]:-0}
    awk -v label="$1" -v mine=$((mine - deducted)) -v base=$((base - less)) \
        'BEGIN { printf "| %s | %d | %d | %.3f |\n", label, mine, base, mine / base }'
}

cat <<'HEAD'
| instructions for one event | its own | compared with | ratio |
|---|--:|--:|--:|
HEAD
ratio 'gate, in one statement : plain INSERT' gate plain
ratio '`log_event`, called in one statement : plain INSERT' log_event plain
ratio '`log_event`, called in one statement : PL/pgSQL function' log_event plpgsql_function
ratio 'PL/pgSQL trigger, in one statement : plain INSERT' plpgsql_trigger plain
ratio 'PL/pgSQL function, called in one statement : plain INSERT' plpgsql_function plain
ratio 'built-in column defaults, in one statement : plain INSERT' builtin_defaults plain
for kind in each alone; do
    case $kind in each) share='a statement each' ;; *) share='a transaction each' ;; esac
    ratio "gate, $share : plain INSERT" ${kind}_gate ${kind}_plain
    ratio "\`log_event\`, $share : plain INSERT" ${kind}_log_event ${kind}_plain
    ratio "\`log_event\`, $share : PL/pgSQL function" ${kind}_log_event ${kind}_plpgsql_function
done
ratio '`log_event`, a statement each, as a writer : plain INSERT as the writer' writer_log_event writer_plain
ratio '`log_events` of 1,000 : INSERT ... SELECT of 1,000' batch_log_events batch_plain batch_nothing
ratio '`jsonb_to_recordset` of 1,000 : INSERT ... SELECT of 1,000' batch_recordset batch_plain batch_nothing
for way in plain log_event tracked; do
    case $way in
    plain) title='plain `INSERT`' ;;
    log_event) title='`log_event`' ;;
    tracked) title='`UPDATE` of a tracked row' ;;
    esac
    ratio "$title after an ANALYZE of another table, with 1,000 tracked tables : without" \
        "analyzed_$way" "inserted_$way" analyzed_nothing inserted_nothing
done
