#!/usr/bin/env bash
# fuzz.sh SECONDS PROGRAM...
# Runs each libFuzzer program for so many seconds, from its seeds in t/fuzz/<name>/ and what earlier runs found,
# with the words of t/fuzz/<name>.dict.
set -euo pipefail

seconds=$1
shift

for program in "$@"; do
    name=$(basename "$program")
    found=$(dirname "$program")/corpus/$name
    log=$program.log
    mkdir -p "$found"
    corpora=("$found")
    [ -d "t/fuzz/$name" ] && corpora+=("t/fuzz/$name")
    words=()
    [ -e "t/fuzz/$name.dict" ] && words=("-dict=t/fuzz/$name.dict")
    if ! "$program" "${words[@]}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$program-" "${corpora[@]}" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "$name failed; the input lies beside $program, everything it said is in $log" >&2
        exit 1
    fi
    printf '%-24s %s runs, no fault\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
done
